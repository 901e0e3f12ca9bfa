package dev.millrace.examples;

import dev.millrace.log.AppendResult;
import dev.millrace.log.Cursor;
import dev.millrace.log.LocalLog;
import dev.millrace.log.LogRecord;
import dev.millrace.log.TopicPartition;
import dev.millrace.log.TopicSpec;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/// A durable append, and reading it back.
public final class AppendAndRead {
    private AppendAndRead() {}

    public static void main(String[] args) throws Exception {
        Path directory = args.length > 0 ? Path.of(args[0]) : Files.createTempDirectory("millrace");
        try (LocalLog log = LocalLog.open(directory)) {
            log.createTopic(TopicSpec.named("orders"));

            AppendResult first = log.append("orders", LogRecord.of("customer-7", "one tea")).join();
            System.out.println(
                    "acknowledged at offset " + first.baseOffset() + ", " + first.durability());

            try (Cursor cursor = log.read(new TopicPartition("orders", 0), 0)) {
                while (cursor.next()) {
                    System.out.println(StandardCharsets.UTF_8.decode(cursor.record().value()));
                }
            }
        }
    }
}
