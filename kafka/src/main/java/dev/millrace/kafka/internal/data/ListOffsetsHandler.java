package dev.millrace.kafka.internal.data;

import dev.millrace.kafka.internal.protocol.Caller;
import dev.millrace.kafka.internal.protocol.Handler;
import dev.millrace.kafka.internal.protocol.KafkaErrors;
import dev.millrace.log.Cursor;
import dev.millrace.log.EventLog;
import dev.millrace.log.LeaderEpoch;
import dev.millrace.log.LogException;
import dev.millrace.log.TopicPartition;
import java.util.OptionalLong;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.message.ListOffsetsRequestData;
import org.apache.kafka.common.message.ListOffsetsRequestData.ListOffsetsPartition;
import org.apache.kafka.common.message.ListOffsetsRequestData.ListOffsetsTopic;
import org.apache.kafka.common.message.ListOffsetsResponseData;
import org.apache.kafka.common.message.ListOffsetsResponseData.ListOffsetsPartitionResponse;
import org.apache.kafka.common.message.ListOffsetsResponseData.ListOffsetsTopicResponse;
import org.apache.kafka.common.protocol.Errors;

/// ListOffsets: the earliest offset, the latest, that of a time, and that of the latest time.
public final class ListOffsetsHandler implements Handler<ListOffsetsRequestData> {
    private static final long LATEST = -1;
    private static final long EARLIEST = -2;
    private static final long MAX_TIMESTAMP = -3;
    private static final long EARLIEST_LOCAL = -4;
    private static final long LATEST_TIERED = -5;
    private static final long EARLIEST_PENDING_UPLOAD = -6;

    private static final int FIRST_WITH_EPOCH = 4;

    private final EventLog log;
    private final BatchSource source;

    public ListOffsetsHandler(EventLog log, BatchSource source) {
        this.log = log;
        this.source = source;
    }

    @Override
    public ListOffsetsResponseData answer(ListOffsetsRequestData request, Caller caller) {
        ListOffsetsResponseData response = new ListOffsetsResponseData();
        for (ListOffsetsTopic topic : request.topics()) {
            ListOffsetsTopicResponse answered =
                    new ListOffsetsTopicResponse().setName(topic.name());
            response.topics().add(answered);
            for (ListOffsetsPartition wanted : topic.partitions()) {
                ListOffsetsPartitionResponse found = find(topic.name(), wanted);
                answered.partitions().add(found);
                if (caller.version() < FIRST_WITH_EPOCH) {
                    found.setLeaderEpoch(-1);
                }
            }
        }
        return response;
    }

    private ListOffsetsPartitionResponse find(String topic, ListOffsetsPartition wanted) {
        TopicPartition id = new TopicPartition(topic, wanted.partitionIndex());
        ListOffsetsPartitionResponse found =
                new ListOffsetsPartitionResponse().setPartitionIndex(wanted.partitionIndex());
        try {
            LeaderEpochHandler.requireEpoch(source, id, wanted.currentLeaderEpoch());
            long timestamp = wanted.timestamp();
            if (timestamp == LATEST) {
                found.setOffset(log.latestOffset(id)).setLeaderEpoch(source.leaderEpoch(id));
            } else if (timestamp == EARLIEST || timestamp == EARLIEST_LOCAL) {
                at(id, found, log.earliestOffset(id));
            } else if (timestamp == MAX_TIMESTAMP) {
                atTime(id, found, latestTimestamp(id));
            } else if (timestamp >= 0) {
                atTime(id, found, timestamp);
            } else if (timestamp != LATEST_TIERED && timestamp != EARLIEST_PENDING_UPLOAD) {
                throw Errors.INVALID_REQUEST.exception("there is no timestamp " + timestamp);
            }
        } catch (LogException | ApiException e) {
            found.setErrorCode(KafkaErrors.of(e).code());
        }
        return found;
    }

    private void at(TopicPartition id, ListOffsetsPartitionResponse found, long offset) {
        int epoch = 0;
        for (LeaderEpoch one : source.leaderEpochs(id)) {
            if (one.startOffset() <= offset) {
                epoch = one.epoch();
            }
        }
        found.setOffset(offset).setLeaderEpoch(epoch);
    }

    private void atTime(TopicPartition id, ListOffsetsPartitionResponse found, long timestamp) {
        OptionalLong offset = log.offsetForTime(id, timestamp);
        if (offset.isEmpty()) {
            return;
        }
        try (Cursor cursor = log.read(id, offset.getAsLong())) {
            if (cursor.next()) {
                at(id, found, cursor.record().offset());
                found.setTimestamp(cursor.record().timestampMillis());
            }
        }
    }

    /// The latest timestamp, found by halving: there is a record of that time or a later one, and
    /// none of a later one.
    private long latestTimestamp(TopicPartition id) {
        long there = 0;
        long notThere = Long.MAX_VALUE;
        while (notThere - there > 1) {
            long middle = there + (notThere - there) / 2;
            if (log.offsetForTime(id, middle).isPresent()) {
                there = middle;
            } else {
                notThere = middle;
            }
        }
        return there;
    }
}
