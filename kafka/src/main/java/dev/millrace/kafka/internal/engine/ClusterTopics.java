package dev.millrace.kafka.internal.engine;

import dev.millrace.kafka.KafkaLogOptions;
import dev.millrace.log.LogException;
import dev.millrace.log.LogException.Code;
import dev.millrace.log.TopicConfig;
import dev.millrace.log.TopicDescription;
import dev.millrace.log.TopicPartition;
import dev.millrace.log.TopicSpec;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.ListTopicsOptions;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicCollection;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.ConfigResource;

/// The topics of the cluster.
///
/// A change returns when the controller has it, and brokers learn of it a moment later, each by
/// itself. So that who changes a topic sees the change, an answer that does not show it yet is
/// asked for again: [OwnChanges].
///
/// For any number of threads.
final class ClusterTopics {
    private static final Pattern NAME = Pattern.compile("[a-zA-Z0-9._-]{1,200}");
    private static final long PAUSE_NANOS = 10_000_000;

    private final ClusterAdmin admin;
    private final KafkaLogOptions options;
    private final OwnChanges changes = new OwnChanges();
    private final KnownTopics known = new KnownTopics(this::describe);

    ClusterTopics(ClusterAdmin admin, KafkaLogOptions options) {
        this.admin = admin;
        this.options = options;
    }

    // ---- looking

    /// Every topic, in order of name.
    List<TopicDescription> all() {
        admin.requireOpen();
        while (true) {
            Set<String> names =
                    admin.get(
                            admin.calls()
                                    .listTopics(new ListTopicsOptions().listInternal(true))
                                    .names(),
                            "listing the topics");
            Map<String, TopicDescription> found = ask(names);
            if (changes.areIn(found)) {
                return List.copyOf(found.values());
            }
            admin.pause(PAUSE_NANOS);
        }
    }

    /// A topic as it is now.
    ///
    /// @throws LogException `unknown-topic`
    TopicDescription describe(String topic) {
        admin.requireOpen();
        while (true) {
            Optional<TopicDescription> found = Optional.ofNullable(ask(List.of(topic)).get(topic));
            if (changes.isIn(topic, found)) {
                found.ifPresentOrElse(known::put, () -> known.remove(topic));
                return found.orElseThrow(() -> unknown("there is no topic '%s'", topic));
            }
            admin.pause(PAUSE_NANOS);
        }
    }

    /// Asks a broker, and again where it has not learnt yet of a topic that this log has made.
    <T> T learnt(String topic, Supplier<T> asking) {
        while (true) {
            try {
                return asking.get();
            } catch (LogException e) {
                if (e.code() != Code.UNKNOWN_TOPIC || changes.isIn(topic, Optional.empty())) {
                    throw e;
                }
                admin.pause(PAUSE_NANOS);
            }
        }
    }

    /// A topic as it was a few seconds ago at most, without asking each time. What was changed
    /// through this log is seen at once.
    ///
    /// @throws LogException `unknown-topic`
    TopicDescription cached(String topic) {
        admin.requireOpen();
        return known.get(topic);
    }

    /// As [#cached], for a partition that must be there.
    ///
    /// @throws LogException `unknown-topic`
    TopicDescription require(TopicPartition partition) {
        TopicDescription topic = cached(partition.topic());
        if (partition.partition() >= topic.partitions()) {
            topic = describe(partition.topic()); // somebody may have added some
        }
        if (partition.partition() < 0 || partition.partition() >= topic.partitions()) {
            throw unknown(
                    "topic '%s' has no partition %d, only 0 to %d",
                    topic.name(), partition.partition(), topic.partitions() - 1);
        }
        return topic;
    }

    private static LogException unknown(String message, Object... arguments) {
        return new LogException(Code.UNKNOWN_TOPIC, message.formatted(arguments));
    }

    /// What a broker knows of topics now; those that it does not know are left out.
    private Map<String, TopicDescription> ask(Collection<String> names) {
        Map<String, KafkaFuture<org.apache.kafka.clients.admin.TopicDescription>> topics =
                admin.calls().describeTopics(TopicCollection.ofTopicNames(names)).topicNameValues();
        Map<ConfigResource, KafkaFuture<Config>> configs =
                admin.calls()
                        .describeConfigs(names.stream().map(ClusterTopics::resource).toList())
                        .values();
        Map<String, TopicDescription> found = new TreeMap<>();
        topics.forEach(
                (name, answer) -> {
                    String doing = "describing topic '%s'".formatted(name);
                    try {
                        var topic = admin.get(answer, doing);
                        Config config = admin.get(configs.get(resource(name)), doing);
                        found.put(name, describe(topic, config));
                    } catch (LogException e) {
                        if (e.code() != Code.UNKNOWN_TOPIC && e.code() != Code.INVALID_TOPIC) {
                            throw e;
                        }
                    }
                });
        return found;
    }

