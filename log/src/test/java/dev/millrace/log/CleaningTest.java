package dev.millrace.log;

import static dev.millrace.log.TestLog.EVENTS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.log.LogException.Code;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Retention, deletion of records, `segment.ms`, and what users may not do to compacted and
/// internal topics.
class CleaningTest {
    @TempDir Path root;
    private Path directory;
    private final CompactedLog.TestClock clock = new CompactedLog.TestClock();

    @BeforeEach
    void place() {
        directory = root.resolve("log");
    }

    private LocalLog open() {
        return CompactedLog.open(directory, clock);
    }

    // ---- retention

    /// The base offsets of the segments, and behind them the end.
    private List<Long> bases(LocalLog log) {
        List<Long> bases = new ArrayList<>();
        for (Path file : LogFiles.files(directory, EVENTS, ".log")) {
            bases.add(Long.parseLong(file.getFileName().toString(), 0, 20, 10));
        }
        bases.add(log.latestOffset(EVENTS));
        return bases;
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void retentionByTimeDeletesWhatAScanWouldDelete(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        long retention = 50_000;
        try (LocalLog log = open()) {
            log.createTopic(
                    CompactedLog.topic("delete").config("retention.ms", Long.toString(retention)));
            List<Long> times = new ArrayList<>();
            for (int round = 0; round < 12; round++) {
                for (int i = random.nextInt(60); i > 0; i--) {
                    long time = clock.epochMillis() + random.nextInt(-20_000, 2000);
                    times.add(time);
                    log.append(EVENTS, new LogRecord(time, null, new byte[150], List.of())).join();
                }
                clock.now.addAndGet(random.nextInt(20_000));
                List<Long> bases = bases(log);
                int gone = 0;
                while (gone < bases.size() - 1
                        && bases.get(gone) < bases.get(gone + 1)
                        && times
                                .subList(bases.get(gone).intValue(), bases.get(gone + 1).intValue())
                                .stream()
                                .allMatch(time -> time < clock.epochMillis() - retention)) {
                    gone++;
                }
                log.clean("events");
                assertThat(log.earliestOffset(EVENTS))
                        .as("seed %d, round %d, segments at %s", seed, round, bases)
                        .isEqualTo(bases.get(gone));
                assertThat(log.latestOffset(EVENTS)).isEqualTo(times.size());
                assertThat(TestLog.read(log, EVENTS))
                        .hasSize(times.size() - bases.get(gone).intValue());
            }
        }
        try (LocalLog log = open()) {
            assertThat(log.recovery().damage()).isEmpty();
            assertThat(log.verify(progress -> {})).isEmpty();
        }
    }

    @Test
    void retentionBySizeKeepsAtLeastThatMuch() {
        long most = 10_000;
        try (LocalLog log = open()) {
            log.createTopic(
                    CompactedLog.topic("delete").config("retention.bytes", Long.toString(most)));
            TestLog.fill(log, EVENTS, 2000, 7);
            long before = log.sizeInBytes(EVENTS);
            CleaningReport report = log.clean("events");
            assertThat(report.segmentsDeleted()).isPositive();
            assertThat(report.bytesBefore()).isEqualTo(before);
            assertThat(report.bytesAfter()).isEqualTo(log.sizeInBytes(EVENTS));
            long first = LogFiles.size(LogFiles.files(directory, EVENTS, ".log").getFirst());
            assertThat(log.sizeInBytes(EVENTS)).isGreaterThanOrEqualTo(most);
            assertThat(log.sizeInBytes(EVENTS) - first).isLessThan(most);
            long earliest = log.earliestOffset(EVENTS);
            assertThat(TestLog.read(log, EVENTS)).isEqualTo(TestLog.numberedTexts(earliest, 2000));
            assertThatThrownBy(() -> log.read(EVENTS, earliest - 1))
                    .isInstanceOf(OffsetOutOfRangeException.class)
                    .hasMessageContaining(Long.toString(earliest));
        }
    }

    @Test
    void offsetsOfAnEmptiedPartitionAreNotGivenAgain() {
        try (LocalLog log = open()) {
            log.createTopic(CompactedLog.topic("delete").config("retention.ms", "1000"));
            TestLog.fill(log, EVENTS, 300, 7);
            clock.now.addAndGet(100_000);
            log.clean("events");
            assertThat(log.earliestOffset(EVENTS)).isEqualTo(300);
            assertThat(log.latestOffset(EVENTS)).isEqualTo(300);
            assertThat(log.sizeInBytes(EVENTS)).isZero();
            LogFiles.killed(directory, root.resolve("killed"));
        }
        for (String name : List.of("log", "killed")) {
            try (LocalLog log = CompactedLog.open(root.resolve(name), clock)) {
                assertThat(log.earliestOffset(EVENTS)).isEqualTo(300);
                assertThat(log.append(EVENTS, TestLog.numbered(300)).join().baseOffset())
                        .isEqualTo(300);
            }
        }
    }

    @Test
    void aSlowTopicGetsANewSegmentAfterSegmentMs() {
        try (LocalLog log = open()) {
            log.createTopic(CompactedLog.topic("delete").config("segment.ms", "10000"));
            TestLog.fill(log, EVENTS, 3, 1);
            log.clean("events");
            assertThat(bases(log)).containsExactly(0L, 3L);
            clock.now.addAndGet(9_999);
            log.clean("events");
            assertThat(bases(log)).containsExactly(0L, 3L);
            clock.now.addAndGet(1);
            log.clean("events");
            assertThat(bases(log)).containsExactly(0L, 3L, 3L);
            clock.now.addAndGet(100_000);
            log.clean("events");
            assertThat(bases(log)).as("an empty one stays").containsExactly(0L, 3L, 3L);
        }
    }

    // ---- readers

    @ParameterizedTest
    @ValueSource(strings = {"mapped", "positional"})
    void aCursorFinishesTheSegmentThatWasDeletedUnderIt(String mode) {
        try (LocalLog log =
                dev.millrace.log.internal.LogEngine.open(
                        new dev.millrace.log.internal.FileStorage(),
                        directory,
                        TestLog.smallOptions()
                                .with("log.cleaner.interval.ms", -1)
                                .with("log.read.mode", mode),
                        clock)) {
            log.createTopic(CompactedLog.topic("delete"));
            TestLog.fill(log, EVENTS, 1000, 3);
            long second = bases(log).get(1);
            try (Cursor cursor = log.read(EVENTS, 0)) {
                assertThat(cursor.next()).isTrue();
                assertThat(log.deleteRecords(EVENTS, 900)).isEqualTo(900);
                for (long offset = 1; offset < second; offset++) {
                    assertThat(cursor.next()).isTrue();
                    assertThat(TestLog.text(cursor.record().offset(), cursor.record().copy()))
                            .isEqualTo(TestLog.text(offset, TestLog.numbered(offset)));
                }
                assertThatThrownBy(cursor::next)
                        .isInstanceOfSatisfying(
                                OffsetOutOfRangeException.class,
                                e -> {
                                    assertThat(e.earliest()).isEqualTo(900);
                                    assertThat(e.latest()).isEqualTo(1000);
                                });
                cursor.seek(900);
                assertThat(cursor.next()).isTrue();
                assertThat(cursor.record().offset()).isEqualTo(900);
            }
        }
    }

    // ---- deletion of records

    @Test
    void deletedRecordsStayDeleted() {
        try (LocalLog log = open()) {
            log.createTopic(CompactedLog.topic("delete"));
            TestLog.fill(log, EVENTS, 500, 7);
            assertThat(log.deleteRecords(EVENTS, 123)).isEqualTo(123);
            assertThat(log.deleteRecords(EVENTS, 50)).as("it never goes back").isEqualTo(123);
            assertThat(log.offsetForTime(EVENTS, 0)).hasValue(123);
            assertThat(bases(log).get(1)).isGreaterThan(123);
            LogFiles.killed(directory, root.resolve("killed"));
        }
        for (String name : List.of("log", "killed")) {
            try (LocalLog log = CompactedLog.open(root.resolve(name), clock)) {
                assertThat(TestLog.read(log, EVENTS)).isEqualTo(TestLog.numberedTexts(123, 500));
                assertThat(log.verify(progress -> {})).isEmpty();
                assertThat(log.deleteRecords(EVENTS, -1)).isEqualTo(500);
                assertThat(log.sizeInBytes(EVENTS)).isZero();
                assertThat(log.latestOffset(EVENTS)).isEqualTo(500);
            }
        }
    }

    @Test
    void recordsThatAreNotThereYetCannotBeDeleted() {
        try (LocalLog log = open()) {
            log.createTopic(CompactedLog.topic("delete"));
            TestLog.fill(log, EVENTS, 5, 5);
            for (long before : new long[] {6, -2}) {
                assertThatThrownBy(() -> log.deleteRecords(EVENTS, before))
                        .isInstanceOf(OffsetOutOfRangeException.class);
            }
            assertThat(log.earliestOffset(EVENTS)).isZero();
        }
    }

    // ---- compacted topics

    @Test
    void aRecordWithoutAKeyIsRefusedByACompactedTopic() {
        try (LocalLog log = open()) {
            log.createTopic(CompactedLog.topic("compact"));
            LogRecord unkeyed = new LogRecord(0, null, new byte[3], List.of());
            LogRecord keyed = TestLog.numbered(1);
            assertThatThrownBy(() -> log.append(EVENTS, unkeyed).join())
                    .hasMessageContaining("compacted");
            assertThatThrownBy(
                            () ->
                                    log.append(
                                                    EVENTS,
                                                    RecordBatch.of(
                                                            List.of(keyed, unkeyed),
                                                            Compression.GZIP))
                                            .join())
                    .cause()
                    .isInstanceOfSatisfying(
                            LogException.class,
                            e -> assertThat(e.code()).isEqualTo(Code.INVALID_BATCH));
            try (Appender appender = log.appender("events")) {
                assertThatThrownBy(() -> appender.append(unkeyed))
                        .hasMessageContaining("compacted");
            }
            assertThatThrownBy(() -> log.deleteRecords(EVENTS, 0))
                    .isInstanceOfSatisfying(
                            LogException.class,
                            e -> assertThat(e.code()).isEqualTo(Code.INVALID_CONFIG));
            assertThat(log.latestOffset(EVENTS)).isZero();
        }
    }

    @Test
    void recordsWithoutAKeyOutliveATopicThatBecomesCompacted() {
        try (LocalLog log = open()) {
            log.createTopic(CompactedLog.topic("delete"));
            for (int i = 0; i < 200; i++) {
                log.append(EVENTS, new LogRecord(i, null, new byte[40], List.of())).join();
            }
            log.alterTopic(
                    "events", java.util.Map.of("cleanup.policy", "compact"), java.util.Set.of());
            log.clean("events");
            assertThat(TestLog.read(log, EVENTS)).hasSize(200);
        }
    }

    @Test
    void damageIsNotCompactedAway() {
        try (LocalLog log = open()) {
            log.createTopic(CompactedLog.topic("compact"));
            CompactedLog.appendRounds(log, 60, 5);
        }
        LogFiles.flip(LogFiles.files(directory, EVENTS, ".log").get(2), 500, 4);
        try (LocalLog log = open()) {
            long bytes = log.sizeInBytes(EVENTS);
            assertThatThrownBy(() -> log.clean("events"))
                    .isInstanceOf(CorruptRecordException.class);
            assertThat(log.sizeInBytes(EVENTS)).isEqualTo(bytes);
            assertThat(log.verify(progress -> {})).hasSize(1);
        }
    }

    // ---- internal topics

    @Test
    void definitionsAreCompactedAndTopicsStayWhatTheyAre() {
        List<TopicDescription> before;
        try (LocalLog log = open()) {
            log.createTopic(TopicSpec.named("kept").partitions(2));
            for (int i = 0; i < 1800; i++) {
                log.alterTopic(
                        "kept",
                        java.util.Map.of("retention.ms", Integer.toString(i + 1)),
                        java.util.Set.of());
            }
            log.createTopic(TopicSpec.named("gone"));
            log.deleteTopic("gone");
            before = log.topics();
            CleaningReport report = log.clean("__topics");
            assertThat(report.recordsRemoved()).isGreaterThan(1000);
            assertThat(log.topics()).isEqualTo(before);
        }
        try (LocalLog log = open()) {
            assertThat(log.topics()).isEqualTo(before);
            assertThat(log.recovery().orphans()).isEmpty();
        }
    }

    @Test
    void modulesMayHaveInternalTopicsAndUsersMayNot() {
        try (LocalLog log = open()) {
            assertThatThrownBy(() -> log.createTopic(TopicSpec.named("__offsets")))
                    .isInstanceOfSatisfying(
                            LogException.class,
                            e -> assertThat(e.code()).isEqualTo(Code.INVALID_TOPIC));
            assertThatThrownBy(() -> TopicSpec.internal("offsets"))
                    .isInstanceOf(LogException.class);
            TopicDescription topic =
                    log.createTopic(
                            TopicSpec.internal("__offsets").config("cleanup.policy", "compact"));
            assertThat(topic.internal()).isTrue();
            assertThatThrownBy(() -> log.deleteTopic("__offsets")).isInstanceOf(LogException.class);
        }
    }

    @Test
    void modulesWriteTheirInternalTopicsAndNoOthers() {
        RecordBatch batch = RecordBatch.of(LogRecord.of("key", "value"));
        try (LocalLog log = open()) {
            log.createTopic(TopicSpec.internal("__offsets"));
            log.createTopic(TopicSpec.named("orders"));
            TopicPartition offsets = new TopicPartition("__offsets", 0);
            assertThat(log.appendInternal(offsets, batch).join().baseOffset()).isZero();
            assertThatThrownBy(() -> log.append(offsets, batch).join())
                    .hasMessageContaining("written by Millrace alone");
            for (String topic : List.of("__topics", "__producers", "orders")) {
                TopicPartition other = new TopicPartition(topic, 0);
                assertThatThrownBy(() -> log.appendInternal(other, batch).join())
                        .hasMessageContaining("no topic that a module keeps its own records in");
            }
        }
    }

    @Test
    void internalTopicsSurviveReopening() {
        try (LocalLog log = open()) {
            log.createTopic(TopicSpec.internal("__offsets").config("cleanup.policy", "compact"));
        }
        try (LocalLog log = open()) {
            assertThat(log.describeTopic("__offsets").config().compacted()).isTrue();
        }
    }
}
