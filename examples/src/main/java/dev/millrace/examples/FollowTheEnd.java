package dev.millrace.examples;

import dev.millrace.log.Cursor;
import dev.millrace.log.LocalLog;
import dev.millrace.log.LogRecord;
import dev.millrace.log.TopicPartition;
import dev.millrace.log.TopicSpec;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/// One thread appends, another follows the end of the partition. The log lives in memory.
public final class FollowTheEnd {
    private FollowTheEnd() {}

    public static void main(String[] args) throws Exception {
        try (LocalLog log = LocalLog.inMemory()) {
            log.createTopic(TopicSpec.named("ticks"));
            Thread follower = Thread.ofPlatform().start(() -> follow(log));
            for (int i = 0; i < 5; i++) {
                log.append("ticks", LogRecord.of(null, "tick " + i)).join();
            }
            follower.join();
        }
    }

    private static void follow(LocalLog log) {
        try (Cursor cursor = log.read(new TopicPartition("ticks", 0), 0)) {
            while (cursor.next(Duration.ofMillis(200))) {
                String text = StandardCharsets.UTF_8.decode(cursor.record().value()).toString();
                System.out.println(cursor.record().offset() + ": " + text);
            }
        }
    }
}
