package dev.millrace.server.internal.api;

import dev.millrace.log.EventLog;
import dev.millrace.log.TopicPartition;
import dev.millrace.server.internal.http.HttpRequest;
import java.time.Duration;

/// Long polls: they wait on the request's own virtual thread, and end when the server is closed.
final class Waits {
    private static final long MOST_MILLIS = 60_000;
    private static final long STEP_MILLIS = 500;

    private Waits() {}

    /// Waits until a partition's latest offset is above `offset`, for as long as the request's
    /// `wait` says (milliseconds, at most 60,000; 0 where it is not given).
    static void untilAbove(
            EventLog log, TopicPartition partition, long offset, HttpRequest request) {
        long millis = request.queryNumber("wait", 0, MOST_MILLIS).orElse(0);
        long end = System.nanoTime() + Duration.ofMillis(millis).toNanos();
        boolean above = log.latestOffset(partition) > offset;
        while (!above && !request.draining()) {
            long left = (end - System.nanoTime()) / 1_000_000;
            if (left <= 0) {
                return;
            }
            above = step(log, partition, offset, Math.min(left, STEP_MILLIS));
        }
    }

    /// Waits a little, so that whoever follows sees that the server is being closed.
    static boolean step(EventLog log, TopicPartition partition, long offset) {
        return step(log, partition, offset, STEP_MILLIS);
    }

    private static boolean step(EventLog log, TopicPartition partition, long offset, long millis) {
        return log.awaitOffset(partition, offset, Duration.ofMillis(millis));
    }
}
