package dev.millrace.examples;

import dev.millrace.log.Appender;
import dev.millrace.log.Compression;
import dev.millrace.log.Durability;
import dev.millrace.log.LocalLog;
import dev.millrace.log.TopicPartition;
import dev.millrace.log.TopicSpec;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/// A million records through a gathering appender: records go into batches by themselves, and one
/// future stands for each batch.
public final class BulkLoad {
    private BulkLoad() {}

    @SuppressWarnings("FutureReturnValueIgnored") // closing the appender throws what failed
    public static void main(String[] args) throws Exception {
        Path directory = args.length > 0 ? Path.of(args[0]) : Files.createTempDirectory("millrace");
        try (LocalLog log = LocalLog.open(directory)) {
            log.createTopic(
                    TopicSpec.named("clicks")
                            .partitions(4)
                            .durability(Durability.OS)
                            .compression(Compression.LZ4));
            try (Appender appender = log.appender("clicks")) {
                for (int i = 0; i < 1_000_000; i++) {
                    byte[] key = ("visitor-" + i % 1_000).getBytes(StandardCharsets.UTF_8);
                    byte[] value = ("page " + i).getBytes(StandardCharsets.UTF_8);
                    appender.append(System.currentTimeMillis(), key, value);
                }
            } // closing waits until everything is acknowledged
            for (int partition = 0; partition < 4; partition++) {
                TopicPartition id = new TopicPartition("clicks", partition);
                System.out.println(id + " has " + log.latestOffset(id) + " records");
            }
        }
    }
}
