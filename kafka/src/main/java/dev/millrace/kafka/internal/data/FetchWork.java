package dev.millrace.kafka.internal.data;

import dev.millrace.kafka.KafkaServerOptions;
import dev.millrace.kafka.internal.protocol.Api;
import dev.millrace.kafka.internal.protocol.Caller;
import dev.millrace.kafka.internal.protocol.KafkaErrors;
import dev.millrace.kafka.internal.protocol.Messages;
import dev.millrace.kafka.internal.protocol.RequestHeader;
import dev.millrace.kafka.internal.protocol.Response;
import dev.millrace.log.BatchReader;
import dev.millrace.log.EventLog;
import dev.millrace.log.LogException;
import dev.millrace.log.TopicPartition;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchRequestData.FetchPartition;
import org.apache.kafka.common.message.FetchRequestData.FetchTopic;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/// Fetch: finds the batches that are asked for, in the order of the request, and waits for more
/// where there are too few. Batches are handed on as they are stored; the first of a fetch is whole
/// however large it is.
///
/// A client that wants to wait for longer than `kafka.connections.max.stall.ms` is answered with
/// nothing by then, and asks again: it may have gone, which is not known before it is written to.
///
/// There are no fetch sessions: each request names all its partitions, as the protocol allows.
public final class FetchWork implements Api.Work {
    private static final int FIRST_WITH_IDS = 13;

    private final EventLog log;
    private final BatchSource source;
    private final TopicIds ids;
    private final int mostBytes;
    private final int mostWaitMillis;

    public FetchWork(EventLog log, BatchSource source, TopicIds ids, KafkaServerOptions options) {
        this.log = log;
        this.source = source;
        this.ids = ids;
        this.mostBytes = options.maxFetchBytes();
        this.mostWaitMillis = (int) Math.min(Integer.MAX_VALUE, options.maxStallMillis());
    }

    @Override
    public Response answer(RequestHeader header, ByteBuffer body, Caller caller) {
        FetchRequestData request =
                (FetchRequestData) Messages.read(ApiKeys.FETCH, header.version(), body);
        if (request.sessionId() != 0) {
            return FetchResponse.failed(header, Errors.FETCH_SESSION_ID_NOT_FOUND);
        }
        FetchResponse found = read(header, request);
        if (found.isEnough(request.minBytes()) || request.maxWaitMs() <= 0) {
            return found;
        }
        try (Waker waker = new Waker(Math.min(request.maxWaitMs(), mostWaitMillis))) {
            for (TopicPartition partition : found.readable()) {
                waker.watch(source.whenAdvanced(partition, waker));
            }
            do {
                found.close();
                found = read(header, request);
            } while (!found.isEnough(request.minBytes()) && waker.await());
            return found;
        } catch (RuntimeException e) {
            found.close();
            throw e;
        }
    }

    private FetchResponse read(RequestHeader header, FetchRequestData request) {
        FetchResponse response = new FetchResponse(header);
        int left = Math.min(request.maxBytes(), mostBytes);
        try {
            for (FetchTopic topic : request.topics()) {
                String name =
                        header.version() < FIRST_WITH_IDS
                                ? topic.topic()
                                : ids.name(topic.topicId());
                List<FetchResponse.Partition> partitions = new ArrayList<>();
                response.add(new FetchResponse.Topic(topic.topic(), topic.topicId(), partitions));
                for (FetchPartition partition : topic.partitions()) {
                    FetchResponse.Partition one = read(name, partition, response.bytes(), left);
                    partitions.add(one);
                    response.count(one);
                    left -= one.sizeInBytes();
                }
            }
            return response;
        } catch (RuntimeException e) {
            response.close();
            throw e;
        }
    }

    private FetchResponse.Partition read(
            @Nullable String topic, FetchPartition wanted, int already, int left) {
        if (topic == null) {
            return FetchResponse.Partition.failed(wanted.partition(), Errors.UNKNOWN_TOPIC_ID);
        }
        TopicPartition id = new TopicPartition(topic, wanted.partition());
        try {
            LeaderEpochHandler.requireEpoch(source, id, wanted.currentLeaderEpoch());
            long start = log.earliestOffset(id);
            long end = log.latestOffset(id);
            int room = Math.min(left, wanted.partitionMaxBytes());
            if (wanted.fetchOffset() == end || already > 0 && room <= 0) {
                return FetchResponse.Partition.empty(id, start, end);
            }
            BatchReader reader = source.readBatches(id, wanted.fetchOffset());
            boolean read = false;
            try {
                read = reader.next(Math.max(1, room)) && fits(reader, room, already == 0);
                return read
                        ? FetchResponse.Partition.filled(id, start, end, reader)
                        : FetchResponse.Partition.empty(id, start, end);
            } finally {
                if (!read) {
                    reader.close();
                }
            }
        } catch (LogException | ApiException e) {
            return FetchResponse.Partition.failed(wanted.partition(), KafkaErrors.of(e));
        }
    }

    /// The first batch of a fetch is handed on however large it is.
    private static boolean fits(BatchReader reader, int room, boolean first) {
        return first || reader.batches().remaining() <= room;
    }
}
