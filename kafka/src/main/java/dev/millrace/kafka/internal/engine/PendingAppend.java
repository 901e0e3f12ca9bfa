package dev.millrace.kafka.internal.engine;

import dev.millrace.log.AppendResult;
import dev.millrace.log.Durability;
import dev.millrace.log.Header;
import dev.millrace.log.LogException;
import dev.millrace.log.LogException.Code;
import dev.millrace.log.LogRecord;
import dev.millrace.log.TopicPartition;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.jspecify.annotations.Nullable;

/// Records that are appended to a partition together, from the call until the answer. It is the
/// callback of each of its records: the producer answers them in the order in which they were sent.
///
/// Sent by one thread; answered by the producer's own, and by the sender for what never came to it.
final class PendingAppend implements Callback {
    private final TopicPartition partition;
    private final List<LogRecord> records;
    private final long sizeBytes;
    private final Durability durability;
    private final CompletableFuture<AppendResult> answer;
    private int answered;
    private int appended;
    private long baseOffset = -1;
    private boolean scattered;
    private @Nullable Throwable failure;

    /// @param sizeBytes of a batch that holds them alone
    PendingAppend(
            TopicPartition partition,
            List<LogRecord> records,
            long sizeBytes,
            Durability durability,
            CompletableFuture<AppendResult> answer) {
        this.partition = partition;
        this.records = records;
        this.sizeBytes = sizeBytes;
        this.durability = durability;
        this.answer = answer;
    }

    TopicPartition partition() {
        return partition;
    }

    /// Of a batch that holds the records alone.
    long sizeBytes() {
        return sizeBytes;
    }

    /// The most that they add to a batch that holds others.
    long joiningBytes() {
        return sizeBytes
                - RecordSizes.HEADER_BYTES
                + (long) RecordSizes.JOINING_BYTES * records.size();
    }

    /// Completes when each record is answered: with a [LogException] unless all were appended.
    CompletableFuture<AppendResult> answer() {
        return answer;
    }

    /// Hands the records to the producer; what it does not take is answered with the reason.
    void sendTo(Producer<byte[], byte[]> producer) {
        int sent = 0;
        try {
            for (LogRecord record : records) {
                var _ = producer.send(kafkaRecord(record), this);
                sent++;
            }
        } catch (RuntimeException e) {
            for (int i = sent; i < records.size(); i++) {
                onCompletion(null, e);
            }
        }
    }

    private ProducerRecord<byte[], byte[]> kafkaRecord(LogRecord record) {
        List<org.apache.kafka.common.header.Header> headers = null;
        if (!record.headers().isEmpty()) {
            headers = new ArrayList<>(record.headers().size());
            for (Header header : record.headers()) {
                headers.add(new RecordHeader(header.key(), header.value()));
            }
        }
        return new ProducerRecord<>(
                partition.topic(),
                partition.partition(),
                record.timestampMillis(),
                record.key(),
                record.value(),
                headers);
    }

    @Override
    public synchronized void onCompletion(
            @Nullable RecordMetadata metadata, @Nullable Exception thrown) {
        if (thrown != null || metadata == null) {
            failure = failure == null ? thrown : failure;
        } else {
            if (baseOffset < 0) {
                baseOffset = metadata.offset();
            }
            scattered |= metadata.offset() != baseOffset + appended;
            appended++;
        }
        answered++;
        if (answered == records.size()) {
            end();
        }
    }

    private void end() {
        if (failure == null && !scattered) {
            answer.complete(new AppendResult(partition, baseOffset, appended, durability));
        } else if (appended == 0 && failure != null) {
            answer.completeExceptionally(ClusterErrors.of(failure, "appending to " + partition));
        } else {
            answer.completeExceptionally(
                    new LogException(
                            Code.IO,
                            "%d of %d records were appended to %s in several batches, the first at offset %d: sending stalled for longer than cluster.timeout.ms allows, or the topic's max.message.bytes was lowered meanwhile"
                                    .formatted(appended, records.size(), partition, baseOffset),
                            failure));
        }
    }
}
