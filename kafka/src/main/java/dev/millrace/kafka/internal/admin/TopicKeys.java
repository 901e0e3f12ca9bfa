package dev.millrace.kafka.internal.admin;

import dev.millrace.kafka.internal.admin.ConfigEntry.ValueSource;
import dev.millrace.kafka.internal.admin.ConfigEntry.ValueType;
import dev.millrace.log.ConfigKey;
import dev.millrace.log.Durability;
import dev.millrace.log.LogException;
import dev.millrace.log.TopicConfig;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The configuration of topics, in Kafka's keys. Ours have Kafka's names and meanings, but for one:
/// our `compression.type` is about batches that Millrace makes itself, Kafka's about those of
/// clients. Clients see ours as `millrace.compression.type`, and Kafka's among the [FixedKey]s.
public final class TopicKeys {
    private static final String COMPRESSION = "compression.type";
    private static final String OUR_COMPRESSION = "millrace." + COMPRESSION;
    private static final String DURABILITY = "durability";
    private static final String CLEANUP_POLICY = "cleanup.policy";

    private TopicKeys() {}

    /// The name that clients know one of [TopicConfig#keys] by.
    public static String name(ConfigKey key) {
        return key.name().equals(COMPRESSION) ? OUR_COMPRESSION : key.name();
    }

    private static String ours(String name) {
        return name.equals(OUR_COMPRESSION) ? COMPRESSION : name;
    }

    static boolean isList(String name) {
        return name.equals(CLEANUP_POLICY);
    }

    /// The keys among `asked` that are ours, under our names.
    ///
    /// @param durability of the topic
    /// @throws LogException `invalid-config` for a value that cannot be promised
    static Map<String, String> ours(Map<String, String> asked, Durability durability) {
        Map<String, String> keys = new HashMap<>();
        asked.forEach(
                (name, value) -> {
                    FixedKey fixed = fixed(name);
                    if (fixed == null) {
                        keys.put(ours(name), isList(name) ? value.replace(" ", "") : value);
                    } else {
                        fixed.require(value, durability);
                    }
                });
        return keys;
    }

    /// Our names of these keys; without those that are always at their default.
    static Set<String> ours(Set<String> names) {
        Set<String> keys = new HashSet<>();
        for (String name : names) {
            if (fixed(name) == null) {
                keys.add(ours(name));
            }
        }
        return keys;
    }

    /// Our names of all keys that a topic can change, without `changed`.
    static Set<String> others(Set<String> changed) {
        Set<String> keys = new HashSet<>();
        for (ConfigKey key : TopicConfig.keys()) {
            if (!key.name().equals(DURABILITY) && !changed.contains(key.name())) {
                keys.add(key.name());
            }
        }
        return keys;
    }

    private static @Nullable FixedKey fixed(String name) {
        for (FixedKey key : FixedKey.all()) {
            if (key.name().equals(name)) {
                return key;
            }
        }
        return null;
    }

    /// Every key with its value.
    static List<ConfigEntry> describe(TopicConfig config) {
        List<ConfigEntry> entries = new ArrayList<>();
        for (ConfigKey key : TopicConfig.keys()) {
            entries.add(
                    entry(
                            name(key),
                            key,
                            config.asMap().getOrDefault(key.name(), ""),
                            ValueSource.TOPIC,
                            key.name().equals(DURABILITY)));
        }
        for (FixedKey key : FixedKey.all()) {
            entries.add(key.entry(config.durability()));
        }
        return entries;
    }

    /// A key of ours under another name.
    static ConfigEntry entry(
            String name, ConfigKey key, String value, ValueSource origin, boolean fixed) {
        String unit =
                switch (key.type()) {
                    case BYTES -> "Bytes, ";
                    case MILLISECONDS -> "Milliseconds, ";
                    case NUMBER, RATIO -> "A number, ";
                    case BOOLEAN, CHOICE, TEXT -> "";
                };
        return new ConfigEntry(
                name,
                type(key),
                value,
                key.defaultValue(),
                origin,
                fixed,
                unit + key.range() + "; see docs/reference/configuration.md.");
    }

    private static ValueType type(ConfigKey key) {
        if (isList(key.name())) {
            return ValueType.LIST;
        }
        return switch (key.type()) {
            case BOOLEAN -> ValueType.BOOLEAN;
            case RATIO -> ValueType.DOUBLE;
            case MILLISECONDS -> ValueType.LONG;
            case BYTES, NUMBER -> key.most() > Integer.MAX_VALUE ? ValueType.LONG : ValueType.INT;
            case CHOICE, TEXT -> ValueType.STRING;
        };
    }
}
