package dev.millrace.kafka;

/// Where in a partition.
public sealed interface OffsetSpec {

    /// The first record that there is.
    static OffsetSpec earliest() {
        return new Earliest();
    }

    /// Behind the last record.
    static OffsetSpec latest() {
        return new Latest();
    }

    /// This offset.
    static OffsetSpec at(long offset) {
        return new At(offset);
    }

    /// The first record whose timestamp is not before this; behind the last where there is none.
    ///
    /// @param timestampMillis milliseconds since the epoch
    static OffsetSpec atTime(long timestampMillis) {
        return new AtTime(timestampMillis);
    }

    /// See [OffsetSpec#earliest()].
    record Earliest() implements OffsetSpec {}

    /// See [OffsetSpec#latest()].
    record Latest() implements OffsetSpec {}

    /// See [OffsetSpec#at(long)].
    record At(long offset) implements OffsetSpec {}

    /// See [OffsetSpec#atTime(long)].
    record AtTime(long timestampMillis) implements OffsetSpec {}
}
