package dev.millrace.log;

import java.util.LinkedHashMap;
import java.util.Map;

/// A topic to create: `TopicSpec.named("orders").partitions(4).durability(Durability.OS)`.
///
/// @param config configuration keys as text, checked when the topic is created
public record TopicSpec(String name, int partitions, Map<String, String> config) {
    public TopicSpec {
        config = Map.copyOf(config);
    }

    /// One partition, everything at its default.
    public static TopicSpec named(String name) {
        return new TopicSpec(name, 1, Map.of());
    }

    public TopicSpec partitions(int count) {
        return new TopicSpec(name, count, config);
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
        return new TopicSpec(name, partitions, changed);
    }
}
