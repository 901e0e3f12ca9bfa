package dev.millrace.log;

import static dev.millrace.log.TestLog.EVENTS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.log.LogOptions.ReadMode;
import dev.millrace.log.SegmentBatches.Place;
import dev.millrace.log.internal.BatchFormat;
import dev.millrace.log.internal.RecordDecoder;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/// Whole batches, as they are handed on to others.
class BatchReaderTest {
    private static final int RECORDS = 600;

    @TempDir Path root;
    private Path directory;

    @BeforeEach
    void place() {
        directory = root.resolve("log");
    }

    private LocalLog open(ReadMode mode) {
        return LocalLog.open(directory, TestLog.smallOptions().with("log.read.mode", mode.name()));
    }

    private static LocalLog filled(LocalLog log) {
        log.createTopic(TestLog.events(Durability.FSYNC));
        TestLog.fill(log, EVENTS, RECORDS, 7);
        return log;
    }

    /// Everything from `offset` to the high-water mark, call by call.
    private static List<byte[]> read(LocalLog log, long offset, int maxBytes) {
        List<byte[]> parts = new ArrayList<>();
        try (BatchReader reader = log.readBatches(EVENTS, offset)) {
            while (reader.next(maxBytes)) {
                byte[] part = new byte[reader.batches().remaining()];
                reader.batches().get(part);
                parts.add(part);
            }
            assertThat(reader.position()).isEqualTo(log.latestOffset(EVENTS));
            assertThat(reader.batches().remaining()).isZero();
        }
        return parts;
    }

