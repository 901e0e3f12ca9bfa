package dev.millrace.kafka.internal.engine;

import dev.millrace.log.Cursor;
import dev.millrace.log.LogException;
import dev.millrace.log.LogException.Code;
import dev.millrace.log.OffsetOutOfRangeException;
import dev.millrace.log.RecordView;
import dev.millrace.log.TopicDescription;
import dev.millrace.log.TopicPartition;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.RecordDeserializationException;
import org.apache.kafka.common.errors.WakeupException;

/// Reads a partition with a consumer of its own, which only this cursor's thread and, at the end,
/// whoever closes the log use.
///
/// The consumer hands out records by the batch; `next` goes through them. Whether there is nothing
/// more can only be told by asking where the partition ends: Kafka's consumer returns nothing also
/// where an answer is still on its way.
final class ClusterCursor implements Cursor {
    private static final Duration POLL = Duration.ofMillis(100);

    private final TopicPartition partition;
    private final org.apache.kafka.common.TopicPartition kafkaPartition;
    private final UUID topicId;
    private final ClusterTopics topics;
    private final ClusterOffsets offsets;
    private final ConsumerPool pool;
    private final org.apache.kafka.clients.consumer.Consumer<ByteBuffer, ByteBuffer> consumer;
    private final Consumer<ClusterCursor> onClose;
    private final long patienceNanos;
    private final ClusterRecord record = new ClusterRecord();
    private List<ConsumerRecord<ByteBuffer, ByteBuffer>> polled = List.of();
    private int index;
    private boolean released;
    private volatile boolean logClosed;

    /// @param offset in range
    /// @param patienceNanos how long records that are there may take to come
    ClusterCursor(
            TopicDescription topic,
            TopicPartition partition,
            long offset,
            ClusterTopics topics,
            ClusterOffsets offsets,
            ConsumerPool pool,
            long patienceNanos,
            Consumer<ClusterCursor> onClose) {
        this.partition = partition;
        this.kafkaPartition = ClusterOffsets.kafka(partition);
        this.topicId = topic.id();
        this.topics = topics;
        this.offsets = offsets;
        this.pool = pool;
        this.patienceNanos = patienceNanos;
        this.onClose = onClose;
        this.consumer = pool.take();
        consumer.assign(List.of(kafkaPartition));
        consumer.seek(kafkaPartition, offset);
    }

    @Override
    public boolean next() {
        return next(Duration.ZERO);
    }

    @Override
    public synchronized boolean next(Duration timeout) {
        requireOpen();
        if (index < polled.size()) {
            record.show(polled.get(index++));
            return true;
        }
        record.show(null);
        requireSameTopic();
        try {
            if (fetch(System.nanoTime() + TimeUnit.NANOSECONDS.convert(timeout))) {
                record.show(polled.get(index++));
                return true;
            }
            return false;
        } catch (KafkaException e) {
            throw failure(e);
        }
    }

    /// Fetches records; false where there were none until the deadline.
    private boolean fetch(long deadline) {
        polled = List.of();
        index = 0;
        long end = -1;
        while (true) {
            long left = deadline - System.nanoTime();
            if (left <= 0) {
                end = end < 0 ? offsets.latest(partition) : end;
                if (consumer.position(kafkaPartition) >= end) {
                    return false;
                }
                requirePatience(deadline);
            }
            Duration wait = left > 0 && left < POLL.toNanos() ? Duration.ofNanos(left) : POLL;
            polled = consumer.poll(wait).records(kafkaPartition);
            if (logClosed) {
                throw ClusterAdmin.closed();
            }
            if (!polled.isEmpty()) {
                return true;
            }
        }
    }

    private void requirePatience(long deadline) {
        if (System.nanoTime() - deadline > patienceNanos) {
            throw new LogException(
                    Code.UNAVAILABLE,
                    "reading %s at offset %d failed: no broker sent its records in time; look whether its leader runs"
                            .formatted(partition, consumer.position(kafkaPartition)));
        }
    }

    private LogException failure(KafkaException e) {
        return switch (e) {
            case WakeupException _ -> ClusterAdmin.closed();
            case org.apache.kafka.clients.consumer.OffsetOutOfRangeException _ ->
                    outOfRange(consumer.position(kafkaPartition));
            case RecordDeserializationException damaged -> damaged(damaged.offset(), e);
            default ->
                    isDamage(e)
                            ? damaged(consumer.position(kafkaPartition), e)
                            : ClusterErrors.of(e, "reading " + partition);
        };
    }

    /// The consumer says it with the most general of its exceptions, and this cause.
    private static boolean isDamage(KafkaException e) {
        return e.getCause() instanceof org.apache.kafka.common.errors.CorruptRecordException
                || e.getCause() instanceof org.apache.kafka.common.InvalidRecordException;
    }

    private LogException damaged(long offset, KafkaException e) {
        return new LogException(
                Code.CORRUPT_RECORD,
                "the records of %s at offset %d are damaged in what the broker sent: %s; seek behind them, or restore the broker's replica"
                        .formatted(partition, offset, e.getMessage()),
                e);
    }

    private OffsetOutOfRangeException outOfRange(long offset) {
        return new OffsetOutOfRangeException(
                partition, offset, offsets.earliest(partition), offsets.latest(partition));
    }

    private void requireSameTopic() {
        if (!topics.cached(partition.topic()).id().equals(topicId)) {
            throw new LogException(
                    Code.UNKNOWN_TOPIC,
                    "topic '%s' was deleted and created again; read it anew"
                            .formatted(partition.topic()));
        }
    }

    private void requireOpen() {
        if (logClosed) {
            throw ClusterAdmin.closed();
        }
        if (released) {
            throw new LogException(Code.CLOSED, "the cursor was closed; read again");
        }
    }

    @Override
    public RecordView record() {
        return record;
    }

    @Override
    public synchronized long position() {
        requireOpen();
        return index < polled.size() ? polled.get(index).offset() : behindPolled();
    }

    /// Where nothing polled is left, the consumer knows of offsets without records too.
    private long behindPolled() {
        return consumer.position(kafkaPartition);
    }

    @Override
    public synchronized void seek(long offset) {
        requireOpen();
        requireSameTopic();
        offsets.requireInRange(partition, offset);
        record.show(null);
        polled = List.of();
        index = 0;
        consumer.seek(kafkaPartition, offset);
    }

    @Override
    public synchronized void close() {
        if (!released) {
            released = true;
            record.show(null);
            onClose.accept(this);
            if (logClosed) {
                ConsumerPool.end(consumer);
            } else {
                pool.give(consumer);
            }
        }
    }

    /// The log is closed: whoever waits in `next` is told so, and the consumer ends.
    void closeWithLog() {
        logClosed = true;
        consumer.wakeup();
        close();
    }
}
