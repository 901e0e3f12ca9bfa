package dev.millrace.log.internal;

import dev.millrace.log.LogException;
import dev.millrace.log.LogException.Code;
import dev.millrace.log.TopicConfig;
import dev.millrace.log.TopicDescription;
import dev.millrace.log.TopicSpec;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Pattern;

/// A topic's definition as a record of the internal topic `__topics`: the key is the name, the
/// value lines of UTF-8 text, `key=value`: `id` (UUID), `partitions`, then every configuration key.
/// A record without a value says that the topic of that name was deleted.
public final class TopicDefinition {
    /// Where definitions are kept. It is defined here, and nowhere else. Compacted, in small
    /// segments, so that opening reads little more than there are topics.
    static final TopicDescription TOPICS =
            new TopicDescription(
                    "__topics",
                    new UUID(0, 1),
                    1,
                    TopicConfig.of(Map.of("cleanup.policy", "compact", "segment.bytes", "262144")));

    static final int MOST_PARTITIONS = 100_000;
    private static final Pattern NAME = Pattern.compile("[a-zA-Z0-9._-]{1,200}");

    private TopicDefinition() {}

    /// Checks the name of a topic that is asked for.
    ///
    /// @throws LogException `invalid-topic`
    public static void checkName(TopicSpec spec) {
        if (spec.internal()) {
            requireName(spec.name());
        } else {
            checkName(spec.name());
        }
    }

    /// Checks the name of a user's topic.
    ///
    /// @throws LogException `invalid-topic`
    static void checkName(String name) {
        requireName(name);
        if (name.startsWith("__")) {
            throw new LogException(
                    Code.INVALID_TOPIC,
                    "'%s' is no topic name: those that begin with '__' are Millrace's own"
                            .formatted(name));
        }
    }

    /// @throws LogException `invalid-config`
    public static void checkPartitions(String name, int count) {
        if (count < 1 || count > MOST_PARTITIONS) {
            throw new LogException(
                    Code.INVALID_CONFIG,
                    "topic '%s' cannot have %d partitions: 1 to %d"
                            .formatted(name, count, MOST_PARTITIONS));
        }
    }

    private static void requireName(String name) {
        if (!NAME.matcher(name).matches() || name.equals(".") || name.equals("..")) {
            throw new LogException(
                    Code.INVALID_TOPIC,
                    "'%s' is no topic name: 1 to 200 letters, digits, '.', '_' or '-'"
                            .formatted(name));
        }
    }

    static byte[] encode(TopicDescription topic) {
        StringBuilder text = new StringBuilder();
        text.append("id=").append(topic.id()).append('\n');
        text.append("partitions=").append(topic.partitions()).append('\n');
        topic.config()
                .asMap()
                .forEach((key, value) -> text.append(key).append('=').append(value).append('\n'));
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }

    static TopicDescription decode(String name, byte[] value) {
        Map<String, String> keys = new HashMap<>();
        for (String line : new String(value, StandardCharsets.UTF_8).split("\n")) {
            int equals = line.indexOf('=');
            keys.put(line.substring(0, equals), line.substring(equals + 1));
        }
        UUID id = UUID.fromString(keys.remove("id"));
        int partitions = Integer.parseInt(keys.remove("partitions"));
        return new TopicDescription(name, id, partitions, TopicConfig.of(keys));
    }
}
