package dev.millrace.kafka.internal.admin;

import dev.millrace.kafka.internal.data.BatchSource;
import dev.millrace.kafka.internal.data.TopicIds;
import dev.millrace.kafka.internal.protocol.Caller;
import dev.millrace.kafka.internal.protocol.Cluster;
import dev.millrace.kafka.internal.protocol.Handler;
import dev.millrace.kafka.internal.protocol.KafkaErrors;
import dev.millrace.log.EventLog;
import dev.millrace.log.LogException;
import dev.millrace.log.TopicDescription;
import dev.millrace.log.TopicPartition;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import org.apache.kafka.common.message.DescribeTopicPartitionsRequestData;
import org.apache.kafka.common.message.DescribeTopicPartitionsRequestData.TopicRequest;
import org.apache.kafka.common.message.DescribeTopicPartitionsResponseData;
import org.apache.kafka.common.message.DescribeTopicPartitionsResponseData.Cursor;
import org.apache.kafka.common.message.DescribeTopicPartitionsResponseData.DescribeTopicPartitionsResponsePartition;
import org.apache.kafka.common.message.DescribeTopicPartitionsResponseData.DescribeTopicPartitionsResponseTopic;

/// DescribeTopicPartitions: topics in order of their names, a page of partitions at a time. A page
/// that ends before the last partition says where the next one begins.
public final class DescribeTopicsHandler implements Handler<DescribeTopicPartitionsRequestData> {
    private static final int MOST_PARTITIONS = 2000;

    private final EventLog log;
    private final BatchSource source;

    public DescribeTopicsHandler(EventLog log, BatchSource source) {
        this.log = log;
        this.source = source;
    }

    @Override
    public DescribeTopicPartitionsResponseData answer(
            DescribeTopicPartitionsRequestData request, Caller caller) {
        DescribeTopicPartitionsResponseData response = new DescribeTopicPartitionsResponseData();
        int left = Math.clamp(request.responsePartitionLimit(), 1, MOST_PARTITIONS);
        for (String name : names(request)) {
            if (left == 0) {
                return response.setNextCursor(new Cursor().setTopicName(name).setPartitionIndex(0));
            }
            DescribeTopicPartitionsResponseTopic topic = describe(name, from(request, name), left);
            response.topics().mustAdd(topic);
            left -= topic.partitions().size();
            int next = from(request, name) + topic.partitions().size();
            if (topic.errorCode() == 0 && left == 0 && next < partitions(name)) {
                return response.setNextCursor(
                        new Cursor().setTopicName(name).setPartitionIndex(next));
            }
        }
        return response;
    }

    private SortedSet<String> names(DescribeTopicPartitionsRequestData request) {
        SortedSet<String> names = new TreeSet<>();
        List<TopicRequest> wanted = request.topics();
        if (wanted.isEmpty()) {
            log.topics().forEach(topic -> names.add(topic.name()));
        } else {
            wanted.forEach(topic -> names.add(topic.name()));
        }
        return request.cursor() == null ? names : names.tailSet(request.cursor().topicName());
    }

    /// The first partition of a topic that is wanted.
    private static int from(DescribeTopicPartitionsRequestData request, String name) {
        return request.cursor() != null && request.cursor().topicName().equals(name)
                ? Math.max(0, request.cursor().partitionIndex())
                : 0;
    }

    private int partitions(String topic) {
        try {
            return log.describeTopic(topic).partitions();
        } catch (LogException e) {
            return 0; // deleted meanwhile
        }
    }

    private DescribeTopicPartitionsResponseTopic describe(String name, int from, int most) {
        DescribeTopicPartitionsResponseTopic described =
                new DescribeTopicPartitionsResponseTopic()
                        .setName(name)
                        .setIsInternal(Cluster.isInternal(name));
        try {
            TopicDescription topic = log.describeTopic(name);
            described.setTopicId(TopicIds.of(topic));
            for (int i = from; i < topic.partitions() && i - from < most; i++) {
                described
                        .partitions()
                        .add(
                                new DescribeTopicPartitionsResponsePartition()
                                        .setPartitionIndex(i)
                                        .setLeaderId(Cluster.NODE)
                                        .setLeaderEpoch(
                                                source.leaderEpoch(new TopicPartition(name, i)))
                                        .setReplicaNodes(Cluster.NODES)
                                        .setIsrNodes(Cluster.NODES)
                                        .setEligibleLeaderReplicas(List.of())
                                        .setLastKnownElr(List.of()));
            }
            return described;
        } catch (LogException e) {
            described.partitions().clear();
            return described.setErrorCode(KafkaErrors.of(e).code());
        }
    }
}
