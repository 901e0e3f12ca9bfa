package dev.millrace.log;

import static dev.millrace.log.TestLog.EVENTS;

import dev.millrace.log.internal.Clock;
import dev.millrace.log.internal.FileStorage;
import dev.millrace.log.internal.LogEngine;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// Logs that are cleaned when they are told to, by a clock that a test sets.
final class CompactedLog {
    private CompactedLog() {}

    static final class TestClock implements Clock {
        final AtomicLong now = new AtomicLong(1_700_000_000_000L);

        @Override
        public long nanos() {
            return System.nanoTime();
        }

        @Override
        public long epochMillis() {
            return now.get();
        }

        @Override
        public void parkUntil(@Nullable Object blocker, long nanos) {
            Clock.SYSTEM.parkUntil(blocker, nanos);
        }
    }

    static LocalLog open(Path directory, Clock clock) {
        return LogEngine.open(
                new FileStorage(),
                directory,
                TestLog.smallOptions().with("log.cleaner.interval.ms", -1),
                clock);
    }

    static TopicSpec topic(String policy) {
        return TestLog.events(Durability.FSYNC).config("cleanup.policy", policy);
    }

    /// Appends records of one key after the other, round after round, each in a batch of its own.
    static void appendRounds(LocalLog log, int rounds, int keys) {
        for (int round = 0; round < rounds; round++) {
            for (int key = 0; key < keys; key++) {
                log.append(EVENTS, record(key, "round " + round));
            }
        }
        log.append(EVENTS, record(0, "last")).join();
    }

    static LogRecord record(int key, @Nullable String value) {
        return new LogRecord(
                1_700_000_000_000L,
                ("key-" + key).getBytes(StandardCharsets.UTF_8),
                value == null ? null : value.getBytes(StandardCharsets.UTF_8),
                List.of());
    }
}
