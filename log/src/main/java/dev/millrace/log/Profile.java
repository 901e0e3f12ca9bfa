package dev.millrace.log;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/// A preset of configuration keys for one purpose. It sets nothing that could not be set by hand,
/// and each of its keys can be set otherwise behind it.
///
/// ```java
/// LocalLog.open(directory, LogOptions.profile(Profile.LATENCY).with("log.read.mode", "positional"));
/// ```
public enum Profile {
    /// Few records wait for others: small batches into the page cache, forced every 100 ms.
    LATENCY(
            Map.of("log.appender.batch.bytes", "4096"),
            Map.of("durability", "os", "flush.interval.ms", "100")),

    /// Large batches into the page cache, forced every second, and room for many of them to wait.
    THROUGHPUT(
            Map.of("log.appender.batch.bytes", "262144", "log.max-waiting-bytes", "268435456"),
            Map.of("durability", "os", "flush.interval.ms", "1000")),

    /// Nothing that was acknowledged is lost with the power, and appends stop long before the disk
    /// is full.
    DURABILITY(
            Map.of("log.appender.batch.bytes", "16384", "log.min-free-bytes", "1073741824"),
            Map.of("durability", "fsync"));

    private final Map<String, String> logKeys;
    private final Map<String, String> topicKeys;

    Profile(Map<String, String> logKeys, Map<String, String> topicKeys) {
        this.logKeys = logKeys;
        this.topicKeys = topicKeys;
    }

    /// The name outside Java: `latency`, `throughput`, `durability`.
    public String key() {
        return name().toLowerCase(Locale.ROOT);
    }

    /// The keys of [LogOptions] that it sets.
    public Map<String, String> logKeys() {
        return logKeys;
    }

    /// The keys of [TopicConfig] that it sets for new topics.
    public Map<String, String> topicKeys() {
        return topicKeys;
    }

    /// What all profiles set, in the order of names.
    public static List<String> keys() {
        TreeMap<String, String> all = new TreeMap<>();
        for (Profile profile : values()) {
            all.putAll(profile.topicKeys);
            all.putAll(profile.logKeys);
        }
        return List.copyOf(all.keySet());
    }
}
