package dev.millrace.log;

import static dev.millrace.log.TestLog.EVENTS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.log.LogOptions.ReadMode;
import dev.millrace.log.SegmentBatches.Place;
import dev.millrace.log.internal.BatchFormat;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/// A batch with sound ones behind it is damaged: whoever reads is told exactly which offsets are
/// lost, and reads on behind them. Nothing is cut.
class CorruptMiddleTest {
    private static final int RECORDS = 400;
    private static final int BATCH = 10;

    @TempDir Path root;
    private Path directory;

    @BeforeEach
    void place() {
        directory = root.resolve("log");
    }

    /// A field of the batch header, or what stands behind it.
    enum Field {
        BASE_OFFSET(BatchFormat.BASE_OFFSET + 7),
        BASE_OFFSET_HIGH(BatchFormat.BASE_OFFSET),
        LENGTH(BatchFormat.LENGTH + 3),
        LENGTH_HIGH(BatchFormat.LENGTH),
        LEADER_EPOCH(BatchFormat.LEADER_EPOCH + 3),
        MAGIC(BatchFormat.MAGIC),
        CRC(BatchFormat.CRC + 1),
        ATTRIBUTES(BatchFormat.ATTRIBUTES + 1),
        LAST_OFFSET_DELTA(BatchFormat.LAST_OFFSET_DELTA + 3),
        COUNT(BatchFormat.COUNT + 3),
        RECORDS(BatchFormat.HEADER_BYTES + 20);

        private final int at;

        Field(int at) {
            this.at = at;
        }
    }

    static Stream<Arguments> damages() {
        return Stream.of(Field.values())
                .flatMap(field -> Stream.of(1, 0x40, 0xff).map(mask -> Arguments.of(field, mask)));
    }

    /// In the middle, at the beginning and at the end of a segment, and the first of all.
    private static List<Integer> victims(List<Place> places) {
        int firstOfSecond = 1;
        while (places.get(firstOfSecond).position() != 0) {
            firstOfSecond++;
        }
        return List.of(0, firstOfSecond - 1, firstOfSecond, firstOfSecond + 2);
    }

    @ParameterizedTest
    @MethodSource("damages")
    void aReaderLosesThatBatchAndNoOther(Field field, int mask) {
        write(directory, Durability.FSYNC, 20);
        for (int victim : victims(SegmentBatches.of(directory, EVENTS))) {
            damageAndRead(ReadMode.POSITIONAL, field, mask, victim);
        }
    }

    @ParameterizedTest
    @EnumSource(Field.class)
    void aReaderOfAMappedFileLosesThatBatchAndNoOther(Field field) {
        write(directory, Durability.FSYNC, 8_000);
        for (int victim : victims(SegmentBatches.of(directory, EVENTS))) {
            damageAndRead(ReadMode.MAPPED, field, 0x10, victim);
        }
    }

    private void damageAndRead(ReadMode mode, Field field, int mask, int victim) {
        List<Place> places = SegmentBatches.of(directory, EVENTS);
        Place place = places.get(victim);
        LogFiles.flip(place.file(), place.position() + field.at, mask);
        try (LocalLog log =
                LocalLog.open(
                        directory, TestLog.smallOptions().with("log.read.mode", mode.name()))) {
            assertThat(log.recovery().clean()).isTrue();
            requireDamaged(log, place);
        }
        LogFiles.flip(place.file(), place.position() + field.at, mask);
    }

    private static void requireDamaged(LocalLog log, Place place) {
        List<Damage> damage = new ArrayList<>();
        assertThat(offsets(log, 0, damage)).isEqualTo(without(0, place));
        assertThat(damage).hasSize(1);
        Damage found = damage.getFirst();
        assertThat(found.partition()).isEqualTo(EVENTS);
        assertThat(found.fromOffset()).isEqualTo(place.baseOffset());
        assertThat(found.nextReadableOffset()).isEqualTo(place.nextOffset());
        assertThat(found.position()).isEqualTo(place.position());
        assertThat(found.file()).isEqualTo(place.file().toString());
        assertThat(log.verify(progress -> {})).usingRecursiveComparison().isEqualTo(damage);

        for (long from : new long[] {place.baseOffset() + 3, place.nextOffset() - 1}) {
            damage.clear();
            assertThat(offsets(log, from, damage)).isEqualTo(without(place.nextOffset(), place));
            assertThat(damage).hasSize(1);
            assertThatThrownBy(() -> log.get(EVENTS, from))
                    .isInstanceOf(CorruptRecordException.class)
                    .hasMessageContaining(
                            "offsets %d to %d", place.baseOffset(), place.nextOffset() - 1);
        }
        requireOthersFound(log, place);
        damage.clear();
        assertThat(offsets(log, place.nextOffset(), damage))
                .isEqualTo(without(place.nextOffset(), place));
        assertThat(damage).isEmpty();
        assertThat(log.get(EVENTS, place.nextOffset())).isPresent();
    }

