package dev.millrace.log;

import static dev.millrace.log.TestLog.EVENTS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class AppenderTest {
    @TempDir Path directory;

    @Test
    void recordsGoIntoBatchesOfTheSizeThatIsSet() {
        try (LocalLog log = TestLog.open(directory)) {
            log.createTopic(TestLog.events(Durability.OS));
            try (Appender appender = log.appender("events")) {
                for (int i = 0; i < 1000; i++) {
                    appender.append(TestLog.numbered(i));
                }
            }
            assertThat(TestLog.read(log, EVENTS)).isEqualTo(TestLog.numberedTexts(0, 1000));
        }
        List<SegmentBatches.Place> batches = SegmentBatches.of(directory, EVENTS);
        assertThat(batches).allMatch(batch -> batch.sizeInBytes() <= 4 << 10);
        assertThat(batches).hasSizeLessThan(20);
    }

    @Test
    void allRecordsOfABatchHaveOneFutureThatIsDoneAfterFlush() {
        try (LocalLog log = TestLog.open(directory);
                Appender appender = appender(log)) {
            Set<CompletableFuture<AppendResult>> futures = new HashSet<>();
            for (int i = 0; i < 10; i++) {
                futures.add(appender.append(i, null, new byte[10]));
            }
            assertThat(futures).hasSize(1);
            assertThat(futures).noneMatch(CompletableFuture::isDone);
            appender.flush();
            assertThat(futures).allMatch(CompletableFuture::isDone);
            AppendResult result = futures.iterator().next().join();
            assertThat(result.baseOffset()).isZero();
            assertThat(result.count()).isEqualTo(10);
            assertThat(result.lastOffset()).isEqualTo(9);
        }
    }

    private static Appender appender(LocalLog log) {
        log.createTopic(TestLog.events(Durability.FSYNC));
        return log.appender("events");
    }

    @Test
    void flushingNothingIsNothing() {
        try (LocalLog log = TestLog.open(directory);
                Appender appender = appender(log)) {
            appender.flush();
            appender.flush();
            assertThat(log.latestOffset(EVENTS)).isZero();
        }
    }

    @Test
    void whatWasNotFlushedIsNotThere() {
        try (LocalLog log = TestLog.open(directory)) {
            Appender appender = appender(log);
            appender.append(TestLog.numbered(0));
            assertThat(log.latestOffset(EVENTS)).isZero();
            appender.close();
            assertThat(log.latestOffset(EVENTS)).isEqualTo(1);
        }
    }

    @Test
    void keysGoWhereASingleAppendPutsThem() {
        try (LocalLog log = TestLog.open(directory)) {
            log.createTopic(TopicSpec.named("spread").partitions(7).durability(Durability.OS));
            List<CompletableFuture<AppendResult>> gathered = new ArrayList<>();
            try (Appender appender = log.appender("spread")) {
                for (int i = 0; i < 100; i++) {
                    gathered.add(appender.append(i, key(i), new byte[0]));
                }
            }
            for (int i = 0; i < 100; i++) {
                LogRecord record = new LogRecord(i, key(i), new byte[0], List.of());
                assertThat(log.append("spread", record).join().partition())
                        .isEqualTo(gathered.get(i).join().partition());
            }
        }
    }

    private static byte[] key(int i) {
        return ("key " + i).getBytes(StandardCharsets.US_ASCII);
    }

    @Test
    void recordsWithoutAKeySpreadBatchByBatch() {
        try (LocalLog log = TestLog.open(directory)) {
            log.createTopic(TopicSpec.named("spread").partitions(3).durability(Durability.OS));
            try (Appender appender = log.appender("spread")) {
                for (int i = 0; i < 3000; i++) {
                    appender.append(i, null, new byte[20]);
                }
            }
            for (int i = 0; i < 3; i++) {
                TopicPartition partition = new TopicPartition("spread", i);
                assertThat(log.latestOffset(partition)).isBetween(500L, 2000L);
                assertThat(SegmentBatches.of(directory, partition).getFirst().sizeInBytes())
                        .isGreaterThan(3000);
            }
        }
    }

    @Test
    void keysAndValuesMayBeUsedAgainAtOnce() {
        try (LocalLog log = TestLog.open(directory)) {
            log.createTopic(TestLog.events(Durability.OS));
            byte[] value = new byte[1];
            try (Appender appender = log.appender("events")) {
                for (int i = 0; i < 100; i++) {
                    value[0] = (byte) ('A' + i % 26);
                    appender.append(i, value, value);
                }
            }
            try (Cursor cursor = log.read(EVENTS, 0)) {
                for (int i = 0; i < 100; i++) {
                    assertThat(cursor.next()).isTrue();
                    assertThat(cursor.record().copy().value())
                            .isEqualTo(new byte[] {(byte) ('A' + i % 26)});
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Compression.class)
    void batchesAreCompressedAsTheTopicSays(Compression compression) {
        try (LocalLog log = TestLog.open(directory)) {
            log.createTopic(TestLog.events(Durability.OS).compression(compression));
            List<LogRecord> records = new ArrayList<>();
            try (Appender appender = log.appender("events")) {
                for (int i = 0; i < 500; i++) {
                    LogRecord record =
                            new LogRecord(
                                    i, null, new byte[100], List.of(new Header("number", key(i))));
                    records.add(record);
                    appender.append(record);
                }
            }
            assertThat(TestLog.read(log, EVENTS)).isEqualTo(TestLog.texts(0, records));
            long bytes = log.sizeInBytes(EVENTS);
            if (compression == Compression.NONE) {
                assertThat(bytes).isGreaterThan(50_000);
            } else {
                assertThat(bytes).isLessThan(30_000);
            }
        }
    }

    @Test
    void flushThrowsTheFirstFailureOnce() {
        try (LocalLog log = TestLog.open(directory)) {
            Appender appender = appender(log);
            appender.append(TestLog.numbered(0));
            log.deleteTopic("events");
            assertThatThrownBy(appender::flush)
                    .isInstanceOf(LogException.class)
                    .hasMessage("topic 'events' was deleted");
            appender.flush();
            appender.close();
        }
    }

    @Test
    void aFailureBetweenFlushesIsNotForgotten() {
        try (LocalLog log = TestLog.open(directory)) {
            Appender appender = appender(log);
            log.deleteTopic("events");
            List<CompletableFuture<AppendResult>> futures = new ArrayList<>();
            for (int i = 0; i < 1000; i++) {
                futures.add(appender.append(TestLog.numbered(i)));
            }
            assertThatThrownBy(appender::close).isInstanceOf(LogException.class);
            assertThat(futures).allMatch(CompletableFuture::isCompletedExceptionally);
        }
    }
}
