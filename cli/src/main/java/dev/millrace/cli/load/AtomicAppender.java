package dev.millrace.cli.load;

import dev.millrace.log.AppendResult;
import dev.millrace.log.Appender;
import dev.millrace.log.EventLog;
import dev.millrace.log.LogException;
import dev.millrace.log.LogRecord;
import dev.millrace.log.PartitionAppend;
import dev.millrace.log.Precondition;
import dev.millrace.log.RecordBatch;
import dev.millrace.log.TopicDescription;
import dev.millrace.log.TopicPartition;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/// Gathers all records there are, and appends them at once: all or none. Records without a key go
/// to partition 0.
///
/// For one thread.
public final class AtomicAppender implements Appender {
    /// Lengths, deltas and counts of a record without headers take no more.
    private static final int MOST_RECORD_OVERHEAD = 41;

    private final EventLog log;
    private final TopicDescription topic;
    private final @Nullable Long end;
    private final CompletableFuture<AppendResult> answer = new CompletableFuture<>();
    private final Map<Integer, List<LogRecord>> records = new TreeMap<>();

    /// @param end where the topic's one partition must end for the append to go on; null where that
    ///   does not matter
    public AtomicAppender(EventLog log, TopicDescription topic, @Nullable Long end) {
        this.log = log;
        this.topic = topic;
        this.end = end;
    }

    @Override
    public CompletableFuture<AppendResult> append(
            long timestampMillis, byte @Nullable [] key, byte @Nullable [] value) {
        return append(new LogRecord(timestampMillis, key, value, List.of()));
    }

    @Override
    public CompletableFuture<AppendResult> append(LogRecord record) {
        byte[] key = record.key();
        int partition = key == null ? 0 : log.partitionFor(topic.name(), key).partition();
        return append(partition, record);
    }

    @Override
    public CompletableFuture<AppendResult> append(int partition, LogRecord record) {
        records.computeIfAbsent(partition, p -> new ArrayList<>()).add(record);
        return answer;
    }

    /// Nothing: not before all is there.
    @Override
    public void flush() {}

    /// Nothing: what was not appended by [#appendAll] never is.
    @Override
    public void close() {}

    /// Appends what was gathered.
    ///
    /// @throws LogException where nothing was appended
    public void appendAll() {
        List<PartitionAppend> parts = new ArrayList<>();
        Precondition condition = end == null ? null : Precondition.endsAt(end);
        int appended = 0;
        for (Map.Entry<Integer, List<LogRecord>> each : records.entrySet()) {
            TopicPartition to = new TopicPartition(topic.name(), each.getKey());
            for (RecordBatch batch : batches(each.getValue())) {
                parts.add(new PartitionAppend(to, batch, condition));
                appended += batch.count();
            }
        }
        try {
            List<AppendResult> results = log.appendAtomically(parts).join();
            if (!results.isEmpty()) {
                AppendResult first = results.getFirst();
                answer.complete(
                        new AppendResult(
                                first.partition(),
                                first.baseOffset(),
                                appended,
                                first.durability()));
            }
        } catch (CompletionException e) {
            throw e.getCause() instanceof LogException known ? known : e;
        }
    }

    private List<RecordBatch> batches(List<LogRecord> all) {
        List<RecordBatch> batches = new ArrayList<>();
        RecordBatch.Builder builder =
                RecordBatch.builder().compression(topic.config().compression());
        int most = topic.config().maxMessageBytes();
        for (LogRecord record : all) {
            if (builder.count() > 0 && builder.sizeInBytes() + roomFor(record) > most) {
                batches.add(builder.build());
            }
            builder.add(record);
        }
        if (builder.count() > 0) {
            batches.add(builder.build());
        }
        return batches;
    }

    private static long roomFor(LogRecord record) {
        byte[] key = record.key();
        byte[] value = record.value();
        return MOST_RECORD_OVERHEAD
                + (key == null ? 0L : key.length)
                + (value == null ? 0L : value.length);
    }
}
