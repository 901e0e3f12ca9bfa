package dev.millrace.kafka.internal.engine;

import dev.millrace.log.AppendResult;
import dev.millrace.log.Appender;
import dev.millrace.log.LogException;
import dev.millrace.log.LogException.Code;
import dev.millrace.log.LogRecord;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/// Gathers records into batches, which an [AppendLane] sends. Records without a key go to one
/// partition until its batch is full, then to the next.
final class ClusterAppender implements Appender {
    private final String topic;
    private final Appends appends;
    private final int batchBytes;
    private final Map<Integer, Open> open = new HashMap<>();
    private final Queue<CompletableFuture<AppendResult>> sent = new ArrayDeque<>();
    private @Nullable LogException failure;
    private int next;
    private boolean closed;

    /// The open batch of a partition.
    private static final class Open {
        final List<LogRecord> records = new ArrayList<>();
        final CompletableFuture<AppendResult> answer = new CompletableFuture<>();
        long bytes = RecordSizes.HEADER_BYTES;
    }

    ClusterAppender(String topic, Appends appends, int batchBytes) {
        this.topic = topic;
        this.appends = appends;
        this.batchBytes = batchBytes;
    }

    @Override
    public CompletableFuture<AppendResult> append(
            long timestampMillis, byte @Nullable [] key, byte @Nullable [] value) {
        return append(new LogRecord(timestampMillis, key, value, List.of()));
    }

    @Override
    public CompletableFuture<AppendResult> append(LogRecord record) {
        byte[] key = record.key();
        int partitions = appends.topic(topic).partitions();
        int partition = key == null ? next % partitions : Partitions.of(key, partitions);
        return append(partition, record);
    }

    @Override
    public CompletableFuture<AppendResult> append(int partition, LogRecord record) {
        if (closed) {
            throw new LogException(Code.CLOSED, "the appender was closed; open another");
        }
        int most = appends.checked(topic, partition, record);
        long more = RecordSizes.most(record);
        Open batch = open.computeIfAbsent(partition, p -> new Open());
        if (!batch.records.isEmpty() && batch.bytes + more > Math.min(most, batchBytes)) {
            send(partition, batch);
            batch = new Open();
            open.put(partition, batch);
        }
        batch.records.add(copy(record));
        batch.bytes += more;
        if (batch.bytes >= batchBytes) {
            open.remove(partition);
            send(partition, batch);
        }
        return batch.answer;
    }

    private static LogRecord copy(LogRecord record) {
        byte[] key = record.key();
        byte[] value = record.value();
        return new LogRecord(
                record.timestampMillis(),
                key == null ? null : key.clone(),
                value == null ? null : value.clone(),
                List.copyOf(record.headers()));
    }

    private void send(int partition, Open batch) {
        if (partition == next) {
            next++;
        }
        noteAnswered();
        sent.add(batch.answer);
        try {
            appends.submit(topic, partition, batch.records, batch.answer);
        } catch (LogException e) {
            batch.answer.completeExceptionally(e);
        }
    }

    /// Forgets what is answered at the head of what was sent.
    private void noteAnswered() {
        while (!sent.isEmpty() && sent.element().isDone()) {
            awaitFirst();
        }
    }

    private void awaitFirst() {
        try {
            sent.remove().join();
        } catch (CompletionException e) {
            failure = failure == null ? ClusterErrors.of(e, "appending to " + topic) : failure;
        }
    }

    @Override
    public void flush() {
        Map<Integer, Open> batches = Map.copyOf(open);
        open.clear();
        batches.forEach(this::send);
        while (!sent.isEmpty()) {
            awaitFirst();
        }
        LogException first = failure;
        failure = null;
        if (first != null) {
            throw first;
        }
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            flush();
        }
    }
}
