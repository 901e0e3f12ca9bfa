package dev.millrace.log.internal;

import static dev.millrace.log.TestLog.EVENTS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.log.Appender;
import dev.millrace.log.Cursor;
import dev.millrace.log.Durability;
import dev.millrace.log.LocalLog;
import dev.millrace.log.LogException;
import dev.millrace.log.LogMetric;
import dev.millrace.log.LogMetrics;
import dev.millrace.log.TestLog;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Whatever is opened is counted until it is closed, and who forgets it is told.
class OpenHandlesTest {
    private static final Logger LOGGER = Logger.getLogger("dev.millrace.log");

    @TempDir Path directory;

    private final List<String> said = new CopyOnWriteArrayList<>();
    private final Handler listener =
            new Handler() {
                @Override
                public void publish(LogRecord message) {
                    said.add(new SimpleFormatter().formatMessage(message));
                }

                @Override
                public void flush() {}

                @Override
                public void close() {}
            };
    private Level level = Level.OFF;

    @BeforeEach
    void listen() {
        TestLog.smallOptions(); // which silences the logger, the first time
        level = LOGGER.getLevel();
        LOGGER.setLevel(Level.WARNING);
        LOGGER.setUseParentHandlers(false);
        LOGGER.addHandler(listener);
    }

    @AfterEach
    void listenNoMore() {
        LOGGER.removeHandler(listener);
        LOGGER.setUseParentHandlers(true);
        LOGGER.setLevel(level);
    }

    private LocalLog open(String leaks) {
        LocalLog log = LocalLog.open(directory, TestLog.smallOptions().with("log.leaks", leaks));
        if (log.topics().size() == 1) {
            log.createTopic(TestLog.events(Durability.OS));
            TestLog.fill(log, EVENTS, 500, 10);
        }
        return log;
    }

    @Test
    void countsCursorsAndAppendersUntilTheyAreClosed() {
        try (LocalLog log = open("count")) {
            Cursor one = log.read(EVENTS, 0);
            Cursor two = log.read(EVENTS, 0);
            Appender appender = log.appender("events");
            assertThat(log.metrics().value(LogMetric.OPEN_CURSORS)).isEqualTo(2);
            assertThat(log.metrics().value(LogMetric.OPEN_APPENDERS)).isEqualTo(1);

            one.close();
            one.close();
            assertThat(log.metrics().value(LogMetric.OPEN_CURSORS)).isEqualTo(1);

            two.close();
            appender.close();
            assertThat(log.metrics().value(LogMetric.OPEN_CURSORS)).isZero();
            assertThat(log.metrics().value(LogMetric.OPEN_APPENDERS)).isZero();
        }
        assertThat(said).isEmpty();
    }

    @Test
    void whatTheLogReadsForItselfCountsForNobody() {
        try (LocalLog log = open("count")) {
            log.get(EVENTS, 3);
            log.offsetForTime(EVENTS, 0);
            log.verify(_ -> {});
            assertThat(log.metrics().value(LogMetric.OPEN_CURSORS)).isZero();
        }
    }

    @Test
    void nothingIsOpenAfterClose() {
        LocalLog log = open("count");
        try (Cursor cursor = log.read(EVENTS, 0)) {
            while (cursor.next()) {}
        }
        LogMetrics open = log.metrics();
        assertThat(open.value(LogMetric.OPEN_FILES))
                .as("segments, the journal's files and the lock")
                .isGreaterThan(open.value(LogMetric.PARTITION_SEGMENTS));

        log.close();

        assertThat(log.metrics().value(LogMetric.OPEN_FILES)).isZero();
        assertThat(log.metrics().value(LogMetric.OPEN_MAPPED_BYTES)).isZero();
    }

    @Test
    void mappedBytesAreThoseOfReadersAndGoWithTheirTopic() {
        try (LocalLog log = open("count")) {
            log.createTopic(dev.millrace.log.TopicSpec.named("large").durability(Durability.OS));
            var large = new dev.millrace.log.TopicPartition("large", 0);
            TestLog.fill(log, large, 60_000, 1_000);
            try (Cursor cursor = log.read(large, 0)) {
                while (cursor.next()) {}
            }
            assertThat(log.metrics().value(LogMetric.OPEN_MAPPED_BYTES))
                    .isEqualTo(log.sizeInBytes(large));

            log.deleteTopic("large");

            assertThat(log.metrics().value(LogMetric.OPEN_MAPPED_BYTES)).isZero();
        }
    }

