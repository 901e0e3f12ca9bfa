package dev.millrace.log;

import static dev.millrace.log.TestLog.EVENTS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.log.LogOptions.ReadMode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Records of every shape through the whole log and back, by every codec and way of reading.
class CompressionTest {
    private static final long SEED = 42;

    @TempDir Path directory;

    static Stream<Arguments> waysThrough() {
        return Stream.of(Compression.values())
                .flatMap(
                        compression ->
                                Stream.of(ReadMode.values())
                                        .map(mode -> Arguments.of(compression, mode)));
    }

    @ParameterizedTest
    @MethodSource("waysThrough")
    void recordsComeBackAsTheyWere(Compression compression, ReadMode mode) {
        LogOptions options =
                TestLog.smallOptions()
                        .with("log.read.mode", mode.name())
                        .with("log.direct-force-bytes", 100_000);
        RandomRecords random = new RandomRecords(SEED);
        List<LogRecord> appended = new ArrayList<>();
        try (LocalLog log = LocalLog.open(directory, options)) {
            log.createTopic(
                    TopicSpec.named("events")
                            .config("segment.bytes", "3000000")
                            .config("max.message.bytes", "10000000"));
            while (log.sizeInBytes(EVENTS) < 4_000_000 && appended.size() < 20_000) {
                List<LogRecord> records = random.some();
                log.append(EVENTS, RecordBatch.of(records, compression)).join();
                appended.addAll(records);
            }
            requireAll(log, appended);
        }
        try (LocalLog log = LocalLog.open(directory, options)) {
            assertThat(log.recovery().clean()).isTrue();
            requireAll(log, appended);
            TestLog.requireSound(log);
        }
    }

    private static void requireAll(LocalLog log, List<LogRecord> appended) {
        List<String> expected = TestLog.texts(0, appended);
        List<String> read = TestLog.read(log, EVENTS);
        assertThat(read).hasSameSizeAs(expected);
        for (int i = 0; i < expected.size(); i++) {
            assertThat(read.get(i)).as("seed %d, offset %d", SEED, i).isEqualTo(expected.get(i));
        }
    }

    @Test
    void codecsFollowOneAnotherInOnePartition() {
        RandomRecords random = new RandomRecords(SEED);
        List<LogRecord> appended = new ArrayList<>();
        try (LocalLog log = TestLog.open(directory)) {
            log.createTopic(TestLog.events(Durability.OS).config("max.message.bytes", "10000000"));
            for (int i = 0; i < 60; i++) {
                List<LogRecord> records = random.some();
                Compression compression = Compression.values()[i % Compression.values().length];
                log.append(EVENTS, RecordBatch.of(records, compression)).join();
                appended.addAll(records);
            }
            requireAll(log, appended);
            for (int offset = 0; offset < appended.size(); offset += 37) {
                String expected = TestLog.text(offset, appended.get(offset));
                long at = offset;
                assertThat(log.get(EVENTS, at))
                        .hasValueSatisfying(
                                record -> assertThat(TestLog.text(at, record)).isEqualTo(expected));
            }
        }
    }

    @Test
    void damageInsideCompressedRecordsIsReportedLikeAnyOther() {
        try (LocalLog log = TestLog.open(directory)) {
            log.createTopic(TestLog.events(Durability.FSYNC));
            for (int i = 0; i < 50; i++) {
                log.append(EVENTS, TestLog.batch(i * 10L, 10, Compression.values()[1 + i % 4]))
                        .join();
            }
        }
        List<SegmentBatches.Place> places = SegmentBatches.of(directory, EVENTS);
        for (int i = 10; i < 14; i++) {
            SegmentBatches.Place place = places.get(2 * i);
            LogFiles.flip(place.file(), place.position() + 70, 4);
        }
        try (LocalLog log = TestLog.open(directory)) {
            assertThat(log.verify(progress -> {}))
                    .extracting(Damage::fromOffset)
                    .containsExactly(200L, 220L, 240L, 260L);
        }
    }
}
