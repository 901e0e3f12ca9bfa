package dev.millrace.log;

import static dev.millrace.log.TestLog.EVENTS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.log.LogException.Code;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What is too large is refused, with the limit in the message, and leaves no trace.
class LimitsTest {
    @TempDir Path directory;
    private LocalLog log;

    @BeforeEach
    void open() {
        log = TestLog.open(directory);
        log.createTopic(
                TestLog.events(Durability.OS)
                        .config("max.record.bytes", "100")
                        .config("max.message.bytes", "300"));
    }

    @AfterEach
    void close() {
        TestLog.requireSound(log);
        log.close();
    }

    @Test
    void aRecordUpToTheLimitIsTaken() {
        log.append(EVENTS, record(40, 60)).join();
        log.append("events", record(0, 100)).join();
        assertThat(log.latestOffset(EVENTS)).isEqualTo(2);
    }

    @Test
    void aLargerRecordIsRefused() {
        requireRefused(
                log.append(EVENTS, record(41, 60)),
                "a record of 101 bytes is larger than max.record.bytes of topic 'events', 100");
        requireRefused(
                log.append("events", record(0, 5000)),
                "a record of 5000 bytes is larger than max.record.bytes of topic 'events', 100");
    }

    @Test
    void headersCount() {
        LogRecord record =
                new LogRecord(
                        1,
                        new byte[40],
                        new byte[40],
                        List.of(new Header("ü234567890", new byte[10])));
        requireRefused(
                log.append(EVENTS, record),
                "a record of 101 bytes is larger than max.record.bytes of topic 'events', 100");
    }

    @Test
    void aBatchUpToTheLimitIsTakenAndALargerOneRefused() {
        RecordBatch exact = ofSize(300);
        assertThat(log.append(EVENTS, exact).join().count()).isEqualTo(exact.count());
        RecordBatch more = ofSize(301);
        requireRefused(
                log.append(EVENTS, more),
                "a record batch of 301 bytes is larger than max.message.bytes of topic 'events', 300");
    }

    private static RecordBatch ofSize(int bytes) {
        for (int value = 0; value < bytes; value++) {
            RecordBatch.Builder builder = RecordBatch.builder().add(1, null, new byte[90]);
            RecordBatch batch =
                    builder.add(1, null, new byte[90]).add(1, null, new byte[value]).build();
            if (batch.sizeInBytes() == bytes) {
                return batch;
            }
        }
        throw new AssertionError("no records make a batch of " + bytes);
    }

    @Test
    void aLargerRecordIsRefusedInABatchAndInOneThatComesEncodedToo() {
        LogRecord larger =
                new LogRecord(1, new byte[1], new byte[90], List.of(new Header("h", new byte[9])));
        for (Compression codec : Compression.values()) {
            RecordBatch batch = RecordBatch.of(List.of(record(1, 1), larger, record(2, 2)), codec);
            RecordBatch encoded = RecordBatch.encoded(batch.buffer());
            assertThat(batch.largestRecordBytes()).isEqualTo(101);
            assertThat(encoded.largestRecordBytes()).isEqualTo(101);
            for (RecordBatch each : List.of(batch, encoded)) {
                requireRefused(
                        log.append(EVENTS, each),
                        "a record of 101 bytes is larger than max.record.bytes of topic 'events', 100");
            }
        }
        assertThat(log.append(EVENTS, RecordBatch.of(record(40, 60))).join().count()).isEqualTo(1);
    }

    @Test
    void anAppenderRefusesTheRecordAndKeepsItsBatch() {
        try (Appender appender = log.appender("events")) {
            appender.append(1, null, new byte[50]);
            assertThatThrownBy(() -> appender.append(1, null, new byte[101]))
                    .isInstanceOf(LogException.class)
                    .hasMessageContaining("max.record.bytes of topic 'events', 100");
            appender.append(1, null, new byte[60]);
            appender.flush();
            assertThat(log.latestOffset(EVENTS)).isEqualTo(2);
        }
    }

    @Test
    void anAppendersBatchesStayBelowTheTopicsLimit() {
        try (Appender appender = log.appender("events")) {
            for (int i = 0; i < 100; i++) {
                appender.append(i, null, new byte[i]);
            }
        }
        assertThat(log.latestOffset(EVENTS)).isEqualTo(100);
        assertThat(SegmentBatches.of(directory, EVENTS))
                .allMatch(batch -> batch.sizeInBytes() <= 300);
    }

    private static LogRecord record(int keyBytes, int valueBytes) {
        return new LogRecord(1, new byte[keyBytes], new byte[valueBytes], List.of());
    }

    private static void requireRefused(CompletableFuture<AppendResult> future, String message) {
        assertThatThrownBy(future::join)
                .isInstanceOf(CompletionException.class)
                .cause()
                .isInstanceOf(LogException.class)
                .hasMessage(message)
                .satisfies(
                        e ->
                                assertThat(((LogException) e).code())
                                        .isEqualTo(Code.RECORD_TOO_LARGE));
    }
}
