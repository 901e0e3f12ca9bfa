package dev.millrace.log;

import org.jspecify.annotations.Nullable;

/// One of the batches that [EventLog#appendAtomically] appends together.
///
/// @param precondition null where there is none
public record PartitionAppend(
        TopicPartition partition, RecordBatch batch, @Nullable Precondition precondition) {

    /// Without a condition.
    public PartitionAppend(TopicPartition partition, RecordBatch batch) {
        this(partition, batch, null);
    }
}
