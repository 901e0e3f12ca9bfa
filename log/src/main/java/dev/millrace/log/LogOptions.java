package dev.millrace.log;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// How a [LocalLog] works. Every key is described in `docs/reference/configuration.md`. Immutable.
public final class LogOptions {
    private static final long MIB = 1 << 20;

    private static final List<ConfigKey> KEYS =
            List.of(
                    ConfigKey.bytes("log.journal.file.bytes", 64 * MIB, 1 << 12, 1 << 30),
                    ConfigKey.bytes("log.journal.max.bytes", 512 * MIB, 1 << 12, 1L << 40),
                    ConfigKey.bytes("log.min-free-bytes", 64 * MIB, 0, Long.MAX_VALUE),
                    ConfigKey.bytes("log.max-waiting-bytes", 64 * MIB, 1, 1L << 40),
                    ConfigKey.bytes("log.direct-force-bytes", 256 << 10, 1, Long.MAX_VALUE),
                    ConfigKey.bytes("log.appender.batch.bytes", 64 << 10, 1, 1 << 28),
                    ConfigKey.milliseconds("log.producer.expiration.ms", 86_400_000, 1),
                    ConfigKey.choice("log.read.mode", "mapped", List.of("mapped", "positional")),
                    ConfigKey.milliseconds("log.cleaner.interval.ms", 15_000, -1),
                    ConfigKey.bytes("log.cleaner.bytes-per-second", 64 * MIB, -1, 1L << 40),
                    ConfigKey.bytes("log.cleaner.memory.bytes", 32 * MIB, 1 << 12, 1L << 40),
                    ConfigKey.choice("log.leaks", "count", List.of("silent", "count", "places")));

    private static final LogOptions DEFAULTS = new LogOptions(Map.of(), Map.of());

    private final Map<String, String> values;
    private final Map<String, String> topicDefaults;

    private LogOptions(Map<String, String> given, Map<String, String> topicDefaults) {
        this.topicDefaults = Map.copyOf(topicDefaults);
        values = ConfigKey.complete("log configuration", KEYS, given);
        if (journalMaxBytes() < journalFileBytes()) {
            throw new LogException(
                    LogException.Code.INVALID_CONFIG,
                    "log.journal.max.bytes must be at least log.journal.file.bytes, %d, not %d"
                            .formatted(journalFileBytes(), journalMaxBytes()));
        }
    }

    /// Every key, in the order of the reference.
    public static List<ConfigKey> keys() {
        return KEYS;
    }

    public static LogOptions defaults() {
        return DEFAULTS;
    }

    /// Defaults, overridden by `keys`.
    ///
    /// @throws LogException `invalid-config` for an unknown key or a value out of its range
    public static LogOptions of(Map<String, String> keys) {
        return new LogOptions(keys, Map.of());
    }

    /// Defaults, overridden by what a profile sets, for the log and for new topics.
    public static LogOptions profile(Profile profile) {
        return new LogOptions(profile.logKeys(), profile.topicKeys());
    }

    /// These options with a key of [TopicConfig] that new topics get where they are not given it.
    /// Topics that exist are not changed.
    ///
    /// @throws LogException `invalid-config` for an unknown key or a value out of its range
    public LogOptions withTopicDefault(String key, String value) {
        Map<String, String> changed = new HashMap<>(topicDefaults);
        changed.put(key, TopicConfig.of(Map.of(key, value)).asMap().getOrDefault(key, value));
        return new LogOptions(values, changed);
    }

    /// The keys that new topics get where they are not given them; all others have the defaults of
    /// [TopicConfig].
    public Map<String, String> topicDefaults() {
        return topicDefaults;
    }

    /// These options with another value for one key.
    ///
    /// @throws LogException `invalid-config` for an unknown key or a value out of its range
    public LogOptions with(String key, String value) {
        Map<String, String> changed = new HashMap<>(values);
        changed.put(key, value);
        return new LogOptions(changed, topicDefaults);
    }

    /// As [#with(String,String)].
    public LogOptions with(String key, long value) {
        return with(key, Long.toString(value));
    }

    /// Every key with its value, in the order of the reference.
    public Map<String, String> asMap() {
        return values;
    }

    private long number(String key) {
        return Long.parseLong(values.getOrDefault(key, ""));
    }

    /// `log.journal.file.bytes`: where one journal file ends and the next begins.
    public long journalFileBytes() {
        return number("log.journal.file.bytes");
    }

    /// `log.journal.max.bytes`: appends wait where the journal would grow beyond.
    public long journalMaxBytes() {
        return number("log.journal.max.bytes");
    }

    /// `log.min-free-bytes`: with less free space than this, appends fail with `disk-full`.
    public long minFreeBytes() {
        return number("log.min-free-bytes");
    }

    /// `log.max-waiting-bytes`: callers of `append` block while more is waiting to be written.
    public long maxWaitingBytes() {
        return number("log.max-waiting-bytes");
    }

    /// `log.direct-force-bytes`: from here on, what waits for one partition is forced in its
    /// segment instead of being written to the journal as well.
    public long directForceBytes() {
        return number("log.direct-force-bytes");
    }

    /// `log.appender.batch.bytes`: when the batch of an [Appender] is full.
    public int appenderBatchBytes() {
        return (int) number("log.appender.batch.bytes");
    }

    /// `log.producer.expiration.ms`: how long a partition knows a producer that appends nothing.
    public long producerExpirationMillis() {
        return number("log.producer.expiration.ms");
    }

    /// `log.read.mode`: how segments are read.
    public ReadMode readMode() {
        return ReadMode.valueOf(values.getOrDefault("log.read.mode", "").toUpperCase(Locale.ROOT));
    }

    /// `log.cleaner.interval.ms`: how often retention, `segment.ms` and compaction are looked
    /// after; -1: never by themselves.
    public long cleanerIntervalMillis() {
        return number("log.cleaner.interval.ms");
    }

    /// `log.cleaner.bytes-per-second`: what compaction reads and writes at most; -1: no limit.
    public long cleanerBytesPerSecond() {
        return number("log.cleaner.bytes-per-second");
    }

    /// `log.cleaner.memory.bytes`: what the table of keys of a compaction may take, off the heap.
    public long cleanerMemoryBytes() {
        return number("log.cleaner.memory.bytes");
    }

    /// `log.leaks`: what is said of cursors and appenders that were not closed.
    public Leaks leaks() {
        return Leaks.valueOf(values.getOrDefault("log.leaks", "").toUpperCase(Locale.ROOT));
    }

    /// What is said of cursors and appenders that were not closed.
    public enum Leaks {
        /// Nothing.
        SILENT,
        /// How many.
        COUNT,
        /// How many, and where each was opened, which makes opening slower.
        PLACES
    }

    /// How segments are read.
    public enum ReadMode {
        /// Through a mapping of the file.
        MAPPED,
        /// By reads at a position into a buffer of the cursor.
        POSITIONAL
    }

    @Override
    public String toString() {
        return "LogOptions" + values + (topicDefaults.isEmpty() ? "" : topicDefaults);
    }
}
