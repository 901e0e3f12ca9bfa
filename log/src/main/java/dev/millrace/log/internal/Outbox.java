package dev.millrace.log.internal;

import dev.millrace.log.RecordBatch;

/// The way of an [GatheringAppender]'s batches into the log.
///
/// For one thread.
interface Outbox {

    /// Before the first record of a batch is taken.
    ///
    /// @throws dev.millrace.log.LogException where no batch of the partition can be sent
    void beforeBatch(PartitionLog partition);

    /// Sends what was gathered for the answer's partition.
    ///
    /// @param answer what the caller has for it
    void send(PendingAppend answer, RecordBatch.Builder gathered);

    /// Waits until all that was sent is answered.
    ///
    /// @throws dev.millrace.log.LogException the first failure since the last call
    void flush();

    /// What has no answer by now gets none from the log.
    void close();
}
