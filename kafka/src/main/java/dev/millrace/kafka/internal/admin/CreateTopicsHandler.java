package dev.millrace.kafka.internal.admin;

import dev.millrace.kafka.KafkaServerOptions;
import dev.millrace.kafka.internal.data.TopicIds;
import dev.millrace.kafka.internal.protocol.Caller;
import dev.millrace.kafka.internal.protocol.Handler;
import dev.millrace.kafka.internal.protocol.KafkaErrors;
import dev.millrace.log.Durability;
import dev.millrace.log.EventLog;
import dev.millrace.log.LogException;
import dev.millrace.log.LogException.Code;
import dev.millrace.log.TopicConfig;
import dev.millrace.log.TopicDescription;
import dev.millrace.log.TopicSpec;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.message.CreateTopicsRequestData;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableReplicaAssignment;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopic;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopicConfig;
import org.apache.kafka.common.message.CreateTopicsResponseData;
import org.apache.kafka.common.message.CreateTopicsResponseData.CreatableTopicResult;
import org.apache.kafka.common.protocol.Errors;

/// CreateTopics: each topic by itself; those of one request that fail leave the others alone.
public final class CreateTopicsHandler implements Handler<CreateTopicsRequestData> {
    private static final UUID NOT_YET = new UUID(0, 0);

    private final EventLog log;
    private final KafkaServerOptions options;

    public CreateTopicsHandler(EventLog log, KafkaServerOptions options) {
        this.log = log;
        this.options = options;
    }

    @Override
    public CreateTopicsResponseData answer(CreateTopicsRequestData request, Caller caller) {
        long partitions = 0;
        for (CreatableTopic wanted : request.topics()) {
            partitions += Math.max(wanted.numPartitions(), wanted.assignments().size());
        }
        PartitionLimit.require(partitions);
        CreateTopicsResponseData response = new CreateTopicsResponseData();
        for (CreatableTopic wanted : request.topics()) {
            if (request.topics().findAll(wanted.name()).size() == 1) {
                response.topics().mustAdd(create(wanted, request.validateOnly()));
            } else if (response.topics().find(wanted.name()) == null) {
                response.topics()
                        .mustAdd(
                                failed(
                                        wanted,
                                        Errors.INVALID_REQUEST.exception(
                                                "the request names the topic twice")));
            }
        }
        return response;
    }

    private CreatableTopicResult create(CreatableTopic wanted, boolean validateOnly) {
        try {
            TopicSpec spec = spec(wanted);
            return created(validateOnly ? validated(spec) : log.createTopic(spec));
        } catch (LogException | ApiException e) {
            return failed(wanted, e);
        }
    }

    private static CreatableTopicResult failed(CreatableTopic wanted, RuntimeException failure) {
        return new CreatableTopicResult()
                .setName(wanted.name())
                .setErrorCode(KafkaErrors.of(failure).code())
                .setErrorMessage(KafkaErrors.message(failure));
    }

    private static CreatableTopicResult created(TopicDescription topic) {
        CreatableTopicResult result =
                new CreatableTopicResult()
                        .setName(topic.name())
                        .setTopicId(TopicIds.of(topic))
                        .setNumPartitions(topic.partitions())
                        .setReplicationFactor((short) 1);
        TopicKeys.describe(topic.config()).forEach(entry -> result.configs().add(entry.created()));
        return result;
    }

    private TopicSpec spec(CreatableTopic wanted) {
        return new TopicSpec(wanted.name(), partitions(wanted), config(wanted));
    }

    private int partitions(CreatableTopic wanted) {
        if (wanted.assignments().isEmpty()) {
            NodeAssignment.requireFactor(wanted.replicationFactor());
            if (wanted.numPartitions() < -1 || wanted.numPartitions() == 0) {
                throw Errors.INVALID_PARTITIONS.exception(
                        "a topic cannot have %d partitions: 1 or more, or -1 for kafka.num.partitions"
                                .formatted(wanted.numPartitions()));
            }
            return wanted.numPartitions() < 0 ? options.partitions() : wanted.numPartitions();
        }
        if (wanted.numPartitions() != -1 || wanted.replicationFactor() != -1) {
            throw Errors.INVALID_REQUEST.exception(
                    "an assignment of replicas and a number of partitions or replicas were given; choose one");
        }
        for (CreatableReplicaAssignment one : wanted.assignments()) {
            NodeAssignment.requireNode(one.partitionIndex(), one.brokerIds());
        }
        int count = wanted.assignments().size();
        for (int i = 0; i < count; i++) {
            if (wanted.assignments().findAll(i).size() != 1) {
                throw Errors.INVALID_REPLICA_ASSIGNMENT.exception(
                        "an assignment of %d partitions must name each of 0 to %d once"
                                .formatted(count, count - 1));
            }
        }
        return count;
    }

    private static Map<String, String> config(CreatableTopic wanted) {
        Map<String, String> asked = new HashMap<>();
        for (CreatableTopicConfig key : wanted.configs()) {
            if (key.value() == null) {
                throw new LogException(
                        Code.INVALID_CONFIG, "%s has no value".formatted(key.name()));
            }
            asked.put(key.name(), key.value());
        }
        if (FixedKey.promisesForce(asked.keySet())) {
            asked.putIfAbsent("durability", Durability.FSYNC.key());
        }
        return TopicKeys.ours(asked, durability(asked));
    }

    private static Durability durability(Map<String, String> asked) {
        TopicConfig defaults = TopicConfig.defaults();
        String wanted = asked.getOrDefault("durability", defaults.durability().key());
        try {
            return Durability.valueOf(wanted.strip().toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            return defaults.durability(); // refused by the log, with what it can be
        }
    }

    /// What would be created.
    private TopicDescription validated(TopicSpec spec) {
        TopicConfig config = spec.validate();
        try {
            log.describeTopic(spec.name());
        } catch (LogException e) {
            if (e.code() == Code.UNKNOWN_TOPIC) {
                return new TopicDescription(spec.name(), NOT_YET, spec.partitions(), config);
            }
            throw e;
        }
        throw new LogException(
                Code.TOPIC_EXISTS, "there is a topic '%s' already".formatted(spec.name()));
    }
}
