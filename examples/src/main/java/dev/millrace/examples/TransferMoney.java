package dev.millrace.examples;

import dev.millrace.log.AppendResult;
import dev.millrace.log.LocalLog;
import dev.millrace.log.LogRecord;
import dev.millrace.log.PartitionAppend;
import dev.millrace.log.RecordBatch;
import dev.millrace.log.TopicSpec;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// Two records in two partitions, and a third in another topic: all of them are there after any
/// crash, or none.
public final class TransferMoney {
    private TransferMoney() {}

    public static void main(String[] args) throws Exception {
        Path directory = args.length > 0 ? Path.of(args[0]) : Files.createTempDirectory("millrace");
        try (LocalLog log = LocalLog.open(directory)) {
            log.createTopic(TopicSpec.named("accounts").partitions(4));
            log.createTopic(TopicSpec.named("audit"));

            List<AppendResult> results =
                    log.appendAtomically(
                                    List.of(
                                            entry(log, "accounts", "ada", "-20"),
                                            entry(log, "accounts", "bob", "+20"),
                                            entry(log, "audit", "transfer-1", "ada to bob: 20")))
                            .join();
            for (AppendResult result : results) {
                System.out.println(result.partition() + " at offset " + result.baseOffset());
            }
        }
    }

    private static PartitionAppend entry(LocalLog log, String topic, String key, String value) {
        return new PartitionAppend(
                log.partitionFor(topic, key.getBytes(StandardCharsets.UTF_8)),
                RecordBatch.of(LogRecord.of(key, value)));
    }
}
