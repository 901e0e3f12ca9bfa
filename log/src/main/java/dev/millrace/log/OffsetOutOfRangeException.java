package dev.millrace.log;

/// The offset asked for is not between the earliest and the latest.
public final class OffsetOutOfRangeException extends LogException {
    private static final long serialVersionUID = 1L;

    private final TopicPartition partition;
    private final long offset;
    private final long earliest;
    private final long latest;

    public OffsetOutOfRangeException(
            TopicPartition partition, long offset, long earliest, long latest) {
        super(
                Code.OFFSET_OUT_OF_RANGE,
                "offset %d of %s is out of range: earliest %d, latest %d"
                        .formatted(offset, partition, earliest, latest));
        this.partition = partition;
        this.offset = offset;
        this.earliest = earliest;
        this.latest = latest;
    }

    public TopicPartition partition() {
        return partition;
    }

    /// The offset asked for.
    public long offset() {
        return offset;
    }

    /// The first offset that can be read.
    public long earliest() {
        return earliest;
    }

    /// The high-water mark.
    public long latest() {
        return latest;
    }
}