    /// Every record but those of one batch is found by its offset, which is its timestamp too.
    private static void requireOthersFound(LocalLog log, Place place) {
        for (long offset = 0; offset < RECORDS; offset += 3) {
            long wanted = offset;
            if (offset >= place.baseOffset() && offset < place.nextOffset()) {
                assertThatThrownBy(() -> log.get(EVENTS, wanted))
                        .isInstanceOf(CorruptRecordException.class);
            } else {
                assertThat(log.get(EVENTS, wanted))
                        .hasValueSatisfying(
                                record -> assertThat(record.timestampMillis()).isEqualTo(wanted));
                assertThat(log.offsetForTime(EVENTS, wanted)).hasValue(wanted);
            }
        }
        assertThat(log.offsetForTime(EVENTS, place.baseOffset() + 1)).hasValue(place.nextOffset());
    }

    /// Reads from an offset to the end, over all damage.
    private static List<Long> offsets(LocalLog log, long from, List<Damage> damage) {
        List<Long> offsets = new ArrayList<>();
        try (Cursor cursor = log.read(EVENTS, from)) {
            while (true) {
                try {
                    while (cursor.next()) {
                        offsets.add(cursor.record().offset());
                    }
                    return offsets;
                } catch (CorruptRecordException e) {
                    assertThatThrownBy(cursor::next).hasMessage(e.getMessage());
                    damage.add(e.damage());
                    cursor.seek(e.nextReadableOffset());
                }
            }
        }
    }

    private static List<Long> without(long from, Place place) {
        return LongStream.range(from, RECORDS)
                .filter(offset -> offset < place.baseOffset() || offset >= place.nextOffset())
                .boxed()
                .toList();
    }

    @ParameterizedTest
    @EnumSource(Field.class)
    void recoveryReportsItAndCutsNothing(Field field) {
        Path killed = root.resolve("killed");
        try (LocalLog log = TestLog.open(directory)) {
            fill(log, Durability.OS, 20);
            LogFiles.killed(directory, killed);
        }
        Place place = SegmentBatches.of(killed, EVENTS).get(7);
        LogFiles.flip(place.file(), place.position() + field.at, 0x08);
        try (LocalLog log = TestLog.open(killed)) {
            assertThat(log.recovery().tornTails()).isEmpty();
            assertThat(log.latestOffset(EVENTS)).isEqualTo(RECORDS);
            requireDamaged(log, place);
            TestLog.fill(log, EVENTS, RECORDS + 10, 10);
        }
        assertThat(LogFiles.files(killed, EVENTS, ".cut")).isEmpty();
    }

    @Test
    void severalDamagedBatchesInARowAreOneStretch() {
        write(directory, Durability.FSYNC, 20);
        List<Place> places = SegmentBatches.of(directory, EVENTS);
        for (int victim = 3; victim <= 5; victim++) {
            Place place = places.get(victim);
            LogFiles.flip(place.file(), place.position() + BatchFormat.CRC, 1);
        }
        try (LocalLog log = TestLog.open(directory)) {
            assertThat(log.verify(progress -> {}))
                    .singleElement()
                    .satisfies(
                            damage -> {
                                assertThat(damage.fromOffset()).isEqualTo(30);
                                assertThat(damage.nextReadableOffset()).isEqualTo(60);
                            });
        }
    }

    @Test
    void theLastBatchOfAClosedLogIsReportedNotCut() {
        write(directory, Durability.FSYNC, 20);
        Place last = SegmentBatches.of(directory, EVENTS).getLast();
        LogFiles.flip(last.file(), last.position() + BatchFormat.CRC, 1);
        try (LocalLog log = TestLog.open(directory)) {
            assertThat(log.latestOffset(EVENTS)).isEqualTo(RECORDS);
            List<Damage> damage = new ArrayList<>();
            assertThat(offsets(log, 0, damage)).isEqualTo(without(0, last));
            assertThat(damage.getFirst().nextReadableOffset()).isEqualTo(RECORDS);
        }
    }

    private static void write(Path directory, Durability durability, int valueBytes) {
        try (LocalLog log = TestLog.open(directory)) {
            fill(log, durability, valueBytes);
        }
    }

    private static void fill(LocalLog log, Durability durability, int valueBytes) {
        log.createTopic(
                TestLog.events(durability)
                        .config(
                                "segment.bytes",
                                Integer.toString(Math.max(4096, valueBytes * 160))));
        byte[] value = new byte[valueBytes];
        java.util.Arrays.fill(value, (byte) 'x');
        for (int i = 0; i < RECORDS; i += BATCH) {
            RecordBatch.Builder batch = RecordBatch.builder();
            for (int j = 0; j < BATCH; j++) {
                batch.add(i + j, null, value);
            }
            log.append(EVENTS, batch.build()).join();
        }
    }
}
