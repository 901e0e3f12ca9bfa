package dev.millrace.log;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The configuration of a topic. Keys have Kafka's names where Kafka has them; each is described in
/// `docs/reference/configuration.md`. Immutable.
public final class TopicConfig {
    private static final int MIB = 1 << 20;
    private static final long DAY_MILLIS = 86_400_000;

    private static final List<ConfigKey> KEYS =
            List.of(
                    ConfigKey.choice("durability", "fsync", List.of("memory", "os", "fsync")),
                    ConfigKey.milliseconds("flush.interval.ms", 1000, -1),
                    ConfigKey.bytes("flush.bytes", -1, -1, Long.MAX_VALUE),
                    ConfigKey.bytes("segment.bytes", 1 << 30, 1 << 12, 1 << 30),
                    ConfigKey.milliseconds("segment.ms", 7 * DAY_MILLIS, 1),
                    ConfigKey.bytes("index.interval.bytes", 4096, 0, 1 << 30),
                    ConfigKey.bytes("max.message.bytes", MIB + 12, 128, 1 << 28),
                    ConfigKey.bytes("max.record.bytes", MIB, 1, 1 << 28),
                    ConfigKey.choice(
                            "compression.type",
                            "none",
                            List.of("none", "gzip", "snappy", "lz4", "zstd")),
                    ConfigKey.choice(
                            "cleanup.policy",
                            "delete",
                            List.of("delete", "compact", "compact,delete", "delete,compact")),
                    ConfigKey.milliseconds("retention.ms", -1, -1),
                    ConfigKey.bytes("retention.bytes", -1, -1, Long.MAX_VALUE),
                    ConfigKey.milliseconds("delete.retention.ms", DAY_MILLIS, 0),
                    ConfigKey.milliseconds("min.compaction.lag.ms", 0, 0),
                    ConfigKey.ratio("min.cleanable.dirty.ratio", 0.5));

    private static final TopicConfig DEFAULTS = new TopicConfig(Map.of());

    private final Map<String, String> values;
    private final Durability durability;
    private final long flushIntervalMillis;
    private final long flushBytes;
    private final int segmentBytes;
    private final long segmentMillis;
    private final int indexIntervalBytes;
    private final int maxMessageBytes;
    private final int maxRecordBytes;
    private final Compression compression;
    private final boolean compacted;
    private final boolean deleted;
    private final long retentionMillis;
    private final long retentionBytes;
    private final long deleteRetentionMillis;
    private final long minCompactionLagMillis;
    private final double minCleanableDirtyRatio;

    private TopicConfig(Map<String, String> given) {
        values = ConfigKey.complete("topic configuration", KEYS, given);
        durability = Durability.valueOf(word("durability"));
        flushIntervalMillis = number("flush.interval.ms");
        flushBytes = number("flush.bytes");
        segmentBytes = (int) number("segment.bytes");
        segmentMillis = number("segment.ms");
        indexIntervalBytes = (int) number("index.interval.bytes");
        maxMessageBytes = (int) number("max.message.bytes");
        maxRecordBytes = (int) number("max.record.bytes");
        compression = Compression.valueOf(word("compression.type"));
        compacted = word("cleanup.policy").contains("COMPACT");
        deleted = word("cleanup.policy").contains("DELETE");
        retentionMillis = number("retention.ms");
        retentionBytes = number("retention.bytes");
        deleteRetentionMillis = number("delete.retention.ms");
        minCompactionLagMillis = number("min.compaction.lag.ms");
        minCleanableDirtyRatio =
                Double.parseDouble(values.getOrDefault("min.cleanable.dirty.ratio", ""));
    }

    private String word(String key) {
        return values.getOrDefault(key, "").toUpperCase(Locale.ROOT);
    }

    private long number(String key) {
        return Long.parseLong(values.getOrDefault(key, ""));
    }

    /// Every key, in the order of the reference.
    public static List<ConfigKey> keys() {
        return KEYS;
    }

    /// Durable at `fsync` (at `os` forced every second), kept for ever, not compacted, not
    /// compressed.
    public static TopicConfig defaults() {
        return DEFAULTS;
    }

