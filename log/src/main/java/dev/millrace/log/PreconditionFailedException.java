package dev.millrace.log;

/// The [Precondition] of an append did not hold; nothing was appended.
public final class PreconditionFailedException extends LogException {
    private static final long serialVersionUID = 1L;

    private final TopicPartition partition;
    private final transient Object seen;

    public PreconditionFailedException(TopicPartition partition, Object seen) {
        super(
                Code.PRECONDITION_FAILED,
                "the precondition of an append to %s does not hold: it saw %s"
                        .formatted(partition, seen));
        this.partition = partition;
        this.seen = seen;
    }

    public TopicPartition partition() {
        return partition;
    }

    /// What the condition saw, as it returned it.
    public Object seen() {
        return seen;
    }
}
