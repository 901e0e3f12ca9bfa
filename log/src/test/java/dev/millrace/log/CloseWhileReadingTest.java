package dev.millrace.log;

import static dev.millrace.log.TestLog.EVENTS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.log.LogException.Code;
import dev.millrace.log.LogOptions.ReadMode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Files go away under readers, by closing or by deleting a topic: readers are told, nothing else
/// breaks, and who closes does not wait for them.
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class CloseWhileReadingTest {
    private static final int READERS = 4;

    @TempDir Path directory;

    @ParameterizedTest
    @EnumSource(ReadMode.class)
    void readersOfAClosedLogAreToldSo(ReadMode mode) throws Exception {
        LocalLog log = filled(mode);
        assertThat(readUnder(log, LocalLog::close)).containsOnly(Code.CLOSED);
        try (LocalLog again = TestLog.open(directory)) {
            assertThat(again.recovery().clean()).isTrue();
            TestLog.requireSound(again);
        }
    }

    @ParameterizedTest
    @EnumSource(ReadMode.class)
    void readersOfADeletedTopicAreToldSo(ReadMode mode) throws Exception {
        try (LocalLog log = filled(mode)) {
            TopicPartition other = new TopicPartition("other", 0);
            log.createTopic(TopicSpec.named("other"));

            assertThat(readUnder(log, l -> l.deleteTopic("events")))
                    .containsOnly(Code.UNKNOWN_TOPIC);

            log.append(other, TestLog.numbered(0)).get(30, TimeUnit.SECONDS);
            log.createTopic(TestLog.events(Durability.OS));
            log.append(EVENTS, TestLog.numbered(0)).get(30, TimeUnit.SECONDS);
            assertThat(TestLog.read(log, EVENTS)).isEqualTo(TestLog.numberedTexts(0, 1));
        }
    }

    private LocalLog filled(ReadMode mode) {
        LocalLog log =
                LocalLog.open(
                        directory,
                        LogOptions.defaults()
                                .with("log.min-free-bytes", 0)
                                .with("log.read.mode", mode.name()));
        log.createTopic(TopicSpec.named("events").durability(Durability.OS));
        byte[] value = new byte[200_000];
        for (int i = 0; i < 60; i++) {
            log.append(EVENTS, LogRecord.of(null, value));
        }
        log.awaitOffset(EVENTS, 59, Duration.ofSeconds(30));
        return log;
    }

    /// @return how each reader ended
    private static List<Code> readUnder(LocalLog log, Consumer<LocalLog> action) throws Exception {
        CountDownLatch running = new CountDownLatch(READERS);
        try (ExecutorService threads = Executors.newFixedThreadPool(READERS)) {
            List<Future<Code>> ends = new ArrayList<>();
            for (int i = 0; i < READERS; i++) {
                ends.add(threads.submit(() -> readUntilFailure(log, running)));
            }
            running.await();
            action.accept(log);
            List<Code> codes = new ArrayList<>();
            for (Future<Code> end : ends) {
                codes.add(end.get(30, TimeUnit.SECONDS));
            }
            return codes;
        }
    }

    private static Code readUntilFailure(LocalLog log, CountDownLatch running) {
        try (Cursor cursor = log.read(EVENTS, 0)) {
            while (true) {
                log.verify(progress -> {}); // lets every batch be checked again
                cursor.seek(0);
                while (cursor.next()) {
                    running.countDown();
                }
            }
        } catch (LogException e) {
            return e.code();
        }
    }

    @Test
    void aCursorThatWaitsForTheNextRecordEndsWithTheLog() throws Exception {
        LocalLog log = TestLog.open(directory);
        log.createTopic(TestLog.events(Durability.OS));
        try (ExecutorService threads = Executors.newFixedThreadPool(2)) {
            Future<Code> tailing = threads.submit(() -> codeOf(() -> tail(log)));
            Future<Code> awaiting =
                    threads.submit(
                            () -> codeOf(() -> log.awaitOffset(EVENTS, 0, Duration.ofDays(1))));
            log.close();
            assertThat(tailing.get(30, TimeUnit.SECONDS)).isEqualTo(Code.CLOSED);
            assertThat(awaiting.get(30, TimeUnit.SECONDS)).isEqualTo(Code.CLOSED);
        }
    }

    @Test
    void aCursorThatWaitsForTheNextRecordEndsWithTheTopic() throws Exception {
        try (LocalLog log = TestLog.open(directory);
                ExecutorService threads = Executors.newFixedThreadPool(1)) {
            log.createTopic(TestLog.events(Durability.OS));
            CountDownLatch reading = new CountDownLatch(1);
            Future<Code> tailing =
                    threads.submit(
                            () -> {
                                try (Cursor cursor = log.read(EVENTS, 0)) {
                                    reading.countDown();
                                    return codeOf(() -> cursor.next(Duration.ofDays(1)));
                                }
                            });
            reading.await();
            log.deleteTopic("events");
            assertThat(tailing.get(30, TimeUnit.SECONDS)).isEqualTo(Code.UNKNOWN_TOPIC);
        }
    }

    private static void tail(LocalLog log) {
        try (Cursor cursor = log.read(EVENTS, 0)) {
            cursor.next(Duration.ofDays(1));
        }
    }

    private static Code codeOf(Runnable action) {
        try {
            action.run();
            throw new AssertionError("it ended without a failure");
        } catch (LogException e) {
            return e.code();
        }
    }
}