    /// Defaults, overridden by `keys`.
    ///
    /// @throws LogException `invalid-config` for an unknown key or a value out of its range
    public static TopicConfig of(Map<String, String> keys) {
        return new TopicConfig(keys);
    }

    /// This configuration with another value for one key.
    ///
    /// @throws LogException `invalid-config` for an unknown key or a value out of its range
    public TopicConfig with(String key, String value) {
        Map<String, String> changed = new HashMap<>(values);
        changed.put(key, value);
        return new TopicConfig(changed);
    }

    /// This configuration with other values for some keys, and the default for others.
    ///
    /// @param toDefault keys that get their default
    /// @throws LogException `invalid-config` for an unknown key, a value out of its range, or a key
    ///   that is in both
    public TopicConfig with(Map<String, String> changes, Collection<String> toDefault) {
        Map<String, String> changed = new HashMap<>(values);
        changed.putAll(changes);
        for (String key : toDefault) {
            if (changes.containsKey(key)) {
                throw new LogException(
                        LogException.Code.INVALID_CONFIG,
                        "%s is to get a value and to go back to its default; choose one"
                                .formatted(key));
            }
            if (changed.remove(key) == null) {
                changed.put(key, ""); // unknown, and said so with the others
            }
        }
        return new TopicConfig(changed);
    }

    /// Every key with its value, in the order of the reference.
    public Map<String, String> asMap() {
        return values;
    }

    /// `durability`.
    public Durability durability() {
        return durability;
    }

    /// `flush.interval.ms`: for durability `os`, how old an acknowledged record may become before
    /// it is forced; -1 where it may for ever.
    public long flushIntervalMillis() {
        return flushIntervalMillis;
    }

    /// `flush.bytes`: for durability `os`, how many acknowledged bytes of a partition may wait to
    /// be forced; -1 where any number may.
    public long flushBytes() {
        return flushBytes;
    }

    /// `segment.bytes`: where a segment ends and the next begins.
    public int segmentBytes() {
        return segmentBytes;
    }

    /// `segment.ms`: how long a segment is written before another is begun.
    public long segmentMillis() {
        return segmentMillis;
    }

    /// `index.interval.bytes`: bytes of batches from one index entry to the next.
    public int indexIntervalBytes() {
        return indexIntervalBytes;
    }

    /// `max.message.bytes`: the largest record batch, header included.
    public int maxMessageBytes() {
        return maxMessageBytes;
    }

    /// `max.record.bytes`: the largest record, key and value and headers together.
    public int maxRecordBytes() {
        return maxRecordBytes;
    }

    /// `compression.type`: for records that Millrace puts into batches itself.
    public Compression compression() {
        return compression;
    }

    /// Whether `cleanup.policy` has `compact`: the latest record of each key is kept.
    public boolean compacted() {
        return compacted;
    }

    /// Whether `cleanup.policy` has `delete`: `retention.ms` and `retention.bytes` hold.
    public boolean deleted() {
        return deleted;
    }

    /// `retention.ms`: how long records are kept, by their timestamps; -1 for ever.
    public long retentionMillis() {
        return retentionMillis;
    }

    /// `retention.bytes`: how much of a partition is kept; -1 all.
    public long retentionBytes() {
        return retentionBytes;
    }

    /// `delete.retention.ms`: how long compaction keeps a tombstone that it has seen first.
    public long deleteRetentionMillis() {
        return deleteRetentionMillis;
    }

    /// `min.compaction.lag.ms`: how old a record must be before compaction may take it.
    public long minCompactionLagMillis() {
        return minCompactionLagMillis;
    }

    /// `min.cleanable.dirty.ratio`: from which share of not yet compacted bytes on compaction runs.
    public double minCleanableDirtyRatio() {
        return minCleanableDirtyRatio;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof TopicConfig config && config.values.equals(values);
    }

    @Override
    public int hashCode() {
        return values.hashCode();
    }

    @Override
    public String toString() {
        return "TopicConfig" + values;
    }
}
