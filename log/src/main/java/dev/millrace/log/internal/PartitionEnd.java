package dev.millrace.log.internal;

/// Where a partition ends: all that stands before it has reached the topic's durability.
///
/// @param segmentBase the base offset of the last segment
/// @param position the size of that segment
/// @param offset the next offset: the high-water mark
record PartitionEnd(long segmentBase, long position, long offset) {
    static final PartitionEnd EMPTY = new PartitionEnd(0, 0, 0);
}
