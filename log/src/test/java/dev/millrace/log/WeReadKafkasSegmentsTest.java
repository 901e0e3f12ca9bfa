package dev.millrace.log;

import static dev.millrace.log.TestLog.EVENTS;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Segments that a real Kafka broker wrote, put into a partition of ours, read back record by
/// record.
@Tag("slow")
class WeReadKafkasSegmentsTest {
    private static final long SEED = 20_260_617;
    private static final int RECORDS_PER_CODEC = 120;

    private static final List<LogRecord> PRODUCED = new ArrayList<>();
    @TempDir static Path kafka;
    @TempDir Path directory;

    /// Every codec, before and after the broker was started again, so that there are two leader
    /// epochs; about 5 MiB, in segments of 1 MiB, which is the least that Kafka allows.
    @BeforeAll
    static void produce() throws Exception {
        KafkaBroker.format(kafka);
        Random random = new Random(SEED);
        for (int start = 0; start < 2; start++) {
            try (KafkaBroker broker = KafkaBroker.start(kafka)) {
                if (start == 0) {
                    createTopic(broker);
                }
                for (Compression compression : Compression.values()) {
                    produce(broker, compression, random);
                }
            }
        }
    }

    private static void createTopic(KafkaBroker broker) throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.address()))) {
            NewTopic topic =
                    new NewTopic("events", 1, (short) 1)
                            .configs(Map.of("segment.bytes", Integer.toString(1 << 20)));
            admin.createTopics(List.of(topic)).all().get();
        }
    }

    private static void produce(KafkaBroker broker, Compression compression, Random random) {
        Map<String, Object> config =
                Map.of(
                        "bootstrap.servers",
                        broker.address(),
                        "compression.type",
                        compression.key(),
                        "linger.ms",
                        "20",
                        "acks",
                        "all");
        try (Producer<byte[], byte[]> producer =
                new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer())) {
            for (int i = 0; i < RECORDS_PER_CODEC; i++) {
                LogRecord record = record(random);
                ProducerRecord<byte[], byte[]> sent =
                        new ProducerRecord<>(
                                "events",
                                0,
                                record.timestampMillis(),
                                record.key(),
                                record.value());
                record.headers()
                        .forEach(h -> sent.headers().add(new RecordHeader(h.key(), h.value())));
                producer.send(sent);
                PRODUCED.add(record);
            }
        }
    }

    private static LogRecord record(Random random) {
        List<Header> headers = new ArrayList<>();
        for (int i = random.nextInt(6) - 3; i > 0; i--) {
            headers.add(new Header("header-" + i, random.nextBoolean() ? null : bytes(random, 50)));
        }
        return new LogRecord(
                1_700_000_000_000L + random.nextInt(1_000_000),
                random.nextInt(4) == 0 ? null : bytes(random, 30),
                random.nextInt(10) == 0 ? null : bytes(random, 9_000),
                headers);
    }

    /// Half of them compress well.
    private static byte[] bytes(Random random, int most) {
        byte[] bytes = new byte[random.nextInt(most)];
        if (random.nextBoolean()) {
            random.nextBytes(bytes);
        } else {
            Arrays.fill(bytes, (byte) random.nextInt());
        }
        return bytes;
    }

    @ParameterizedTest
    @EnumSource(
            value = Durability.class,
            names = {"OS", "FSYNC"})
    void everyRecordIsThereAsItWasProduced(Durability durability) throws IOException {
        takeOver(durability, ".log", "leader-epoch-checkpoint");
        try (LocalLog log = LocalLog.open(directory)) {
            assertThat(log.recovery().damage()).isEmpty();
            assertThat(log.recovery().tornTails()).isEmpty();
            requireProduced(log);
        }
        requireCleanAgain();
    }

    @Test
    void theEpochsAreFoundInTheBatchesWhereTheirFileIsMissing() throws IOException {
        takeOver(Durability.FSYNC, ".log");
        try (LocalLog log = LocalLog.open(directory)) {
            assertThat(log.recovery().damage()).isEmpty();
            requireProduced(log);
        }
        assertThat(LogFiles.partition(directory, EVENTS).resolve("leader-epoch-checkpoint"))
                .hasSameTextualContentAs(
                        kafka.resolve("events-0").resolve("leader-epoch-checkpoint"));
    }

    @Test
    void kafkasOwnIndexesAreNotBelievedAndDoNotHurt() throws IOException {
        takeOver(Durability.OS, ".log", ".index", ".timeindex", "leader-epoch-checkpoint");
        try (LocalLog log = LocalLog.open(directory)) {
            requireProduced(log);
        }
        requireCleanAgain();
    }

    @Test
    void appendingGoesOnBehindKafkasRecords() throws IOException {
        takeOver(Durability.FSYNC, ".log", "leader-epoch-checkpoint");
        try (LocalLog log = LocalLog.open(directory)) {
            AppendResult result = log.append(EVENTS, TestLog.numbered(7)).join();
            assertThat(result.baseOffset()).isEqualTo(PRODUCED.size());
            PRODUCED.add(TestLog.numbered(7));
            requireProduced(log);
        } finally {
            PRODUCED.removeLast();
        }
    }

    private void requireCleanAgain() {
        try (LocalLog log = LocalLog.open(directory)) {
            assertThat(log.recovery().clean()).isTrue();
            requireProduced(log);
        }
    }

    private static void requireProduced(LocalLog log) {
        List<String> read = TestLog.read(log, EVENTS);
        List<String> expected = TestLog.texts(0, PRODUCED);
        assertThat(read).hasSameSizeAs(expected);
        for (int i = 0; i < expected.size(); i++) {
            assertThat(read.get(i)).as("seed %d", SEED).isEqualTo(expected.get(i));
        }
        for (long offset : new long[] {0, 1, 500, PRODUCED.size() - 1}) {
            assertThat(log.get(EVENTS, offset))
                    .hasValueSatisfying(
                            record ->
                                    assertThat(TestLog.text(offset, record))
                                            .isEqualTo(expected.get((int) offset)));
        }
        TestLog.requireSound(log);
    }

    /// Makes a partition of Kafka's files, those whose names end so, in a log without a journal.
    private void takeOver(Durability durability, String... suffixes) throws IOException {
        try (LocalLog log = LocalLog.open(directory)) {
            log.createTopic(TopicSpec.named("events").durability(durability));
        }
        Path ours = LogFiles.partition(directory, EVENTS);
        for (String suffix : List.of(".log", ".index", ".timeindex", ".sums", "checkpoint")) {
            deleteAll(LogFiles.files(ours, suffix));
        }
        deleteAll(LogFiles.files(directory.resolve("journal"), ".journal"));
        for (String suffix : suffixes) {
            List<Path> files = LogFiles.files(kafka.resolve("events-0"), suffix);
            assertThat(files).isNotEmpty();
            for (Path file : files) {
                Files.copy(file, ours.resolve(file.getFileName().toString()));
            }
        }
        assertThat(LogFiles.files(ours, ".log")).hasSizeGreaterThan(2);
    }

    private static void deleteAll(List<Path> files) throws IOException {
        for (Path file : files) {
            Files.delete(file);
        }
    }
}
