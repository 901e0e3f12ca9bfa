package dev.millrace.log;

/// Records that a [View] passed over: one that could not be folded, or a damaged stretch of the
/// log.
///
/// @param partition whose records they are
/// @param fromOffset the first
/// @param nextOffset the first one behind them
/// @param error what went wrong, at most 200 characters
public record ParkedRecords(
        TopicPartition partition, long fromOffset, long nextOffset, String error) {
    @Override
    public String toString() {
        return "%s, offsets %d to %d: %s".formatted(partition, fromOffset, nextOffset - 1, error);
    }
}
