package dev.millrace.log;

import static dev.millrace.log.TestLog.EVENTS;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.storage.internals.checkpoint.LeaderEpochCheckpointFile;
import org.apache.kafka.storage.internals.checkpoint.PartitionMetadata;
import org.apache.kafka.storage.internals.checkpoint.PartitionMetadataFile;
import org.apache.kafka.storage.internals.log.EpochEntry;
import org.apache.kafka.storage.internals.log.LogDirFailureChannel;
import org.apache.kafka.tools.DumpLogSegments;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Kafka's own dump tool reads every segment and index that we write, and its storage classes the
/// small files beside them.
class KafkaReadsOurSegmentsTest {
    private static final int BATCHES = 120;

    @TempDir Path root;
    private Path directory;
    private final List<LogRecord> appended = new ArrayList<>();
    private int batches;

    @BeforeEach
    void place() {
        directory = root.resolve("log");
    }

    @ParameterizedTest
    @EnumSource(Compression.class)
    void everyCodecAfterAnOrderlyClose(Compression compression) throws IOException {
        try (LocalLog log = TestLog.open(directory)) {
            log.createTopic(TestLog.events(Durability.FSYNC));
            append(log, compression, compression.id());
        }
        assertThat(LogFiles.files(directory, EVENTS, ".index")).hasSizeGreaterThan(2);
        requireReadable(directory);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void codecsMixedInOneSegment(long seed) throws IOException {
        try (LocalLog log = TestLog.open(directory)) {
            log.createTopic(
                    TestLog.events(Durability.OS)
                            .config("segment.bytes", "30000")
                            .config("index.interval.bytes", "0"));
            for (Compression compression : Compression.values()) {
                append(log, compression, seed);
            }
        }
        requireReadable(directory);
    }

    @Test
    void sealedSegmentsWhileTheLogIsOpen() throws IOException {
        try (LocalLog log = TestLog.open(directory)) {
            log.createTopic(TestLog.events(Durability.OS));
            append(log, Compression.NONE, 5);
            requireReadable(LogFiles.killed(directory, root.resolve("open")));
        }
    }

    @Test
    void timesBeforeTheEpochAndAcrossIt() throws IOException {
        try (LocalLog log = TestLog.open(directory)) {
            log.createTopic(TestLog.events(Durability.OS));
            for (int i = 0; i < 400; i++) {
                LogRecord record = new LogRecord(10 * (i - 300), null, new byte[0], List.of());
                log.append(EVENTS, record).join();
                appended.add(record);
                batches++;
            }
        }
        requireReadable(directory);
        try (LocalLog log = TestLog.open(directory)) {
            for (int i = 0; i < 400; i += 7) {
                assertThat(log.offsetForTime(EVENTS, 10 * (i - 300) - 3)).hasValue(i);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Durability.class,
            names = {"OS", "FSYNC"})
    void whatRecoveryLeavesBehind(Durability durability) throws IOException {
        Path killed = root.resolve("killed-" + durability);
        try (LocalLog log = TestLog.open(directory)) {
            log.createTopic(TestLog.events(durability));
            append(log, Compression.LZ4, 6);
            LogFiles.killed(directory, killed);
        }
        Path last = LogFiles.files(killed, EVENTS, ".log").getLast();
        LogFiles.write(last, LogFiles.size(last), new byte[100]);
        try (LocalLog log = TestLog.open(killed)) {
            assertThat(log.recovery().tornTails()).hasSize(1);
            append(log, Compression.ZSTD, 7);
        }
        requireReadable(killed);
        assertThat(epochs(killed)).hasSize(2).first().isEqualTo(new EpochEntry(0, 0));
    }

    @Test
    void epochsAndTopicIdOfANewPartition() throws IOException {
        UUID id;
        try (LocalLog log = TestLog.open(directory)) {
            id = log.createTopic(TestLog.events(Durability.OS)).id();
        }
        PartitionMetadata metadata =
                new PartitionMetadataFile(
                                LogFiles.partition(directory, EVENTS)
                                        .resolve("partition.metadata")
                                        .toFile(),
                                new LogDirFailureChannel(1))
                        .read();
        assertThat(metadata.version()).isZero();
        assertThat(metadata.topicId())
                .isEqualTo(new Uuid(id.getMostSignificantBits(), id.getLeastSignificantBits()));
        assertThat(epochs(directory)).containsExactly(new EpochEntry(0, 0));
    }

    private static List<EpochEntry> epochs(Path directory) throws IOException {
        return new LeaderEpochCheckpointFile(
                        LogFiles.partition(directory, EVENTS)
                                .resolve("leader-epoch-checkpoint")
                                .toFile(),
                        new LogDirFailureChannel(1))
                .read();
    }

    private void append(LocalLog log, Compression compression, long seed) {
        Random random = new Random(seed);
        for (int i = 0; i < BATCHES; i++) {
            List<LogRecord> records = new ArrayList<>();
            for (int count = random.nextInt(6); count >= 0; count--) {
                records.add(record(random));
            }
            log.append(EVENTS, RecordBatch.of(records, compression)).join();
            appended.addAll(records);
            batches++;
        }
    }

    /// Of printable text, since the tool prints it.
    private static LogRecord record(Random random) {
        List<Header> headers = new ArrayList<>();
        for (int i = random.nextInt(5) - 3; i > 0; i--) {
            headers.add(new Header("header-" + i, random.nextBoolean() ? null : word(random)));
        }
        return new LogRecord(
                1_700_000_000_000L + random.nextInt(100_000),
                random.nextInt(4) == 0 ? null : word(random),
                random.nextInt(8) == 0 ? null : word(random),
                headers);
    }

    private static byte[] word(Random random) {
        byte[] word = new byte[random.nextInt(40)];
        for (int i = 0; i < word.length; i++) {
            word[i] = (byte) ('a' + random.nextInt(26));
        }
        return word;
    }

    private void requireReadable(Path log) throws IOException {
        List<String> records = new ArrayList<>();
        int valid = 0;
        for (Path segment : LogFiles.files(log, EVENTS, ".log")) {
            Dump dump = dump(segment);
            records.addAll(dump.out.lines().filter(line -> line.startsWith("| ")).toList());
            valid += (int) dump.out.lines().filter(line -> line.endsWith("isvalid: true")).count();
            assertThat(dump.out).doesNotContain("isvalid: false");
            // what the tool says, with --deep-iteration, of any segment that is not the first
            String base =
                    String.valueOf(Long.parseLong(segment.getFileName().toString(), 0, 20, 10));
            assertThat(dump.err)
                    .isIn(
                            "",
                            "Non-consecutive offsets in %s\n  -1 is followed by %s\n"
                                    .formatted(segment, base));
        }
        assertThat(valid).isEqualTo(batches);
        List<String> expected = expected();
        assertThat(records).hasSameSizeAs(expected);
        for (int i = 0; i < expected.size(); i++) {
            assertThat(records.get(i)).isEqualTo(expected.get(i));
        }
        for (String suffix : List.of(".index", ".timeindex")) {
            for (Path index : LogFiles.files(log, EVENTS, suffix)) {
                assertThat(dump(index).err).as("the tool's complaints about %s", index).isEmpty();
            }
        }
    }

    private List<String> expected() {
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < appended.size(); i++) {
            LogRecord record = appended.get(i);
            byte[] key = record.key();
            byte[] value = record.value();
            lines.add(
                    "| offset: %d CreateTime: %d keySize: %d valueSize: %d sequence: -1 headerKeys: [%s]%s%s"
                            .formatted(
                                    i,
                                    record.timestampMillis(),
                                    key == null ? -1 : key.length,
                                    value == null ? -1 : value.length,
                                    String.join(
                                            ",",
                                            record.headers().stream().map(Header::key).toList()),
                                    key == null ? "" : " key: " + text(key),
                                    value == null ? "" : " payload: " + text(value)));
        }
        return lines;
    }

    private static String text(byte[] word) {
        return new String(word, StandardCharsets.US_ASCII);
    }

    record Dump(String out, String err) {}

    /// What the tool says of a file.
    static synchronized Dump dump(Path file) throws IOException {
        PrintStream out = System.out;
        PrintStream err = System.err;
        ByteArrayOutputStream dumped = new ByteArrayOutputStream();
        ByteArrayOutputStream complaints = new ByteArrayOutputStream();
        System.setOut(new PrintStream(dumped, true, StandardCharsets.UTF_8));
        System.setErr(new PrintStream(complaints, true, StandardCharsets.UTF_8));
        try {
            DumpLogSegments.main(
                    new String[] {
                        "--files", file.toString(), "--deep-iteration", "--print-data-log"
                    });
        } finally {
            System.setOut(out);
            System.setErr(err);
        }
        return new Dump(
                dumped.toString(StandardCharsets.UTF_8),
                complaints.toString(StandardCharsets.UTF_8));
    }
}
