package dev.millrace.kafka.internal.data;

import dev.millrace.kafka.internal.protocol.Caller;
import dev.millrace.kafka.internal.protocol.Handler;
import dev.millrace.kafka.internal.protocol.KafkaErrors;
import dev.millrace.log.EventLog;
import dev.millrace.log.LeaderEpoch;
import dev.millrace.log.LogException;
import dev.millrace.log.TopicPartition;
import java.util.List;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.message.OffsetForLeaderEpochRequestData;
import org.apache.kafka.common.message.OffsetForLeaderEpochRequestData.OffsetForLeaderPartition;
import org.apache.kafka.common.message.OffsetForLeaderEpochRequestData.OffsetForLeaderTopic;
import org.apache.kafka.common.message.OffsetForLeaderEpochResponseData;
import org.apache.kafka.common.message.OffsetForLeaderEpochResponseData.EpochEndOffset;
import org.apache.kafka.common.message.OffsetForLeaderEpochResponseData.OffsetForLeaderTopicResult;
import org.apache.kafka.common.protocol.Errors;

/// OffsetForLeaderEpoch: where an epoch ended, so that a consumer that has read further knows that
/// what it has read was cut away.
public final class LeaderEpochHandler implements Handler<OffsetForLeaderEpochRequestData> {
    private final EventLog log;
    private final BatchSource source;

    public LeaderEpochHandler(EventLog log, BatchSource source) {
        this.log = log;
        this.source = source;
    }

    @Override
    public OffsetForLeaderEpochResponseData answer(
            OffsetForLeaderEpochRequestData request, Caller caller) {
        OffsetForLeaderEpochResponseData response = new OffsetForLeaderEpochResponseData();
        for (OffsetForLeaderTopic topic : request.topics()) {
            OffsetForLeaderTopicResult result =
                    new OffsetForLeaderTopicResult().setTopic(topic.topic());
            response.topics().add(result);
            for (OffsetForLeaderPartition wanted : topic.partitions()) {
                result.partitions().add(find(topic.topic(), wanted));
            }
        }
        return response;
    }

    private EpochEndOffset find(String topic, OffsetForLeaderPartition wanted) {
        TopicPartition id = new TopicPartition(topic, wanted.partition());
        EpochEndOffset found = new EpochEndOffset().setPartition(wanted.partition());
        try {
            requireEpoch(source, id, wanted.currentLeaderEpoch());
            return end(found, source.leaderEpochs(id), wanted.leaderEpoch(), log.latestOffset(id));
        } catch (LogException | ApiException e) {
            return found.setErrorCode(KafkaErrors.of(e).code());
        }
    }

    /// The latest epoch up to the wanted one, and where it ended. Of epochs to come nothing is
    /// known; one before the first ended where the first began.
    private static EpochEndOffset end(
            EpochEndOffset found, List<LeaderEpoch> epochs, int wanted, long end) {
        if (wanted > epochs.getLast().epoch() || wanted < 0) {
            return found;
        }
        for (int i = epochs.size() - 1; i >= 0; i--) {
            if (epochs.get(i).epoch() <= wanted) {
                long next = i + 1 < epochs.size() ? epochs.get(i + 1).startOffset() : end;
                return found.setLeaderEpoch(epochs.get(i).epoch()).setEndOffset(next);
            }
        }
        return found.setLeaderEpoch(wanted).setEndOffset(epochs.getFirst().startOffset());
    }

    /// Refuses a client that knows another epoch than the present one.
    ///
    /// @param known -1 where the client does not say
    static void requireEpoch(BatchSource source, TopicPartition id, int known) {
        if (known < 0) {
            return;
        }
        int epoch = source.leaderEpoch(id);
        if (known > epoch) {
            throw Errors.UNKNOWN_LEADER_EPOCH.exception();
        }
        if (known < epoch) {
            throw Errors.FENCED_LEADER_EPOCH.exception();
        }
    }
}
