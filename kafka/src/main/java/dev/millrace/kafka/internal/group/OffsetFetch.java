package dev.millrace.kafka.internal.group;

import dev.millrace.kafka.internal.protocol.Caller;
import dev.millrace.kafka.internal.protocol.Handler;
import dev.millrace.log.TopicDescription;
import dev.millrace.log.TopicPartition;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.common.message.OffsetFetchRequestData;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestGroup;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestTopic;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestTopics;
import org.apache.kafka.common.message.OffsetFetchResponseData;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponseGroup;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponsePartition;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponsePartitions;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponseTopic;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponseTopics;
import org.jspecify.annotations.Nullable;

/// Answers OffsetFetch from the view over `__consumer_offsets`; -1 where nothing was committed, and
/// where it was for a topic of the same name that was deleted since.
final class OffsetFetch implements Handler<OffsetFetchRequestData> {
    /// From here on a request is about any number of groups (KIP-709).
    private static final short WITH_GROUPS = 8;

    private static final CommittedOffset NONE =
            new CommittedOffset(-1, -1, "", -1, -1, CommittedOffset.NO_TOPIC_ID);

    private final GroupStore store;
    private final TopicLookup topics;

    OffsetFetch(GroupStore store, TopicLookup topics) {
        this.store = store;
        this.topics = topics;
    }

    @Override
    public OffsetFetchResponseData answer(OffsetFetchRequestData request, Caller caller) {
        OffsetFetchResponseData response = new OffsetFetchResponseData();
        if (caller.version() < WITH_GROUPS) {
            List<OffsetFetchRequestTopics> asked = modern(request.topics());
            for (OffsetFetchResponseTopics topic : fetch(request.groupId(), asked)) {
                response.topics().add(old(topic));
            }
            return response;
        }
        for (OffsetFetchRequestGroup group : request.groups()) {
            response.groups()
                    .add(
                            new OffsetFetchResponseGroup()
                                    .setGroupId(group.groupId())
                                    .setTopics(fetch(group.groupId(), group.topics())));
        }
        return response;
    }

    /// @param asked null for all
    private List<OffsetFetchResponseTopics> fetch(
            String groupId, @Nullable List<OffsetFetchRequestTopics> asked) {
        StoredGroup group = store.groups().get(groupId);
        Map<TopicPartition, CommittedOffset> offsets = group == null ? Map.of() : group.offsets();
        List<OffsetFetchResponseTopics> found = new ArrayList<>();
        for (OffsetFetchRequestTopics each : asked == null ? all(offsets) : asked) {
            TopicDescription topic = topics.find(each.name());
            OffsetFetchResponseTopics result = new OffsetFetchResponseTopics().setName(each.name());
            for (int partition : each.partitionIndexes()) {
                CommittedOffset offset = offsets.get(new TopicPartition(each.name(), partition));
                boolean holds = offset != null && topic != null && offset.isOf(topic.id());
                if (offset != null && holds) {
                    result.partitions().add(response(partition, offset));
                } else if (asked != null) {
                    result.partitions().add(response(partition, NONE));
                }
            }
            if (asked != null || !result.partitions().isEmpty()) {
                found.add(result);
            }
        }
        return found;
    }

    private static List<OffsetFetchRequestTopics> all(
            Map<TopicPartition, CommittedOffset> offsets) {
        Map<String, List<Integer>> partitions = new TreeMap<>();
        for (TopicPartition of : offsets.keySet()) {
            partitions.computeIfAbsent(of.topic(), _ -> new ArrayList<>()).add(of.partition());
        }
        List<OffsetFetchRequestTopics> all = new ArrayList<>();
        partitions.forEach(
                (topic, numbers) ->
                        all.add(
                                new OffsetFetchRequestTopics()
                                        .setName(topic)
                                        .setPartitionIndexes(numbers.stream().sorted().toList())));
        return all;
    }

    private static OffsetFetchResponsePartitions response(int partition, CommittedOffset offset) {
        return new OffsetFetchResponsePartitions()
                .setPartitionIndex(partition)
                .setCommittedOffset(offset.offset())
                .setCommittedLeaderEpoch(offset.leaderEpoch())
                .setMetadata(offset.metadata());
    }

    // ---- the same for one group, as it was asked before version 8

    private static @Nullable List<OffsetFetchRequestTopics> modern(
            @Nullable List<OffsetFetchRequestTopic> topics) {
        return topics == null
                ? null
                : topics.stream()
                        .map(
                                topic ->
                                        new OffsetFetchRequestTopics()
                                                .setName(topic.name())
                                                .setPartitionIndexes(topic.partitionIndexes()))
                        .toList();
    }

    private static OffsetFetchResponseTopic old(OffsetFetchResponseTopics topic) {
        OffsetFetchResponseTopic old = new OffsetFetchResponseTopic().setName(topic.name());
        for (OffsetFetchResponsePartitions each : topic.partitions()) {
            old.partitions()
                    .add(
                            new OffsetFetchResponsePartition()
                                    .setPartitionIndex(each.partitionIndex())
                                    .setCommittedOffset(each.committedOffset())
                                    .setCommittedLeaderEpoch(each.committedLeaderEpoch())
                                    .setMetadata(each.metadata()));
        }
        return old;
    }
}
