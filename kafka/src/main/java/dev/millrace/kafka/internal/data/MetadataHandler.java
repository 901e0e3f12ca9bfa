package dev.millrace.kafka.internal.data;

import dev.millrace.kafka.KafkaServerOptions;
import dev.millrace.kafka.internal.protocol.Caller;
import dev.millrace.kafka.internal.protocol.Cluster;
import dev.millrace.kafka.internal.protocol.Handler;
import dev.millrace.kafka.internal.protocol.KafkaErrors;
import dev.millrace.log.EventLog;
import dev.millrace.log.LogException;
import dev.millrace.log.LogException.Code;
import dev.millrace.log.TopicDescription;
import dev.millrace.log.TopicPartition;
import dev.millrace.log.TopicSpec;
import java.net.InetSocketAddress;
import java.util.LinkedHashSet;
import java.util.List;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.MetadataRequestData.MetadataRequestTopic;
import org.apache.kafka.common.message.MetadataResponseData;
import org.apache.kafka.common.message.MetadataResponseData.MetadataResponseBroker;
import org.apache.kafka.common.message.MetadataResponseData.MetadataResponsePartition;
import org.apache.kafka.common.message.MetadataResponseData.MetadataResponseTopic;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/// Metadata: one broker, which leads every partition. A topic that does not exist is created where
/// client and configuration want that.
public final class MetadataHandler implements Handler<MetadataRequestData> {
    private static final int FIRST_WITHOUT_NAME = 12;

    private final EventLog log;
    private final BatchSource source;
    private final TopicIds ids;
    private final KafkaServerOptions options;
    private final Cluster cluster;

    public MetadataHandler(
            EventLog log,
            BatchSource source,
            TopicIds ids,
            KafkaServerOptions options,
            Cluster cluster) {
        this.log = log;
        this.source = source;
        this.ids = ids;
        this.options = options;
        this.cluster = cluster;
    }

    @Override
    public MetadataResponseData answer(MetadataRequestData request, Caller caller) {
        InetSocketAddress advertised = options.advertised(caller.local());
        MetadataResponseData response =
                new MetadataResponseData().setClusterId(cluster.id()).setControllerId(Cluster.NODE);
        response.brokers()
                .add(
                        new MetadataResponseBroker()
                                .setNodeId(Cluster.NODE)
                                .setHost(advertised.getHostString())
                                .setPort(advertised.getPort()));
        List<MetadataRequestTopic> wanted = request.topics();
        if (wanted == null || caller.version() == 0 && wanted.isEmpty()) {
            log.topics().forEach(topic -> response.topics().add(describe(topic)));
        } else {
            boolean mayCreate = request.allowAutoTopicCreation() && options.autoCreateTopics();
            for (MetadataRequestTopic topic : new LinkedHashSet<>(wanted)) {
                MetadataResponseTopic found = find(topic, mayCreate);
                if (found.name() == null && caller.version() < FIRST_WITHOUT_NAME) {
                    found.setName("");
                }
                response.topics().mustAdd(found);
            }
        }
        return response;
    }

    private MetadataResponseTopic find(MetadataRequestTopic wanted, boolean mayCreate) {
        String name = wanted.name();
        if (name == null && !wanted.topicId().equals(Uuid.ZERO_UUID)) {
            name = ids.name(wanted.topicId());
            if (name == null) {
                return failed(wanted, Errors.UNKNOWN_TOPIC_ID);
            }
        }
        if (name == null) {
            return failed(wanted, Errors.INVALID_TOPIC_EXCEPTION);
        }
        try {
            return describe(mayCreate ? findOrCreate(name) : log.describeTopic(name));
        } catch (LogException e) {
            return failed(wanted, KafkaErrors.of(e)).setName(name);
        }
    }

    private TopicDescription findOrCreate(String name) {
        try {
            return log.describeTopic(name);
        } catch (LogException e) {
            if (e.code() != Code.UNKNOWN_TOPIC) {
                throw e;
            }
        }
        try {
            return log.createTopic(TopicSpec.named(name).partitions(options.partitions()));
        } catch (LogException e) {
            if (e.code() != Code.TOPIC_EXISTS) {
                throw e;
            }
            return log.describeTopic(name); // somebody else was quicker
        }
    }

    private static MetadataResponseTopic failed(MetadataRequestTopic wanted, Errors error) {
        return new MetadataResponseTopic()
                .setErrorCode(error.code())
                .setName(wanted.name())
                .setTopicId(wanted.topicId());
    }

    private MetadataResponseTopic describe(TopicDescription topic) {
        MetadataResponseTopic described =
                new MetadataResponseTopic()
                        .setName(topic.name())
                        .setTopicId(TopicIds.of(topic))
                        .setIsInternal(Cluster.isInternal(topic.name()));
        for (int i = 0; i < topic.partitions(); i++) {
            Integer epoch = leaderEpoch(new TopicPartition(topic.name(), i));
            if (epoch != null) {
                described
                        .partitions()
                        .add(
                                new MetadataResponsePartition()
                                        .setPartitionIndex(i)
                                        .setLeaderId(Cluster.NODE)
                                        .setLeaderEpoch(epoch)
                                        .setReplicaNodes(Cluster.NODES)
                                        .setIsrNodes(Cluster.NODES));
            }
        }
        return described;
    }

    /// Null where the topic has just been deleted.
    private @Nullable Integer leaderEpoch(TopicPartition partition) {
        try {
            return source.leaderEpoch(partition);
        } catch (LogException e) {
            return null;
        }
    }
}
