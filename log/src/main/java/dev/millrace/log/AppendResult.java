package dev.millrace.log;

/// What an append came to.
///
/// @param partition where the records are
/// @param baseOffset the offset of the first of them
/// @param count how many they are, at least 1; they stand at consecutive offsets
/// @param durability what the acknowledgement means
public record AppendResult(
        TopicPartition partition, long baseOffset, int count, Durability durability) {
    /// The offset of the last record.
    public long lastOffset() {
        return baseOffset + count - 1;
    }
}
