package dev.millrace.log;

import static dev.millrace.log.TestLog.EVENTS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.millrace.log.SegmentBatches.Place;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// A segment of a log that was closed in order has become shorter, or has gone: its records are
/// reported as lost, the others stay, and no offset is given twice.
class TruncatedSegmentTest {
    private static final int RECORDS = 300;

    @TempDir Path directory;
    private List<Place> places = List.of();

    @BeforeEach
    void write() {
        try (LocalLog log = TestLog.open(directory)) {
            log.createTopic(TestLog.events(Durability.FSYNC));
            log.createTopic(TopicSpec.named("untouched"));
            TestLog.fill(log, EVENTS, RECORDS, 10);
            TestLog.fill(log, new TopicPartition("untouched", 0), 20, 10);
        }
        places = SegmentBatches.of(directory, EVENTS);
    }

    /// Where a batch in the middle is cut through.
    enum Cut {
        BEFORE_IT,
        IN_ITS_HEADER,
        IN_ITS_RECORDS;

        void apply(Place place) {
            long bytes =
                    switch (this) {
                        case BEFORE_IT -> 0;
                        case IN_ITS_HEADER -> 30;
                        case IN_ITS_RECORDS -> 100;
                    };
            LogFiles.truncate(place.file(), place.position() + bytes);
        }
    }

    /// The second batch of the segment with this number.
    private Place second(Path file) {
        return places.stream().filter(p -> p.file().equals(file)).skip(1).findFirst().orElseThrow();
    }

    @ParameterizedTest
    @EnumSource(Cut.class)
    void aSealedSegmentEndsEarly(Cut cut) {
        List<Path> files = LogFiles.files(directory, EVENTS, ".log");
        Place place = second(files.get(1));
        long next =
                places.stream()
                        .filter(p -> p.file().equals(files.get(2)))
                        .findFirst()
                        .orElseThrow()
                        .baseOffset();
        cut.apply(place);
        try (LocalLog log = TestLog.open(directory)) {
            requireLost(log, place.baseOffset(), next);
            TestLog.fill(log, EVENTS, RECORDS + 10, 10);
            requireLost(log, place.baseOffset(), next);
        }
    }

    @ParameterizedTest
    @EnumSource(Cut.class)
    void theLastSegmentEndsEarly(Cut cut) {
        Place place = second(LogFiles.files(directory, EVENTS, ".log").getLast());
        cut.apply(place);
        for (int opening = 0; opening < 3; opening++) {
            try (LocalLog log = TestLog.open(directory)) {
                assertThat(log.latestOffset(EVENTS)).isEqualTo(RECORDS + 10L * opening);
                requireLost(log, place.baseOffset(), RECORDS);
                AppendResult result =
                        log.append(EVENTS, TestLog.batch(RECORDS + 10L * opening, 10)).join();
                assertThat(result.baseOffset()).isEqualTo(RECORDS + 10L * opening);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Missing.class)
    void aSegmentIsMissing(Missing missing) throws IOException {
        List<Path> files = LogFiles.files(directory, EVENTS, ".log");
        int number =
                switch (missing) {
                    case FIRST -> 0;
                    case MIDDLE -> 1;
                    case LAST -> files.size() - 1;
                };
        Files.delete(files.get(number));
        List<Place> lost = places.stream().filter(p -> p.file().equals(files.get(number))).toList();
        try (LocalLog log = TestLog.open(directory)) {
            long from = lost.getFirst().baseOffset();
            if (missing == Missing.FIRST) {
                assertThat(log.earliestOffset(EVENTS)).isEqualTo(lost.getLast().nextOffset());
            } else {
                requireLost(log, from, lost.getLast().nextOffset());
            }
            assertThat(log.latestOffset(EVENTS)).isEqualTo(RECORDS);
            assertThat(log.append(EVENTS, TestLog.numbered(RECORDS)).join().baseOffset())
                    .isEqualTo(RECORDS);
        }
    }

    enum Missing {
        FIRST,
        MIDDLE,
        LAST
    }

    private static void requireLost(LocalLog log, long from, long next) {
        List<Long> read = new ArrayList<>();
        long end = log.latestOffset(EVENTS);
        try (Cursor cursor = log.read(EVENTS, 0)) {
            CorruptRecordException e =
                    catchThrowableOfType(
                            CorruptRecordException.class,
                            () -> {
                                while (cursor.next()) {
                                    read.add(cursor.record().offset());
                                }
                            });
            assertThat(e).as("damage of %s", EVENTS).isNotNull();
            assertThat(e.damage().fromOffset()).isEqualTo(from);
            assertThat(e.nextReadableOffset()).isEqualTo(next);
            assertThat(read).hasSize((int) from);
            cursor.seek(next);
            while (cursor.next()) {
                read.add(cursor.record().offset());
            }
        }
        assertThat(read).hasSize((int) (from + end - next));
        assertThat(log.verify(progress -> {}))
                .singleElement()
                .satisfies(damage -> assertThat(damage.nextReadableOffset()).isEqualTo(next));
        assertThat(TestLog.read(log, new TopicPartition("untouched", 0)))
                .isEqualTo(TestLog.numberedTexts(0, 20));
    }
}
