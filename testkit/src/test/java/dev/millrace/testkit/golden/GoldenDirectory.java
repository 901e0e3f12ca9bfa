package dev.millrace.testkit.golden;

import dev.millrace.log.Compression;
import dev.millrace.log.Durability;
import dev.millrace.log.Header;
import dev.millrace.log.LocalLog;
import dev.millrace.log.LogOptions;
import dev.millrace.log.LogRecord;
import dev.millrace.log.RecordBatch;
import dev.millrace.log.TopicPartition;
import dev.millrace.log.TopicSpec;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/// Makes the golden directories of the present format: `closed`, a log that was closed in order,
/// and `killed`, one whose records of durability `fsync` are in the journal alone.
///
/// Run it once, when a format is released, with the directory to make as its argument:
/// `testkit/src/main/resources/golden/format-<version>`. What is there is never made again.
public final class GoldenDirectory {
    static final TopicPartition PLAIN = new TopicPartition("plain", 0);
    static final List<TopicPartition> PARTITIONS =
            List.of(
                    PLAIN,
                    new TopicPartition("coded", 0),
                    new TopicPartition("coded", 1),
                    new TopicPartition("coded", 2));

    private static final LogOptions OPTIONS =
            LogOptions.defaults()
                    .with("log.min-free-bytes", 0)
                    .with("log.journal.file.bytes", 1 << 14)
                    .with("log.journal.max.bytes", 1 << 16);

    private GoldenDirectory() {}

    public static void main(String[] arguments) throws IOException {
        Path target = Path.of(arguments[0]);
        if (Files.exists(target)) {
            throw new IOException(target + " is there already, and stays as it is");
        }
        Path work = Files.createTempDirectory("golden");
        make(work, target.resolve("closed"), target.resolve("killed"));
    }

    /// Makes both directories, which must not exist; works in another.
    static void make(Path work, Path closed, Path killed) throws IOException {
        Path directory = work.resolve("log");
        try (LocalLog log = LocalLog.open(directory, OPTIONS)) {
            createTopics(log);
            append(log);
            copy(directory, killed);
        }
        copy(directory, closed);
        for (String name : List.of("plain-0", "coded-0")) {
            Path segment =
                    killed.resolve("log/default").resolve(name).resolve("0".repeat(20) + ".log");
            try (FileChannel file = FileChannel.open(segment, StandardOpenOption.WRITE)) {
                file.truncate(0);
            }
        }
    }

    private static void createTopics(LocalLog log) {
        log.createTopic(
                TopicSpec.named("plain")
                        .durability(Durability.FSYNC)
                        .config("index.interval.bytes", "200"));
        log.createTopic(
                TopicSpec.named("coded")
                        .partitions(3)
                        .durability(Durability.FSYNC)
                        .compression(Compression.ZSTD));
        log.createTopic(TopicSpec.named("deleted"));
        log.deleteTopic("deleted");
    }

    private static void append(LocalLog log) {
        records()
                .forEach(
                        (batch, records) ->
                                log.append(
                                                batch.partition,
                                                RecordBatch.of(records, batch.compression))
                                        .join());
    }

    /// One batch of the directories, in the order in which they were appended.
    private record Batch(int number, TopicPartition partition, Compression compression)
            implements Comparable<Batch> {
        @Override
        public int compareTo(Batch other) {
            return Integer.compare(number, other.number);
        }
    }

    private static Map<Batch, List<LogRecord>> records() {
        Map<Batch, List<LogRecord>> batches = new TreeMap<>();
        for (int i = 0; i < 6; i++) {
            batches.put(new Batch(batches.size(), PLAIN, Compression.NONE), records(i, 3));
        }
        for (Compression compression : Compression.values()) {
            for (int i = 1; i < PARTITIONS.size(); i++) {
                int number = batches.size();
                batches.put(
                        new Batch(number, PARTITIONS.get(i), compression), records(number, 2 * i));
            }
        }
        return batches;
    }

    private static List<LogRecord> records(int number, int count) {
        List<LogRecord> records = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            byte[] key = i % 3 == 2 ? null : bytes("key " + number + "." + i);
            byte[] value = i % 4 == 3 ? null : bytes("value " + number + "." + i);
            List<Header> headers =
                    i % 2 == 0
                            ? List.of()
                            : List.of(new Header("größe", bytes("42")), new Header("none", null));
            records.add(new LogRecord(1_767_225_600_000L + 1000 * number - i, key, value, headers));
        }
        return records;
    }

    /// What a partition of the directories holds, from offset 0 on.
    static List<LogRecord> recordsOf(TopicPartition partition) {
        List<LogRecord> all = new ArrayList<>();
        records()
                .forEach(
                        (batch, records) -> {
                            if (batch.partition.equals(partition)) {
                                all.addAll(records);
                            }
                        });
        return all;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /// Copies a log, but for what tells of the machine that it was made on.
    static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                String name = file.getFileName().toString();
                if (!name.equals("lock") && !name.equals("boot")) {
                    Path copy = to.resolve(from.relativize(file).toString());
                    Files.createDirectories(copy.getParent());
                    Files.copy(file, copy);
                }
            }
        }
    }
}
