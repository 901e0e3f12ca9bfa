package dev.millrace.server.internal.remote;

import dev.millrace.log.AppendResult;
import dev.millrace.log.Appender;
import dev.millrace.log.EventLog;
import dev.millrace.log.Header;
import dev.millrace.log.LogException;
import dev.millrace.log.LogException.Code;
import dev.millrace.log.LogRecord;
import dev.millrace.log.ProducerId;
import dev.millrace.log.RecordBatch;
import dev.millrace.log.TopicDescription;
import dev.millrace.log.TopicPartition;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/// Gathers records into batches, and sends those of a partition one after the other: in their
/// order, and at most [#MOST_SENT] of all partitions at a time.
///
/// Where a batch of a producer fails, its partition takes nothing more from this appender: a
/// sequence would be missing.
public final class RemoteAppender implements Appender {
    private static final int BATCH_BYTES = 256 << 10;
    private static final int MOST_SENT = 16;

    /// Lengths and deltas of a record, and of a header, take no more.
    private static final int MOST_OVERHEAD = 41;

    private final EventLog log;
    private final ToIntFunction<TopicPartition> nextSequence;
    private TopicDescription topic;
    private final @Nullable ProducerId producer;
    private final List<Lane> lanes = new ArrayList<>();
    private final Deque<CompletableFuture<AppendResult>> sent = new ArrayDeque<>();
    private int turn;
    private @Nullable LogException failure;

    /// A partition: the batch that is gathered for it, and the last one that was sent.
    private static final class Lane {
        final TopicPartition partition;
        final RecordBatch.Builder builder = RecordBatch.builder();
        CompletableFuture<AppendResult> open = new CompletableFuture<>();
        CompletableFuture<@Nullable AppendResult> last = CompletableFuture.completedFuture(null);
        int sequence;

        Lane(TopicPartition partition) {
            this.partition = partition;
        }
    }

    /// @param nextSequence of the producer in a partition
    public RemoteAppender(
            EventLog log,
            TopicDescription topic,
            @Nullable ProducerId producer,
            ToIntFunction<TopicPartition> nextSequence) {
        this.log = log;
        this.topic = topic;
        this.producer = producer;
        this.nextSequence = nextSequence;
        addLanes();
    }

    private void addLanes() {
        for (int i = lanes.size(); i < topic.partitions(); i++) {
            Lane lane = new Lane(new TopicPartition(topic.name(), i));
            lane.sequence = producer == null ? 0 : nextSequence.applyAsInt(lane.partition);
            lanes.add(lane);
        }
    }

    /// A partition may have come since.
    private Lane lane(int partition) {
        if (partition >= lanes.size()) {
            topic = log.describeTopic(topic.name());
            addLanes();
        }
        if (partition < 0 || partition >= lanes.size()) {
            throw new LogException(
                    Code.UNKNOWN_TOPIC,
                    "topic '%s' has no partition %d".formatted(topic.name(), partition));
        }
        return lanes.get(partition);
    }

    @Override
    public CompletableFuture<AppendResult> append(
            long timestampMillis, byte @Nullable [] key, byte @Nullable [] value) {
        return append(new LogRecord(timestampMillis, key, value, List.of()));
    }

    @Override
    public CompletableFuture<AppendResult> append(LogRecord record) {
        byte[] key = record.key();
        int partition =
                key == null
                        ? turn++ % lanes.size()
                        : log.partitionFor(topic.name(), key).partition();
        return append(partition, record);
    }

    @Override
    public CompletableFuture<AppendResult> append(int partition, LogRecord record) {
        requireSize(record);
        Lane lane = lane(partition);
        int most = Math.min(BATCH_BYTES, topic.config().maxMessageBytes());
        if (lane.builder.count() > 0 && lane.builder.sizeInBytes() + bytes(record) > most) {
            send(lane);
        }
        CompletableFuture<AppendResult> future = lane.open;
        lane.builder.add(record);
        return future;
    }

    private void requireSize(LogRecord record) {
        byte[] key = record.key();
        byte[] value = record.value();
        long bytes = (key == null ? 0L : key.length) + (value == null ? 0L : value.length);
        if (bytes > topic.config().maxRecordBytes()) {
            throw new LogException(
                    Code.RECORD_TOO_LARGE,
                    "a record of %d bytes is larger than max.record.bytes of topic '%s', %d"
                            .formatted(bytes, topic.name(), topic.config().maxRecordBytes()));
        }
    }

    private static long bytes(LogRecord record) {
        byte[] key = record.key();
        byte[] value = record.value();
        long bytes = MOST_OVERHEAD + (key == null ? 0L : key.length);
        bytes += value == null ? 0 : value.length;
        for (Header header : record.headers()) {
            byte[] its = header.value();
            bytes += MOST_OVERHEAD + 3L * header.key().length() + (its == null ? 0 : its.length);
        }
        return bytes;
    }

    private void send(Lane lane) {
        if (producer != null) {
            lane.builder.producer(producer.id(), producer.epoch(), lane.sequence);
            lane.sequence = (lane.sequence + lane.builder.count()) & Integer.MAX_VALUE;
        }
        RecordBatch batch = lane.builder.build();
        CompletableFuture<AppendResult> answer = lane.open;
        lane.open = new CompletableFuture<>();
        CompletableFuture<@Nullable AppendResult> before = lane.last;
        lane.last =
                before.handle((result, e) -> producer == null ? null : e)
                        .thenCompose(
                                e ->
                                        e == null
                                                ? log.append(lane.partition, batch)
                                                : CompletableFuture.failedFuture(e));
        var _ =
                lane.last.whenComplete(
                        (result, e) -> {
                            if (result != null) {
                                answer.complete(result);
                            } else {
                                answer.completeExceptionally(cause(e));
                            }
                        });
        sent.add(answer);
        while (sent.size() > MOST_SENT) {
            settle(sent.remove());
        }
    }

    private void settle(CompletableFuture<AppendResult> answer) {
        try {
            answer.join();
        } catch (CompletionException e) {
            failure = failure == null ? cause(e) : failure;
        }
    }

    private static LogException cause(@Nullable Throwable thrown) {
        Throwable e = thrown;
        while (e instanceof CompletionException && e.getCause() != null) {
            e = e.getCause();
        }
        return e instanceof LogException known
                ? known
                : new LogException(Code.IO, "an append failed: " + e, e);
    }

    @Override
    public void flush() {
        for (Lane lane : lanes) {
            if (lane.builder.count() > 0) {
                send(lane);
            }
        }
        while (!sent.isEmpty()) {
            settle(sent.remove());
        }
        LogException first = failure;
        failure = null;
        if (first != null) {
            throw first;
        }
    }

    @Override
    public void close() {
        flush();
    }
}
