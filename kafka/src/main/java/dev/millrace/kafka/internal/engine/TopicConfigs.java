package dev.millrace.kafka.internal.engine;

import dev.millrace.log.ConfigKey;
import dev.millrace.log.Durability;
import dev.millrace.log.LogException;
import dev.millrace.log.LogException.Code;
import dev.millrace.log.TopicConfig;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// The configuration of a topic in our words and in Kafka's.
///
/// | Millrace | Kafka |
/// |---|---|
/// | `durability` `os`, `fsync` | `flush.messages` without bound, 1 |
/// | `flush.interval.ms` | `flush.ms`; -1 is without bound |
/// | `compression.type` `none` | `compression.type` `producer` |
/// | `max.record.bytes` | none: follows `max.message.bytes`, 12 below it, as the defaults of both |
/// | all others | the same |
///
/// A topic that is created gets all of them, so that none is left to the defaults of the brokers;
/// and with them `message.timestamp.type=CreateTime` and any timestamp, since ours is event time.
final class TopicConfigs {
    private static final String NO_BOUND = Long.toString(Long.MAX_VALUE);
    private static final int RECORD_BELOW_MESSAGE = 12;
    private static final String RECORD_LIMIT = "max.record.bytes";

    private TopicConfigs() {}

    /// What a topic of these keys is configured with. Durability is `os` where nothing is said:
    /// that is what a cluster gives.
    ///
    /// @throws LogException `invalid-config`; `not-supported` for a key that Kafka has not
    static TopicConfig of(Map<String, String> keys) {
        requireKept(keys.keySet());
        Map<String, String> given = new HashMap<>(keys);
        given.putIfAbsent("durability", Durability.OS.key());
        TopicConfig config = consistent(TopicConfig.of(given));
        if (config.durability() == Durability.MEMORY) {
            throw new LogException(
                    Code.INVALID_CONFIG,
                    "durability 'memory' is for logs that live in memory; on a cluster it is os"
                            + " (the page cache of every replica in sync) or fsync (forced on each)");
        }
        return config;
    }

    /// A topic's configuration with changes.
    ///
    /// @throws LogException `invalid-config`; `not-supported` for a key that Kafka has not
    static TopicConfig changed(
            String topic,
            TopicConfig now,
            Map<String, String> changes,
            Collection<String> toDefault) {
        TopicConfig changed = consistent(now.with(changes, toDefault));
        requireKept(changes.keySet());
        if (changed.durability() != now.durability()) {
            throw new LogException(
                    Code.INVALID_CONFIG,
                    "topic '%s' keeps its durability, %s: create another topic with durability %s, and copy the records"
                            .formatted(topic, now.durability().key(), changed.durability().key()));
        }
        return changed;
    }

    private static void requireKept(Collection<String> keys) {
        if (keys.contains(RECORD_LIMIT)) {
            throw new LogException(
                    Code.NOT_SUPPORTED,
                    "a cluster keeps no %s: set max.message.bytes, which it follows"
                            .formatted(RECORD_LIMIT));
        }
    }

    private static TopicConfig consistent(TopicConfig config) {
        int most = Math.max(1, config.maxMessageBytes() - RECORD_BELOW_MESSAGE);
        return config.with(RECORD_LIMIT, Integer.toString(most));
    }

    /// In Kafka's words.
    static Map<String, String> toKafka(TopicConfig config) {
        Map<String, String> kafka = new LinkedHashMap<>();
        kafka.put("flush.messages", config.durability() == Durability.FSYNC ? "1" : NO_BOUND);
        long interval = config.flushIntervalMillis();
        kafka.put("flush.ms", interval < 0 ? NO_BOUND : Long.toString(interval));
        String codec = config.compression().key();
        kafka.put("compression.type", codec.equals("none") ? "producer" : codec);
        config.asMap()
                .forEach(
                        (key, value) -> {
                            if (isAlike(key)) {
                                kafka.put(key, value);
                            }
                        });
        return kafka;
    }

    /// What every topic of ours has besides.
    static Map<String, String> fixed() {
        return Map.of(
                "message.timestamp.type", "CreateTime",
                "message.timestamp.before.max.ms", NO_BOUND,
                "message.timestamp.after.max.ms", NO_BOUND);
    }

    private static boolean isAlike(String key) {
        return switch (key) {
            case "durability",
                    "flush.interval.ms",
                    "flush.bytes",
                    "compression.type",
                    RECORD_LIMIT ->
                    false;
            default -> true;
        };
    }

    /// In our words. A value beyond our range, as topics may have that others made, becomes the
    /// nearest within.
    ///
    /// @param kafka the value of a key; null where there is none
    static TopicConfig fromKafka(UnaryOperator<@Nullable String> kafka) {
        Map<String, String> ours = new HashMap<>();
        ours.put("durability", "1".equals(kafka.apply("flush.messages")) ? "fsync" : "os");
        String flush = kafka.apply("flush.ms");
        ours.put("flush.interval.ms", flush == null || flush.equals(NO_BOUND) ? "-1" : flush);
        String codec = kafka.apply("compression.type");
        boolean named = codec != null && !codec.equals("producer") && !codec.equals("uncompressed");
        ours.put("compression.type", named ? codec : "none");
        for (ConfigKey key : TopicConfig.keys()) {
            String value = isAlike(key.name()) ? kafka.apply(key.name()) : null;
            if (value != null && !value.isEmpty()) {
                ours.put(key.name(), within(key, value));
            }
        }
        return consistent(TopicConfig.of(ours));
    }

    private static String within(ConfigKey key, String value) {
        return switch (key.type()) {
            case BYTES, MILLISECONDS, NUMBER ->
                    Long.toString(Math.clamp(Long.parseLong(value), key.least(), key.most()));
            default -> value;
        };
    }
}
