package dev.millrace.log.internal;

import dev.millrace.log.AppendResult;
import dev.millrace.log.Appender;
import dev.millrace.log.Header;
import dev.millrace.log.LogRecord;
import dev.millrace.log.RecordBatch;
import dev.millrace.log.TopicDescription;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// The local log's [Appender]: one open batch a partition, and an [Outbox] for what is full.
final class GatheringAppender implements Appender {
    private static final int BY_KEY = -1;

    private final Topic topic;
    private final Outbox outbox;
    private final int batchBytes;
    private @Nullable OpenBatch[] open;
    private int unkeyed = -1;
    private OpenHandles.@Nullable Handle handle;

    /// A batch being gathered, and the future that was handed out for it.
    private static final class OpenBatch {
        final RecordBatch.Builder builder = RecordBatch.builder();
        @Nullable PendingAppend pending;
    }

    GatheringAppender(Topic topic, int batchBytes, Outbox outbox) {
        this.topic = topic;
        this.outbox = outbox;
        this.batchBytes = batchBytes;
        this.open = new OpenBatch[topic.partitions().size()];
    }

    /// Tells this one of its end.
    void tracked(OpenHandles.Handle itsHandle) {
        handle = itsHandle;
    }

    @Override
    public CompletableFuture<AppendResult> append(
            long timestampMillis, byte @Nullable [] key, byte @Nullable [] value) {
        return append(BY_KEY, timestampMillis, key, value, List.of());
    }

    @Override
    public CompletableFuture<AppendResult> append(LogRecord record) {
        return append(
                BY_KEY, record.timestampMillis(), record.key(), record.value(), record.headers());
    }

    @Override
    public CompletableFuture<AppendResult> append(int partition, LogRecord record) {
        return append(
                topic.partition(partition).id().partition(),
                record.timestampMillis(),
                record.key(),
                record.value(),
                record.headers());
    }

    private CompletableFuture<AppendResult> append(
            int asked,
            long timestampMillis,
            byte @Nullable [] key,
            byte @Nullable [] value,
            List<Header> headers) {
        TopicDescription now = topic.description();
        int room = Limits.require(now, key, value, headers);
        int full = Math.min(batchBytes, now.config().maxMessageBytes());
        PartitionLog partition = partitionFor(asked, key);
        OpenBatch batch = batchFor(partition);
        PendingAppend pending = batch.pending;
        if (pending != null && batch.builder.sizeInBytes() + room > full) {
            send(batch);
            // The turn of a partition ends with its batch: else this record would wait alone.
            partition = partitionFor(asked, key);
            batch = batchFor(partition);
            pending = batch.pending;
        }
        if (pending == null) {
            outbox.beforeBatch(partition);
            pending = new PendingAppend(partition, null);
            batch.pending = pending;
            batch.builder.compression(now.config().compression());
        }
        batch.builder.add(timestampMillis, key, value, headers);
        if (batch.builder.sizeInBytes() >= full) {
            send(batch);
        }
        return pending;
    }

    /// Records without a key fill one partition's batch before they go on to the next partition.
    private PartitionLog partitionFor(int asked, byte @Nullable [] key) {
        if (asked != BY_KEY) {
            return topic.partition(asked);
        }
        if (key != null) {
            return topic.partitionFor(key);
        }
        if (unkeyed < 0) {
            unkeyed = topic.nextInTurn().id().partition();
        }
        return topic.partition(unkeyed);
    }

    private OpenBatch batchFor(PartitionLog partition) {
        int number = partition.id().partition();
        if (number >= open.length) {
            open = Arrays.copyOf(open, topic.partitions().size());
        }
        OpenBatch batch = open[number];
        if (batch == null) {
            batch = new OpenBatch();
            open[number] = batch;
        }
        return batch;
    }

    private void send(OpenBatch batch) {
        PendingAppend pending = batch.pending;
        if (pending == null) {
            return;
        }
        batch.pending = null;
        if (pending.partition().id().partition() == unkeyed) {
            unkeyed = -1;
        }
        outbox.send(pending, batch.builder);
    }

    @Override
    public void flush() {
        for (OpenBatch batch : open) {
            if (batch != null) {
                send(batch);
            }
        }
        outbox.flush();
    }

    @Override
    public void close() {
        if (handle != null) {
            handle.close();
        }
        try {
            flush();
        } finally {
            outbox.close();
        }
    }
}
