package dev.millrace.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.log.Compression;
import dev.millrace.log.Durability;
import dev.millrace.log.LocalLog;
import dev.millrace.log.LogRecord;
import dev.millrace.log.RecordBatch;
import dev.millrace.log.TopicSpec;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.LogTruncationException;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a consumer of Kafka's is told of records that are damaged, or that a crash took. */
class DamagedLogTest {
    private static final TopicPartition PARTITION = new TopicPartition("orders", 0);
    private static final dev.millrace.log.TopicPartition OURS =
            new dev.millrace.log.TopicPartition("orders", 0);
    private static final int BATCHES = 10;
    private static final int RECORDS = 10;

    @TempDir private Path root;

    private Path log() {
        return root.resolve("log");
    }

    private void fill(LocalLog log) {
        // nothing forces it: what had been forced, and then was gone, would be damage
        log.createTopic(
                TopicSpec.named("orders")
                        .durability(Durability.OS)
                        .config("flush.interval.ms", "-1"));
        for (int i = 0; i < BATCHES; i++) {
            List<LogRecord> records =
                    IntStream.range(i * RECORDS, (i + 1) * RECORDS)
                            .mapToObj(n -> LogRecord.of(null, "value " + n))
                            .toList();
            log.append(OURS, RecordBatch.of(records, Compression.NONE)).join();
        }
    }

    private static Path segment(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory.resolve("log/default/orders-0"))) {
            return files.filter(file -> file.toString().endsWith(".log")).findFirst().orElseThrow();
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Files.copy(file, to.resolve(from.relativize(file).toString()));
            }
        }
    }

    /** Reads until something is thrown, or `count` are read. */
    private static RuntimeException readUntilFailure(
            KafkaConsumer<String, String> consumer,
            List<ConsumerRecord<String, String>> read,
            int count) {
        long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (read.size() < count && System.nanoTime() < deadline) {
            try {
                consumer.poll(Duration.ofMillis(200)).forEach(read::add);
            } catch (KafkaException e) {
                return e;
            }
        }
        return new IllegalStateException("read %d records, no failure".formatted(read.size()));
    }

    @Test
    void aDamagedBatchIsToldOfWithItsOffsetAndTheRestCanBeRead() throws IOException {
        try (LocalLog log = LocalLog.open(log())) {
            fill(log);
        }
        Path segment = segment(log());
        long victim = Files.size(segment) / BATCHES * 4 + 100;
        try (FileChannel file =
                FileChannel.open(segment, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            ByteBuffer one = ByteBuffer.allocate(1);
            file.read(one, victim);
            file.write(ByteBuffer.wrap(new byte[] {(byte) (one.get(0) ^ 16)}), victim);
        }
        try (Served served = Served.in(log());
                KafkaConsumer<String, String> consumer = served.consumer()) {
            consumer.assign(List.of(PARTITION));
            consumer.seek(PARTITION, 0);
            List<ConsumerRecord<String, String>> read = new ArrayList<>();
            RuntimeException failure = readUntilFailure(consumer, read, BATCHES * RECORDS);
            assertThat(failure).hasMessageContaining("corrupt");
            assertThat(read).hasSize(4 * RECORDS);
            consumer.seek(PARTITION, 5 * RECORDS);
            read.clear();
            RuntimeException none = readUntilFailure(consumer, read, 5 * RECORDS);
            assertThat(none).hasMessage("read 50 records, no failure");
            assertThat(read.getFirst().value()).isEqualTo("value 50");
        }
    }

    @Test
    void aConsumerThatHasReadWhatACrashTookIsTold() throws IOException {
        Path crashed = Files.createDirectories(root.resolve("crashed")).resolve("log");
        OffsetAndMetadata position;
        try (Served served = Served.in(log())) {
            fill(served.log);
            try (KafkaConsumer<String, String> consumer = served.consumer()) {
                consumer.assign(List.of(PARTITION));
                consumer.seek(PARTITION, 0);
                List<ConsumerRecord<String, String>> read = new ArrayList<>();
                readUntilFailure(consumer, read, BATCHES * RECORDS);
                ConsumerRecord<String, String> last = read.getLast();
                position = new OffsetAndMetadata(last.offset() + 1, last.leaderEpoch(), "");
            }
            copy(log(), crashed);
        }
        Path segment = segment(crashed);
        try (FileChannel file = FileChannel.open(segment, StandardOpenOption.WRITE)) {
            file.truncate(file.size() - 20); // the power went before the last batch was written
        }
        try (Served served = Served.in(crashed);
                KafkaConsumer<String, String> consumer =
                        served.consumer("auto.offset.reset", "none")) {
            assertThat(served.log.latestOffset(OURS)).isEqualTo((BATCHES - 1) * RECORDS);
            // others have come to stand where the lost ones stood
            served.log.append(OURS, LogRecord.of(null, "another")).join();
            for (int i = 0; i < 3 * RECORDS; i++) {
                served.log.append(OURS, LogRecord.of(null, "another " + i)).join();
            }
            consumer.assign(List.of(PARTITION));
            consumer.seek(PARTITION, position);
            List<ConsumerRecord<String, String>> read = new ArrayList<>();
            assertThatThrownBy(
                            () -> {
                                throw readUntilFailure(consumer, read, 1);
                            })
                    .isInstanceOfSatisfying(
                            LogTruncationException.class,
                            e ->
                                    assertThat(e.divergentOffsets())
                                            .isEqualTo(
                                                    Map.of(
                                                            PARTITION,
                                                            new OffsetAndMetadata(
                                                                    (BATCHES - 1L) * RECORDS,
                                                                    java.util.Optional.of(0),
                                                                    ""))));
        }
    }
}
