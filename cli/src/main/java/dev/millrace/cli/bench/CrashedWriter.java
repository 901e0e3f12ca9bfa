package dev.millrace.cli.bench;

import dev.millrace.log.Appender;
import dev.millrace.log.Durability;
import dev.millrace.log.LocalLog;
import dev.millrace.log.TopicPartition;
import dev.millrace.log.TopicSpec;
import java.nio.file.Path;

/// A process of its own that fills a log and goes on appending until it is killed. Half of the
/// bytes go to a topic of durability `fsync`, half to one of `os`.
///
/// It says on standard output what was acknowledged, a line `TOPIC PARTITION OFFSET` for each
/// partition, and then `ready`.
public final class CrashedWriter {
    static final String[] TOPICS = {"fsync", "os"};
    static final int PARTITIONS = 4;

    private CrashedWriter() {}

    /// @param args the directory, and the bytes of record batches to write
    public static void main(String[] args) {
        LocalLog log = LocalLog.open(Path.of(args[0]));
        Values values = new Values(LogBench.SEED);
        log.createTopic(TopicSpec.named("fsync").partitions(PARTITIONS));
        log.createTopic(TopicSpec.named("os").partitions(PARTITIONS).durability(Durability.OS));
        long bytesInTopic = Long.parseLong(args[1]) / TOPICS.length;
        for (String topic : TOPICS) {
            fill(log, topic, values, bytesInTopic);
        }
        for (String topic : TOPICS) {
            for (int p = 0; p < PARTITIONS; p++) {
                long latest = log.latestOffset(new TopicPartition(topic, p));
                System.out.println(topic + " " + p + " " + latest);
            }
        }
        System.out.println("ready");
        while (true) {
            fill(log, TOPICS[0], values, 1 << 20);
            fill(log, TOPICS[1], values, 1 << 20);
        }
    }

    private static void fill(LocalLog log, String topic, Values values, long bytes) {
        try (Appender appender = log.appender(topic)) {
            long value = 0;
            for (long written = 0; written < bytes; written += 8 + Values.VALUE_BYTES) {
                var _ = appender.append(1_000_000 + value, null, values.get(value++));
            }
        }
    }
}
