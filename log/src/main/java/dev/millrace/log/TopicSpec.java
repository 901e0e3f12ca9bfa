package dev.millrace.log;

import dev.millrace.log.internal.TopicDefinition;
import java.util.LinkedHashMap;
import java.util.Map;

/// A topic to create: `TopicSpec.named("orders").partitions(4).durability(Durability.OS)`.
///
/// @param config configuration keys as text, checked when the topic is created
/// @param internal whether it is a module of Millrace that asks: see [#internal(String)]
public record TopicSpec(String name, int partitions, Map<String, String> config, boolean internal) {
    private static final String INTERNAL = "__";

    public TopicSpec {
        config = Map.copyOf(config);
    }

    public TopicSpec(String name, int partitions, Map<String, String> config) {
        this(name, partitions, config, false);
    }

    /// One partition, everything at its default.
    public static TopicSpec named(String name) {
        return new TopicSpec(name, 1, Map.of());
    }

    /// A topic that a module of Millrace keeps its own records in; its name begins with `__`. Not
    /// for users, to whom such names are refused: what is in there is nobody else's to write.
    public static TopicSpec internal(String name) {
        if (!name.startsWith(INTERNAL)) {
            throw new LogException(
                    LogException.Code.INVALID_TOPIC,
                    "'%s' is no name for an internal topic: they begin with '__'".formatted(name));
        }
        return new TopicSpec(name, 1, Map.of(), true);
    }

    public TopicSpec partitions(int count) {
        return new TopicSpec(name, count, config, internal);
    }

    public TopicSpec durability(Durability durability) {
        return config("durability", durability.key());
    }

    public TopicSpec compression(Compression compression) {
        return config("compression.type", compression.key());
    }

    /// Sets a key of `docs/reference/configuration.md`.
    public TopicSpec config(String key, String value) {
        Map<String, String> changed = new LinkedHashMap<>(config);
        changed.put(key, value);
        return new TopicSpec(name, partitions, changed, internal);
    }

    /// Checks all that can be checked without a log: the name, how many partitions, each key.
    ///
    /// @return the configuration, with what is not given at its default
    /// @throws LogException `invalid-topic` or `invalid-config`
    public TopicConfig validate() {
        TopicDefinition.checkName(this);
        TopicDefinition.checkPartitions(name, partitions);
        return TopicConfig.of(config);
    }
}
