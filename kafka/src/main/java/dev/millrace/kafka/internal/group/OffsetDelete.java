package dev.millrace.kafka.internal.group;

import dev.millrace.kafka.internal.protocol.Caller;
import dev.millrace.kafka.internal.protocol.Handler;
import dev.millrace.log.LogRecord;
import dev.millrace.log.TopicDescription;
import dev.millrace.log.TopicPartition;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.message.OffsetDeleteRequestData;
import org.apache.kafka.common.message.OffsetDeleteRequestData.OffsetDeleteRequestPartition;
import org.apache.kafka.common.message.OffsetDeleteRequestData.OffsetDeleteRequestTopic;
import org.apache.kafka.common.message.OffsetDeleteResponseData;
import org.apache.kafka.common.message.OffsetDeleteResponseData.OffsetDeleteResponsePartition;
import org.apache.kafka.common.message.OffsetDeleteResponseData.OffsetDeleteResponseTopic;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/// Answers OffsetDelete: forgets offsets of topics that no member of the group reads.
final class OffsetDelete implements Handler<OffsetDeleteRequestData> {
    private final Groups groups;
    private final TopicLookup topics;

    OffsetDelete(Groups groups, TopicLookup topics) {
        this.groups = groups;
        this.topics = topics;
    }

    @Override
    public OffsetDeleteResponseData answer(OffsetDeleteRequestData request, Caller caller) {
        Group group = groups.find(request.groupId());
        if (group == null) {
            return refuse(groups.missing(Errors.GROUP_ID_NOT_FOUND));
        }
        OffsetDeleteResponseData response = new OffsetDeleteResponseData();
        CompletableFuture<Errors> written;
        synchronized (group) {
            if (group.is(GroupState.DEAD)) {
                return refuse(Errors.GROUP_ID_NOT_FOUND);
            }
            if (!group.is(GroupState.EMPTY) && !Subscriptions.isOfConsumers(group)) {
                return refuse(Errors.NON_EMPTY_GROUP);
            }
            List<LogRecord> records = new ArrayList<>();
            Optional<Set<String>> read = Subscriptions.of(group);
            for (OffsetDeleteRequestTopic topic : request.topics()) {
                boolean inUse = read.isEmpty() || read.get().contains(topic.name());
                response.topics().add(delete(group, topic, inUse, records));
            }
            written =
                    records.isEmpty()
                            ? CompletableFuture.completedFuture(Errors.NONE)
                            : groups.write(group, records);
        }
        Errors error = Groups.await(written, Errors.COORDINATOR_NOT_AVAILABLE);
        return error == Errors.NONE ? response : refuse(error);
    }

    private static OffsetDeleteResponseData refuse(Errors error) {
        return new OffsetDeleteResponseData().setErrorCode(error.code());
    }

    private OffsetDeleteResponseTopic delete(
            Group group, OffsetDeleteRequestTopic asked, boolean inUse, List<LogRecord> records) {
        TopicDescription topic = topics.find(asked.name());
        OffsetDeleteResponseTopic result = new OffsetDeleteResponseTopic().setName(asked.name());
        for (OffsetDeleteRequestPartition partition : asked.partitions()) {
            Errors error = check(topic, partition, inUse);
            result.partitions()
                    .add(
                            new OffsetDeleteResponsePartition()
                                    .setPartitionIndex(partition.partitionIndex())
                                    .setErrorCode(error.code()));
            if (error == Errors.NONE) {
                TopicPartition of = new TopicPartition(asked.name(), partition.partitionIndex());
                records.add(Tombstones.offset(group, of, groups));
            }
        }
        return result;
    }

    private static Errors check(
            @Nullable TopicDescription topic,
            OffsetDeleteRequestPartition partition,
            boolean inUse) {
        if (topic == null
                || partition.partitionIndex() < 0
                || partition.partitionIndex() >= topic.partitions()) {
            return Errors.UNKNOWN_TOPIC_OR_PARTITION;
        }
        return inUse ? Errors.GROUP_SUBSCRIBED_TO_TOPIC : Errors.NONE;
    }
}
