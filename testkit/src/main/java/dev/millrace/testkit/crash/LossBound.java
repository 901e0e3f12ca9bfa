package dev.millrace.testkit.crash;

import dev.millrace.log.TopicConfig;

/// What a loss of power may take, at most, of records acknowledged at `os`.
///
/// @param bytes of one partition; -1 any number
/// @param millis how old a record may be; -1 any age
public record LossBound(long bytes, long millis) {
    /// No bound.
    public static final LossBound NONE = new LossBound(-1, -1);

    /// What a topic's `flush.bytes` and `flush.interval.ms` promise.
    public static LossBound of(TopicConfig config) {
        return new LossBound(config.flushBytes(), config.flushIntervalMillis());
    }
}