    private byte[] stored() throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (Path file : LogFiles.files(directory, EVENTS, ".log")) {
            all.write(Files.readAllBytes(file));
        }
        return all.toByteArray();
    }

    private static byte[] joined(List<byte[]> parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        parts.forEach(all::writeBytes);
        return all.toByteArray();
    }

    @ParameterizedTest
    @CsvSource({"MAPPED,1", "MAPPED,700", "MAPPED,100000", "POSITIONAL,1", "POSITIONAL,100000"})
    void handsOutWhatIsStoredByteForByte(ReadMode mode, int maxBytes) throws IOException {
        try (LocalLog log = filled(open(mode))) {
            assertThat(joined(read(log, 0, maxBytes))).isEqualTo(stored());
        }
        try (LocalLog log = open(mode)) {
            assertThat(joined(read(log, 0, maxBytes))).isEqualTo(stored());
        }
    }

    @ParameterizedTest
    @EnumSource(ReadMode.class)
    void givesAsManyWholeBatchesAsFitAndAtLeastOne(ReadMode mode) {
        try (LocalLog log = filled(open(mode))) {
            List<Place> places = SegmentBatches.of(directory, EVENTS);
            SplittableRandom random = new SplittableRandom(7);
            for (int i = 0; i < 200; i++) {
                int maxBytes = random.nextInt(3000);
                long offset = random.nextLong(RECORDS);
                int first = 0;
                while (places.get(first).nextOffset() <= offset) {
                    first++;
                }
                int expected = places.get(first).sizeInBytes();
                int next = first + 1;
                while (next < places.size()
                        && places.get(next).file().equals(places.get(first).file())
                        && expected + places.get(next).sizeInBytes() <= maxBytes) {
                    expected += places.get(next++).sizeInBytes();
                }
                try (BatchReader reader = log.readBatches(EVENTS, offset)) {
                    assertThat(reader.position()).isEqualTo(offset);
                    assertThat(reader.next(maxBytes)).isTrue();
                    ByteBuffer batches = reader.batches();
                    assertThat(batches.remaining())
                            .as("from %d, at most %d bytes", offset, maxBytes)
                            .isEqualTo(expected);
                    assertThat(BatchFormat.baseOffset(batches, batches.position()))
                            .isEqualTo(places.get(first).baseOffset());
                    assertThat(reader.position()).isEqualTo(places.get(next - 1).nextOffset());
                }
            }
        }
    }

    @Test
    void goesOnWithWhatIsAppendedLater() {
        try (LocalLog log = filled(open(ReadMode.MAPPED));
                BatchReader reader = log.readBatches(EVENTS, RECORDS)) {
            assertThat(reader.next(1000)).isFalse();
            TestLog.fill(log, EVENTS, RECORDS + 5, 5);
            assertThat(reader.next(1000)).isTrue();
            RecordDecoder decoder = new RecordDecoder();
            decoder.batch(reader.batches(), reader.batches().position());
            assertThat(decoder.next()).isTrue();
            assertThat(decoder.offset()).isEqualTo(RECORDS);
        }
    }

    @Test
    void leavesOutNothingThatCompactionLeft() {
        try (LocalLog log = CompactedLog.open(directory, new CompactedLog.TestClock())) {
            log.createTopic(CompactedLog.topic("compact"));
            CompactedLog.appendRounds(log, 30, 20);
            try (BatchReader before = log.readBatches(EVENTS, 0)) {
                log.clean("events");
                List<String> compacted = TestLog.read(log, EVENTS);
                assertThat(texts(read(log, 0, 1 << 20))).isEqualTo(compacted);
                assertThat(before.next(100)).as("a reader from before").isTrue();
            }
        }
    }

    private static List<String> texts(List<byte[]> parts) {
        List<String> texts = new ArrayList<>();
        RecordDecoder decoder = new RecordDecoder();
        for (byte[] part : parts) {
            ByteBuffer bytes = ByteBuffer.wrap(part);
            for (int at = 0; at < part.length; at += BatchFormat.sizeInBytes(bytes, at)) {
                decoder.batch(bytes, at);
                while (decoder.next()) {
                    texts.add(TestLog.text(decoder.offset(), decoder.copy()));
                }
            }
        }
        return texts;
    }

    @ParameterizedTest
    @EnumSource(ReadMode.class)
    void tellsOfDamageOnceWhatIsBeforeWasGiven(ReadMode mode) {
        filled(open(mode)).close();
        Place victim = SegmentBatches.of(directory, EVENTS).get(3);
        LogFiles.flip(victim.file(), victim.position() + BatchFormat.HEADER_BYTES + 3, 4);
        try (LocalLog log = open(mode);
                BatchReader reader = log.readBatches(EVENTS, 0)) {
            assertThat(reader.next(1 << 20)).isTrue();
            assertThat(reader.position()).isEqualTo(victim.baseOffset());
            assertThatThrownBy(() -> reader.next(1 << 20))
                    .isInstanceOfSatisfying(
                            CorruptRecordException.class,
                            e -> {
                                assertThat(e.damage().fromOffset()).isEqualTo(victim.baseOffset());
                                assertThat(e.nextReadableOffset()).isEqualTo(victim.nextOffset());
                            });
            assertThat(joined(read(log, victim.nextOffset(), 1 << 20))).isNotEmpty();
        }
    }

    @Test
    void refusesOffsetsThatAreNotThere() {
        try (LocalLog log = filled(open(ReadMode.MAPPED))) {
            log.deleteRecords(EVENTS, 100);
            assertThatThrownBy(() -> log.readBatches(EVENTS, 99))
                    .isInstanceOf(OffsetOutOfRangeException.class);
            assertThatThrownBy(() -> log.readBatches(EVENTS, RECORDS + 1))
                    .isInstanceOf(OffsetOutOfRangeException.class);
        }
    }

    @Test
    void tellsWhenTheHighWaterMarkMoves() throws Exception {
        try (LocalLog log = filled(open(ReadMode.MAPPED))) {
            AtomicInteger told = new AtomicInteger();
            AutoCloseable registration = log.whenAdvanced(EVENTS, told::incrementAndGet);
            TestLog.fill(log, EVENTS, RECORDS + 1, 1);
            assertThat(told).hasValue(1);
            registration.close();
            TestLog.fill(log, EVENTS, RECORDS + 2, 1);
            assertThat(told).hasValue(1);
        }
    }

    @Test
    void epochsTellWhereRecoveryCut() throws IOException {
        Path crashed = Files.createDirectories(root.resolve("crashed")).resolve("log");
        try (LocalLog log = LocalLog.open(directory)) {
            // nothing forces it: what had been forced, and then was gone, would be damage instead
            log.createTopic(
                    TopicSpec.named("events")
                            .durability(Durability.OS)
                            .config("flush.interval.ms", "-1"));
            TestLog.fill(log, EVENTS, RECORDS, 7);
            assertThat(log.leaderEpochs(EVENTS)).containsExactly(new LeaderEpoch(0, 0));
            LogFiles.killed(directory, crashed);
        }
        Place last = SegmentBatches.of(crashed, EVENTS).getLast();
        LogFiles.truncate(last.file(), last.position() + 10);
        try (LocalLog log = LocalLog.open(crashed)) {
            assertThat(log.leaderEpochs(EVENTS))
                    .containsExactly(new LeaderEpoch(0, 0), new LeaderEpoch(1, last.baseOffset()));
        }
    }
}
