package dev.millrace.kafka.internal.data;

import dev.millrace.kafka.internal.protocol.Api;
import dev.millrace.kafka.internal.protocol.Caller;
import dev.millrace.kafka.internal.protocol.Messages;
import dev.millrace.kafka.internal.protocol.ProtocolException;
import dev.millrace.kafka.internal.protocol.RequestHeader;
import dev.millrace.kafka.internal.protocol.Response;
import dev.millrace.kafka.internal.protocol.WireIn;
import dev.millrace.log.AppendResult;
import dev.millrace.log.EventLog;
import dev.millrace.log.LogException;
import dev.millrace.log.LogException.Code;
import dev.millrace.log.RecordBatch;
import dev.millrace.log.TopicPartition;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/// Produce, read by hand, so that a batch goes from the network to the log without being copied or
/// rebuilt:
///
/// | field | type |
/// |---|---|
/// | transactional id | nullable string |
/// | acks | int16: 0 for no answer, 1 and -1 for the topic's durability |
/// | timeout | int32, ms; not used: an append is answered when it is durable |
/// | topics | array of: name string, partitions |
/// | partitions | array of: index int32, records: nullable bytes, one batch |
///
/// From version 9 on strings, arrays and bytes are compact, and tagged fields end each structure.
///
/// All batches are brought to the log before any is waited for.
public final class ProduceWork implements Api.Work {
    /// Versions below are advertised, and not spoken: librdkafka compresses nothing for a server
    /// that does not have version 0.
    private static final int FIRST_SPOKEN = 3;

    static final int FIRST_COMPACT = 9;
    private static final int MAGIC_POSITION = 16;
    private static final int MAGIC = 2;

    private final EventLog log;

    public ProduceWork(EventLog log) {
        this.log = log;
    }

    private record Records(String topic, int partition, @Nullable ByteBuffer batch) {}

    @Override
    public Response answer(RequestHeader header, ByteBuffer body, Caller caller) {
        if (header.version() < FIRST_SPOKEN) {
            throw new ProtocolException(
                    "version %d of PRODUCE has records of a format that is not supported any more"
                            .formatted(header.version()));
        }
        try {
            WireIn in = new WireIn(body, header.version() >= FIRST_COMPACT);
            String transactionalId = in.nullableString();
            int acks = in.int16();
            in.int32();
            List<List<Records>> topics = readTopics(in);
            in.endStructure();
            if (body.hasRemaining()) {
                throw new IllegalArgumentException(body.remaining() + " bytes follow it");
            }
            return append(header, topics, acks, refusal(transactionalId, acks));
        } catch (IllegalArgumentException | java.nio.BufferUnderflowException e) {
            throw Messages.unreadable(ApiKeys.PRODUCE, header.version(), e);
        }
    }

    private static List<List<Records>> readTopics(WireIn in) {
        int count = in.arrayLength();
        List<List<Records>> topics = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            String name = in.string();
            int partitions = in.arrayLength();
            List<Records> records = new ArrayList<>();
            for (int j = 0; j < partitions; j++) {
                records.add(new Records(name, in.int32(), in.nullableBytes()));
                in.endStructure();
            }
            in.endStructure();
            topics.add(records);
        }
        return topics;
    }

    private static @Nullable ApiException refusal(@Nullable String transactionalId, int acks) {
        if (acks < -1 || acks > 1) {
            return Errors.INVALID_REQUIRED_ACKS.exception();
        }
        return transactionalId == null
                ? null
                : Errors.UNSUPPORTED_VERSION.exception("transactions are not supported");
    }

    private Response append(
            RequestHeader header,
            List<List<Records>> topics,
            int acks,
            @Nullable ApiException refusal) {
        List<ProduceResponse.Topic> appends = new ArrayList<>(topics.size());
        for (List<Records> records : topics) {
            List<ProduceResponse.Partition> partitions = new ArrayList<>(records.size());
            for (Records one : records) {
                TopicPartition id = new TopicPartition(one.topic, one.partition);
                partitions.add(
                        new ProduceResponse.Partition(
                                id,
                                refusal == null
                                        ? append(id, one.batch)
                                        : CompletableFuture.failedFuture(refusal)));
            }
            if (!records.isEmpty()) {
                appends.add(new ProduceResponse.Topic(records.getFirst().topic, partitions));
            }
        }
        return new ProduceResponse(log, header, acks != 0, appends);
    }

    private CompletableFuture<AppendResult> append(
            TopicPartition partition, @Nullable ByteBuffer batch) {
        try {
            if (batch == null) {
                throw new LogException(Code.INVALID_BATCH, "there is no record batch");
            }
            if (batch.limit() > MAGIC_POSITION && batch.get(MAGIC_POSITION) != MAGIC) {
                throw Errors.UNSUPPORTED_FOR_MESSAGE_FORMAT.exception(
                        "records of format %d, where only 2 is supported"
                                .formatted(batch.get(MAGIC_POSITION)));
            }
            return log.append(partition, RecordBatch.encoded(batch));
        } catch (RuntimeException e) {
            // also a defect of ours: whatever else this request has brought still needs its bytes
            return CompletableFuture.failedFuture(e);
        }
    }
}
