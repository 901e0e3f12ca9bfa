package dev.millrace.log;

import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// Gathers records into batches, one open batch a partition, on the thread that brings them. A
/// batch is sent when it is full (`batch.bytes`), and by [#flush] and [#close].
///
/// For one thread.
public interface Appender extends AutoCloseable {

    /// Adds a record to the open batch of the partition that Kafka's default partitioner gives its
    /// key. The bytes are copied before the call returns. Blocks while too much is waiting to be
    /// written.
    ///
    /// @return the future of the batch that holds the record, the same for all its records
    CompletableFuture<AppendResult> append(
            long timestampMillis, byte @Nullable [] key, byte @Nullable [] value);

    /// As [#append(long,byte[],byte[])] with headers, to the partition of the key.
    CompletableFuture<AppendResult> append(LogRecord record);

    /// As [#append(LogRecord)], to this partition, whatever the key.
    ///
    /// @throws LogException `unknown-topic` where the topic has no such partition
    CompletableFuture<AppendResult> append(int partition, LogRecord record);

    /// Sends every open batch and waits until all that was sent is acknowledged.
    ///
    /// @throws LogException the first failure since the last call
    void flush();

    /// Flushes.
    @Override
    void close();
}
