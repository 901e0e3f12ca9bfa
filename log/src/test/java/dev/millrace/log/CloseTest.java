package dev.millrace.log;

import static dev.millrace.log.TestLog.EVENTS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.log.LogException.Code;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Closing comes at any moment: nobody waits for ever, and nothing acknowledged is lost.
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class CloseTest {
    private static final int THREADS = 64;

    @TempDir Path directory;

    @ParameterizedTest
    @EnumSource(
            value = Durability.class,
            names = {"OS", "FSYNC"})
    void everyFutureCompletesWhereManyThreadsAppend(Durability durability) throws Exception {
        for (int round = 0; round < 10; round++) {
            Path round_ = directory.resolve("round-" + round);
            long acknowledged = closeUnderAppends(round_, durability);
            try (LocalLog log = TestLog.open(round_)) {
                assertThat(log.latestOffset(EVENTS)).isEqualTo(acknowledged);
                assertThat(log.recovery().clean()).isTrue();
                TestLog.requireSound(log);
            }
        }
    }

    private static long closeUnderAppends(Path directory, Durability durability) throws Exception {
        CountDownLatch running = new CountDownLatch(THREADS);
        List<Future<Long>> counts = new ArrayList<>();
        try (ExecutorService threads = Executors.newFixedThreadPool(THREADS)) {
            try (LocalLog log = TestLog.open(directory)) {
                log.createTopic(TestLog.events(durability));
                for (int i = 0; i < THREADS; i++) {
                    counts.add(threads.submit(() -> appendUntilClosed(log, running)));
                }
                running.await();
            }
            long acknowledged = 0;
            for (Future<Long> count : counts) {
                acknowledged += count.get(30, TimeUnit.SECONDS);
            }
            return acknowledged;
        }
    }

    /// Appends four at a time, and tells how many were acknowledged before the log was closed.
    private static Long appendUntilClosed(LocalLog log, CountDownLatch running) throws Exception {
        long acknowledged = 0;
        while (true) {
            List<CompletableFuture<AppendResult>> sent = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                sent.add(log.append(EVENTS, TestLog.numbered(i)));
            }
            running.countDown();
            boolean closed = false;
            for (CompletableFuture<AppendResult> future : sent) {
                try {
                    future.get(30, TimeUnit.SECONDS);
                    acknowledged++;
                } catch (java.util.concurrent.ExecutionException e) {
                    assertThat(e.getCause()).isInstanceOf(LogException.class);
                    assertThat(((LogException) e.getCause()).code()).isEqualTo(Code.CLOSED);
                    closed = true;
                }
            }
            if (closed) {
                return acknowledged;
            }
        }
    }

    @Test
    void whatWaitsWhileTheJournalMustNotGrowIsWrittenFirst() {
        LogOptions options = TestLog.options(4096, 4096, 0, 64 << 20, 1 << 20, 4 << 10);
        List<CompletableFuture<AppendResult>> sent = new ArrayList<>();
        try (LocalLog log = LocalLog.open(directory, options)) {
            log.createTopic(TestLog.events(Durability.FSYNC));
            for (int i = 0; i < 2000; i++) {
                sent.add(log.append(EVENTS, TestLog.numbered(i)));
            }
        }
        assertThat(sent).allMatch(future -> !future.isCompletedExceptionally());
        try (LocalLog log = LocalLog.open(directory, options)) {
            assertThat(TestLog.read(log, EVENTS)).isEqualTo(TestLog.numberedTexts(0, 2000));
        }
    }

    @Test
    void theSameProcessOpensTheDirectoryAtOnceAgain() {
        for (int i = 0; i < 50; i++) {
            try (LocalLog log = TestLog.open(directory)) {
                if (i == 0) {
                    log.createTopic(TestLog.events(Durability.FSYNC));
                }
                assertThat(log.recovery().clean()).isTrue();
                assertThat(log.latestOffset(EVENTS)).isEqualTo(i);
                log.append(EVENTS, TestLog.numbered(i)).join();
            }
        }
    }

    @Test
    void closingTwiceIsClosingOnce() {
        LocalLog log = TestLog.open(directory);
        log.close();
        log.close();
    }

    @Test
    void aClosedLogSaysSo() {
        LocalLog log = TestLog.open(directory);
        log.createTopic(TestLog.events(Durability.OS));
        TestLog.fill(log, EVENTS, 10, 1);
        Appender appender = log.appender("events");
        log.close();

        assertThatThrownBy(log::topics).satisfies(CloseTest::saysClosed);
        assertThatThrownBy(() -> log.createTopic(TopicSpec.named("more")))
                .satisfies(CloseTest::saysClosed);
        assertThatThrownBy(() -> log.read(EVENTS, 0)).satisfies(CloseTest::saysClosed);
        assertThatThrownBy(() -> log.latestOffset(EVENTS)).satisfies(CloseTest::saysClosed);
        assertThatThrownBy(() -> log.awaitOffset(EVENTS, 99, Duration.ofDays(1)))
                .satisfies(CloseTest::saysClosed);
        appender.append(TestLog.numbered(1));
        assertThatThrownBy(appender::flush).satisfies(CloseTest::saysClosed);
        appender.close();
    }

    @Test
    void everyWayToAppendToAClosedLogFailsThroughTheFuture() {
        LocalLog log = TestLog.open(directory);
        log.createTopic(TestLog.events(Durability.OS));
        log.close();

        List<CompletableFuture<AppendResult>> futures =
                List.of(
                        log.append("events", TestLog.numbered(1)),
                        log.append(EVENTS, TestLog.numbered(1)),
                        log.append(EVENTS, TestLog.batch(1, 2)));
        for (CompletableFuture<AppendResult> future : futures) {
            assertThatThrownBy(future::join)
                    .isInstanceOf(CompletionException.class)
                    .cause()
                    .satisfies(CloseTest::saysClosed);
        }
    }

    private static void saysClosed(Throwable e) {
        assertThat(e).isInstanceOf(LogException.class);
        assertThat(((LogException) e).code()).isEqualTo(Code.CLOSED);
    }
}
