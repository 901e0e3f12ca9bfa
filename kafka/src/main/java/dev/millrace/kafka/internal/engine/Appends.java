package dev.millrace.kafka.internal.engine;

import dev.millrace.kafka.KafkaLogOptions;
import dev.millrace.log.AppendResult;
import dev.millrace.log.LogException;
import dev.millrace.log.LogException.Code;
import dev.millrace.log.LogRecord;
import dev.millrace.log.PartitionAppend;
import dev.millrace.log.RecordBatch;
import dev.millrace.log.TopicDescription;
import dev.millrace.log.TopicPartition;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/// Checks what is appended, and brings it to its lane: a partition has the same one always, so that
/// what comes first is sent first. For any number of threads.
final class Appends implements AutoCloseable {
    private final ClusterTopics topics;
    private final KafkaLogOptions options;
    private final WaitingBytes waiting;
    private final List<AppendLane> lanes = new ArrayList<>();
    private final TransactionLane transactions;

    Appends(ClusterClients clients, ClusterTopics topics, ClusterOffsets offsets) {
        this.topics = topics;
        this.options = clients.options();
        this.waiting = new WaitingBytes(options.maxWaitingBytes());
        for (int i = 0; i < options.lanes(); i++) {
            lanes.add(new AppendLane(clients, i, this::mostBytes));
        }
        transactions = new TransactionLane(clients, offsets, this::mostBytes);
    }

    /// A topic as it was a few seconds ago at most.
    TopicDescription topic(String name) {
        return topics.cached(name);
    }

    /// The largest batch that a partition takes; as far as one can know.
    private int mostBytes(TopicPartition partition) {
        try {
            return mostBytes(topics.cached(partition.topic()));
        } catch (LogException e) {
            return options.batchBytes(); // the broker says what is wrong
        }
    }

    private int mostBytes(TopicDescription topic) {
        return Math.min(options.batchBytes(), topic.config().maxMessageBytes());
    }

    /// Checks a record that is to be gathered with others.
    ///
    /// @return the largest batch that the partition takes
    int checked(String topic, int partition, LogRecord record) {
        TopicPartition to = new TopicPartition(topic, partition);
        TopicDescription described = topics.require(to);
        check(to, described, record);
        checkBatch(to, described, RecordSizes.batch(List.of(record)));
        return mostBytes(described);
    }

    private static void check(TopicPartition to, TopicDescription topic, LogRecord record) {
        long bytes = RecordSizes.content(record);
        int most = topic.config().maxRecordBytes();
        if (bytes > most) {
            throw new LogException(
                    Code.RECORD_TOO_LARGE,
                    "a record of %d bytes for %s: its topic takes %d at most; raise its max.message.bytes"
                            .formatted(bytes, to, most));
        }
        if (record.timestampMillis() < 0) {
            throw new LogException(
                    Code.INVALID_BATCH,
                    "a record for %s has timestamp %d; Kafka knows none before 1970"
                            .formatted(to, record.timestampMillis()));
        }
    }

    private void checkBatch(TopicPartition to, TopicDescription topic, long bytes) {
        if (bytes > topic.config().maxMessageBytes()) {
            throw new LogException(
                    Code.RECORD_TOO_LARGE,
                    "a batch of %d bytes for %s, not compressed: max.message.bytes of its topic is %d"
                            .formatted(bytes, to, topic.config().maxMessageBytes()));
        }
        if (bytes > options.batchBytes()) {
            throw new LogException(
                    Code.RECORD_TOO_LARGE,
                    "a batch of %d bytes for %s, not compressed: cluster.batch.bytes of this log is %d"
                            .formatted(bytes, to, options.batchBytes()));
        }
    }

    /// Appends records as one batch.
    CompletableFuture<AppendResult> append(TopicPartition to, List<LogRecord> records) {
        CompletableFuture<AppendResult> answer = new CompletableFuture<>();
        submit(to, records, answer);
        return answer;
    }

    /// As [#append(TopicPartition,List)], answered by the future that was given.
    void submit(
            String topic,
            int partition,
            List<LogRecord> records,
            CompletableFuture<AppendResult> answer) {
        submit(new TopicPartition(topic, partition), records, answer);
    }

    private void submit(
            TopicPartition to, List<LogRecord> records, CompletableFuture<AppendResult> answer) {
        PendingAppend append = pending(to, records, answer);
        enter(append.sizeBytes(), answer);
        try {
            lanes.get(Math.floorMod(to.hashCode(), lanes.size())).submit(append);
        } catch (LogException e) {
            answer.completeExceptionally(e); // lets go of its bytes
            throw e;
        }
    }

    private void enter(long bytes, CompletableFuture<?> answer) {
        waiting.enter(bytes);
        var _ = answer.whenComplete((_, _) -> waiting.leave(bytes));
    }

    private PendingAppend pending(
            TopicPartition to, List<LogRecord> records, CompletableFuture<AppendResult> answer) {
        TopicDescription topic = topics.require(to);
        records.forEach(record -> check(to, topic, record));
        long bytes = RecordSizes.batch(records);
        checkBatch(to, topic, bytes);
        return new PendingAppend(to, records, bytes, topic.config().durability(), answer);
    }

    /// The records of a batch.
    ///
    /// @throws LogException `not-supported` where it names a producer
    static List<LogRecord> records(RecordBatch batch) {
        if (batch.producerId() >= 0) {
            throw new LogException(
                    Code.NOT_SUPPORTED,
                    "a batch of producer %d: on a cluster the log's own producers number their batches; append it without a producer"
                            .formatted(batch.producerId()));
        }
        return batch.records();
    }

    CompletableFuture<List<AppendResult>> appendAtomically(List<PartitionAppend> parts) {
        List<PendingAppend> pending = new ArrayList<>();
        long bytes = 0;
        for (PartitionAppend part : parts) {
            if (part.precondition() != null) {
                throw new LogException(
                        Code.NOT_SUPPORTED,
                        "a cluster knows no conditions, as for %s: a broker asks nobody before it appends"
                                .formatted(part.partition()));
            }
            PendingAppend append =
                    pending(part.partition(), records(part.batch()), new CompletableFuture<>());
            bytes += append.sizeBytes();
            pending.add(append);
        }
        if (pending.isEmpty()) {
            return CompletableFuture.completedFuture(List.of());
        }
        long all = bytes;
        waiting.enter(all);
        try {
            CompletableFuture<List<AppendResult>> answer = transactions.submit(pending);
            var _ = answer.whenComplete((_, _) -> waiting.leave(all));
            return answer;
        } catch (LogException e) {
            waiting.leave(all);
            throw e;
        }
    }

    /// Completes what was submitted.
    @Override
    public void close() {
        lanes.forEach(AppendLane::close);
        transactions.close();
    }
}
