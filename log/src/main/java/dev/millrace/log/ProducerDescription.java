package dev.millrace.log;

/// What a partition knows of a producer.
///
/// @param lastSequence of the last record that it has appended
/// @param lastOffset of that record
/// @param appendedAtMillis when it was appended, in milliseconds since the epoch; where that is not
///   known any more, when it was last read
public record ProducerDescription(
        ProducerId producer, int lastSequence, long lastOffset, long appendedAtMillis) {}
