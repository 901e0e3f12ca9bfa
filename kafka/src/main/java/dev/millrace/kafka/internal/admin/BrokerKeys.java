package dev.millrace.kafka.internal.admin;

import dev.millrace.kafka.KafkaServerOptions;
import dev.millrace.kafka.internal.admin.ConfigEntry.ValueSource;
import dev.millrace.kafka.internal.admin.ConfigEntry.ValueType;
import dev.millrace.log.ConfigKey;
import java.util.ArrayList;
import java.util.List;

/// The configuration of the one broker, as clients are told it: that of the server, under Kafka's
/// names, and what tools look for that is always so. None of it can be changed by clients.
final class BrokerKeys {
    private static final String PREFIX = "kafka.";

    private BrokerKeys() {}

    static List<ConfigEntry> describe(KafkaServerOptions options) {
        List<ConfigEntry> entries = new ArrayList<>();
        for (ConfigKey key : KafkaServerOptions.keys()) {
            entries.add(
                    TopicKeys.entry(
                            key.name().substring(PREFIX.length()),
                            key,
                            options.asMap().getOrDefault(key.name(), ""),
                            ValueSource.STATIC_BROKER,
                            true));
        }
        entries.add(always("default.replication.factor", ValueType.INT, "1"));
        entries.add(always("min.insync.replicas", ValueType.INT, "1"));
        entries.add(always("delete.topic.enable", ValueType.BOOLEAN, "true"));
        entries.add(always("unclean.leader.election.enable", ValueType.BOOLEAN, "false"));
        entries.add(always("log.message.timestamp.type", ValueType.STRING, "CreateTime"));
        return entries;
    }

    private static ConfigEntry always(String name, ValueType type, String value) {
        return new ConfigEntry(
                name, type, value, value, ValueSource.DEFAULT, true, "Fixed: there is one node.");
    }
}
