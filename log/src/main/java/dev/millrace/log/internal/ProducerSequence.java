package dev.millrace.log.internal;

/// Sequence numbers of a producer: 0 to 2^31 - 1, and then 0 again.
public final class ProducerSequence {
    private ProducerSequence() {}

    /// The sequence so many records later, or earlier.
    public static int plus(int sequence, long records) {
        return (int) ((sequence + records) & Integer.MAX_VALUE);
    }
}