    private static ConfigResource resource(String topic) {
        return new ConfigResource(ConfigResource.Type.TOPIC, topic);
    }

    private static TopicDescription describe(
            org.apache.kafka.clients.admin.TopicDescription topic, Config config) {
        return new TopicDescription(
                topic.name(),
                uuid(topic.topicId()),
                topic.partitions().size(),
                TopicConfigs.fromKafka(
                        key -> {
                            ConfigEntry entry = config.get(key);
                            return entry == null ? null : entry.value();
                        }));
    }

    private static UUID uuid(Uuid id) {
        return new UUID(id.getMostSignificantBits(), id.getLeastSignificantBits());
    }

    // ---- changing

    TopicDescription create(TopicSpec spec) {
        admin.requireOpen();
        checkName(spec);
        if (spec.partitions() < 1) {
            throw new LogException(
                    Code.INVALID_CONFIG,
                    "topic '%s' cannot have %d partitions, only 1 or more"
                            .formatted(spec.name(), spec.partitions()));
        }
        TopicConfig config = TopicConfigs.of(spec.config());
        Map<String, String> kafka = TopicConfigs.toKafka(config);
        kafka.putAll(TopicConfigs.fixed());
        if (options.minInSyncReplicas() > 0) {
            kafka.put("min.insync.replicas", Integer.toString(options.minInSyncReplicas()));
        }
        Optional<Short> replicas =
                options.replicationFactor() < 0
                        ? Optional.empty()
                        : Optional.of((short) options.replicationFactor());
        NewTopic topic =
                new NewTopic(spec.name(), Optional.of(spec.partitions()), replicas).configs(kafka);
        Uuid id =
                admin.get(
                        admin.calls().createTopics(List.of(topic)).topicId(spec.name()),
                        "creating topic '%s'".formatted(spec.name()));
        return changed(new TopicDescription(spec.name(), uuid(id), spec.partitions(), config));
    }

    private static void checkName(TopicSpec spec) {
        String name = spec.name();
        if (!NAME.matcher(name).matches() || name.equals(".") || name.equals("..")) {
            throw new LogException(
                    Code.INVALID_TOPIC,
                    "'%s' is no topic name: 1 to 200 letters, digits, '.', '_' or '-'"
                            .formatted(name));
        }
        if (name.startsWith("__") && !spec.internal()) {
            throw new LogException(
                    Code.INVALID_TOPIC,
                    "'%s' is no topic name: those that begin with '__' are kept for Kafka and Millrace"
                            .formatted(name));
        }
    }

    /// Returns when the change can be seen.
    private TopicDescription changed(TopicDescription topic) {
        changes.made(topic);
        TopicDescription seen = describe(topic.name());
        known.put(seen);
        return seen;
    }

    TopicDescription alter(String name, Map<String, String> to, Set<String> toDefault) {
        TopicDescription topic = describe(name);
        TopicConfig config = TopicConfigs.changed(name, topic.config(), to, toDefault);
        Map<String, String> before = TopicConfigs.toKafka(topic.config());
        List<AlterConfigOp> operations = new ArrayList<>();
        TopicConfigs.toKafka(config)
                .forEach(
                        (key, value) -> {
                            if (!value.equals(before.get(key))) {
                                operations.add(
                                        new AlterConfigOp(
                                                new ConfigEntry(key, value),
                                                AlterConfigOp.OpType.SET));
                            }
                        });
        if (operations.isEmpty()) {
            return topic;
        }
        admin.get(
                admin.calls().incrementalAlterConfigs(Map.of(resource(name), operations)).all(),
                "altering topic '%s'".formatted(name));
        return changed(new TopicDescription(name, topic.id(), topic.partitions(), config));
    }

    TopicDescription addPartitions(String name, int totalCount) {
        TopicDescription topic = describe(name);
        if (totalCount <= topic.partitions()) {
            throw new LogException(
                    Code.INVALID_CONFIG,
                    "topic '%s' has %d partitions already; it can only get more, not %d"
                            .formatted(name, topic.partitions(), totalCount));
        }
        admin.get(
                admin.calls()
                        .createPartitions(Map.of(name, NewPartitions.increaseTo(totalCount)))
                        .all(),
                "adding partitions to topic '%s'".formatted(name));
        return changed(new TopicDescription(name, topic.id(), totalCount, topic.config()));
    }

    void delete(String name) {
        TopicDescription topic = describe(name);
        admin.get(
                admin.calls().deleteTopics(TopicCollection.ofTopicNames(List.of(name))).all(),
                "deleting topic '%s'".formatted(name));
        changes.deleted(topic);
        known.remove(name);
        while (!changes.isIn(name, Optional.ofNullable(ask(List.of(name)).get(name)))) {
            admin.pause(PAUSE_NANOS);
        }
    }
}
