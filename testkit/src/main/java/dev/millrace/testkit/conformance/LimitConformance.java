package dev.millrace.testkit.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.log.AppendResult;
import dev.millrace.log.Appender;
import dev.millrace.log.Capability;
import dev.millrace.log.Compression;
import dev.millrace.log.EventLog;
import dev.millrace.log.LogException;
import dev.millrace.log.LogException.Code;
import dev.millrace.log.LogRecord;
import dev.millrace.log.RecordBatch;
import dev.millrace.log.TopicDescription;
import dev.millrace.log.TopicPartition;
import dev.millrace.log.TopicSpec;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.assertj.core.api.Assumptions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// The limits of a topic: `max.message.bytes` of a batch, for every engine, and `max.record.bytes`
/// of a record for those that have [Capability#RECORD_LIMITS].
@Timeout(value = 5, unit = TimeUnit.MINUTES)
public abstract class LimitConformance {
    private static final TopicPartition FIRST = new TopicPartition("orders", 0);
    private static final TopicSpec ORDERS = TopicSpec.named("orders");

    @SuppressWarnings("NullAway.Init") // JUnit calls open before any test
    private EventLog log;

    /// Opens an engine that holds no topics but internal ones. Closed after the test.
    protected abstract EventLog openEmpty() throws Exception;

    @BeforeEach
    final void open() throws Exception {
        log = openEmpty();
    }

    @AfterEach
    final void close() {
        log.close();
    }

    private void requireRecordLimits() {
        Assumptions.assumeThat(log.capabilities()).contains(Capability.RECORD_LIMITS);
    }

    @Test
    void aBatchThatIsTooLargeIsRefused() {
        log.createTopic(ORDERS.config("max.message.bytes", "400"));
        log.append(FIRST, record(100)).join();
        RecordBatch many = RecordBatch.of(Collections.nCopies(10, record(50)), Compression.NONE);
        assertThat(many.sizeInBytes()).isGreaterThan(400);
        requireTooLarge(() -> log.append(FIRST, many));
        requireTooLarge(() -> log.append(FIRST, record(400)));
        try (Appender appender = log.appender("orders")) {
            requireTooLarge(() -> appender.append(record(400)));
            flushWhatFailed(appender);
            CompletableFuture<AppendResult> sound = appender.append(record(100));
            appender.flush();
            assertThat(sound.join().baseOffset()).isEqualTo(1);
        }
        assertThat(log.latestOffset(FIRST)).isEqualTo(2);
    }

    @Test
    void anAlteredLimitOfBatchesHoldsForWhatIsOpen() {
        log.createTopic(ORDERS);
        try (Appender appender = log.appender("orders")) {
            log.alterTopic("orders", Map.of("max.message.bytes", "200"));
            requireTooLarge(() -> appender.append(record(300)));
            flushWhatFailed(appender);
            requireTooLarge(() -> log.append(FIRST, record(300)));
            log.alterTopic("orders", Map.of(), Set.of("max.message.bytes"));
            CompletableFuture<AppendResult> sent = appender.append(record(300));
            appender.flush();
            assertThat(sent).isDone();
        }
        assertThat(log.latestOffset(FIRST)).isEqualTo(1);
    }

    @Test
    void aRecordThatIsTooLargeIsRefused() {
        requireRecordLimits();
        log.createTopic(ORDERS.config("max.record.bytes", "100"));
        log.append(FIRST, record(100)).join();
        requireTooLarge(() -> log.append(FIRST, record(101)));
        assertThat(log.latestOffset(FIRST)).isEqualTo(1);
    }

    @Test
    void anAlteredLimitOfRecordsHoldsForWhatIsOpen() {
        requireRecordLimits();
        log.createTopic(ORDERS);
        try (Appender appender = log.appender("orders")) {
            log.alterTopic("orders", Map.of("max.record.bytes", "10"));
            requireTooLarge(() -> appender.append(record(11)));
            requireTooLarge(() -> log.append(FIRST, record(11)));
            log.alterTopic("orders", Map.of(), Set.of("max.record.bytes"));
            CompletableFuture<AppendResult> sent = appender.append(record(11));
            appender.flush();
            assertThat(sent).isDone();
        }
        assertThat(log.latestOffset(FIRST)).isEqualTo(1);
    }

    @Test
    void anEngineWithoutALimitOfRecordsTakesNone() {
        Assumptions.assumeThat(log.capabilities()).doesNotContain(Capability.RECORD_LIMITS);
        requireNotSupported(() -> log.createTopic(ORDERS.config("max.record.bytes", "100")));
        TopicDescription created = log.createTopic(ORDERS);
        requireNotSupported(() -> log.alterTopic("orders", Map.of("max.record.bytes", "100")));
        assertThat(log.describeTopic("orders")).isEqualTo(created);
    }

    private static void requireNotSupported(Runnable call) {
        assertThatThrownBy(call::run)
                .isInstanceOfSatisfying(
                        LogException.class,
                        e -> assertThat(e.code()).isEqualTo(Code.NOT_SUPPORTED));
    }

    /// An append may refuse at once or by its future.
    private static void requireTooLarge(Supplier<CompletableFuture<AppendResult>> append) {
        assertThatThrownBy(
                        () -> {
                            try {
                                append.get().join();
                            } catch (CompletionException e) {
                                throw e.getCause();
                            }
                        })
                .isInstanceOfSatisfying(
                        LogException.class,
                        e -> assertThat(e.code()).isEqualTo(Code.RECORD_TOO_LARGE));
    }

    /// What an appender told by a future, it tells by its next flush too.
    private static void flushWhatFailed(Appender appender) {
        try {
            appender.flush();
        } catch (LogException e) {
            assertThat(e.code()).isEqualTo(Code.RECORD_TOO_LARGE);
        }
    }

    private static LogRecord record(int bytes) {
        return new LogRecord(1, null, new byte[bytes], List.of());
    }
}