    @Test
    void aClosingLogSaysWhatWasLeftOpenAndWhere() {
        LocalLog log = open("places");
        Cursor cursor = log.read(EVENTS, 0);
        Appender appender = log.appender("events");
        log.close();

        assertThat(said)
                .singleElement()
                .asString()
                .contains(directory.toString(), "2 of its cursors, appenders and files")
                .contains("cursor on events-0, opened at " + OpenHandlesTest.class.getName())
                .contains("appender on events, opened at " + OpenHandlesTest.class.getName())
                .contains("aClosingLogSaysWhatWasLeftOpenAndWhere");
        cursor.close();
        appender.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"count", "places"})
    @Timeout(60)
    void aForgottenCursorIsReportedOnce(String leaks) throws InterruptedException {
        try (LocalLog log = open(leaks)) {
            forget(log);
            while (log.metrics().value(LogMetric.OPEN_CURSORS) > 0 || said.isEmpty()) {
                System.gc();
                Thread.sleep(5);
            }
        }
        assertThat(said)
                .singleElement()
                .asString()
                .startsWith("a cursor on events-0")
                .contains("was forgotten without being closed");
    }

    @Test
    @Timeout(60)
    void aForgottenCursorHoldsNoFileOfADeletedSegment() throws InterruptedException {
        try (LocalLog log = open("count")) {
            long files = log.metrics().value(LogMetric.OPEN_FILES);
            long segments = log.metrics().value(LogMetric.PARTITION_SEGMENTS, EVENTS);
            forget(log);
            log.deleteRecords(EVENTS, log.latestOffset(EVENTS));
            while (log.metrics().value(LogMetric.OPEN_FILES) > files - segments + 1) {
                System.gc();
                Thread.sleep(5);
            }
            assertThat(log.metrics().value(LogMetric.PARTITION_SEGMENTS, EVENTS)).isEqualTo(1);
        }
    }

    @Test
    void aFileThatFailedAfterItWasOpenedIsClosedWithTheLog() {
        InterceptedStorage storage = new InterceptedStorage();
        try (LogEngine log = LogEngine.open(storage, directory, TestLog.smallOptions())) {
            log.createTopic(TestLog.events(Durability.OS));
            TestLog.fill(log, EVENTS, 10, 10);
            storage.before(
                    (operation, path) -> {
                        if (operation.equals("truncate") && path.toString().endsWith(".log")) {
                            throw new IOException("for the test");
                        }
                    });
            for (int i = 0; i < 30; i++) {
                var _ = log.append(EVENTS, TestLog.batch(10, 10)).exceptionally(_ -> null);
            }
            log.close();
            assertThat(log.metrics().value(LogMetric.OPEN_FILES)).isZero();
        }
    }

    private static void forget(LocalLog log) {
        assertThat(log.read(EVENTS, 0).next()).isTrue();
    }

    @Test
    void whoWantsSilenceHasIt() {
        LocalLog log = open("silent");
        Cursor cursor = log.read(EVENTS, 0);
        log.close();
        assertThat(said).isEmpty();
        cursor.close();
    }

    @Test
    void aLogThatCannotBeOpenedLeavesNothingOpen() {
        open("count").close();
        InterceptedStorage storage = new InterceptedStorage();
        storage.before(
                (operation, path) -> {
                    if (operation.equals("open") && path.toString().contains("events-0")) {
                        throw new IOException("for the test");
                    }
                });
        OpenHandles.takeOutstanding();
        org.assertj.core.api.Assertions.assertThatThrownBy(
                        () -> LogEngine.open(storage, directory, TestLog.smallOptions()))
                .isInstanceOf(LogException.class);

        assertThat(OpenHandles.takeOutstanding()).isEmpty();
    }
}
