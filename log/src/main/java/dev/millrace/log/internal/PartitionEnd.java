package dev.millrace.log.internal;

/// Where a partition ends: all that stands before it has reached the topic's durability.
///
/// @param segmentBase the base offset of the last segment
/// @param position the size of that segment
/// @param offset the next offset: the high-water mark
record PartitionEnd(long segmentBase, long position, long offset) {
    static final PartitionEnd EMPTY = new PartitionEnd(0, 0, 0);

    /// The one that comes later in the partition.
    static PartitionEnd later(PartitionEnd one, PartitionEnd other) {
        boolean first =
                one.offset != other.offset
                        ? one.offset > other.offset
                        : one.segmentBase > other.segmentBase;
        return first ? one : other;
    }
}
