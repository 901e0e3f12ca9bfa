package dev.millrace.log;

import static dev.millrace.log.TestLog.EVENTS;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Callers wait where more than `log.max-waiting-bytes` is waiting to be written, and go on.
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class BackpressureTest {
    private static final int CALLERS = 32;
    private static final int BATCHES = 40;

    @TempDir Path directory;

    @ParameterizedTest
    @EnumSource(
            value = Durability.class,
            names = {"OS", "FSYNC"})
    void manyMoreCallersThanThereIsRoomForAllGoOn(Durability durability) throws Exception {
        RecordBatch batch = RecordBatch.of(LogRecord.of(new byte[0], new byte[1000]));
        LogOptions options =
                TestLog.options(64 << 10, 256 << 10, 0, 3L * batch.sizeInBytes(), 1 << 20, 4 << 10);
        try (LocalLog log = LocalLog.open(directory, options);
                ExecutorService callers = Executors.newFixedThreadPool(CALLERS)) {
            log.createTopic(TestLog.events(durability));
            List<Future<?>> done = new ArrayList<>();
            for (int i = 0; i < CALLERS; i++) {
                done.add(callers.submit(() -> appendAll(log, batch)));
            }
            for (Future<?> future : done) {
                future.get(50, TimeUnit.SECONDS);
            }
            assertThat(log.latestOffset(EVENTS)).isEqualTo(CALLERS * BATCHES);
        }
    }

    private static void appendAll(LocalLog log, RecordBatch batch) {
        List<CompletableFuture<AppendResult>> sent = new ArrayList<>();
        for (int i = 0; i < BATCHES; i++) {
            sent.add(log.append(EVENTS, batch));
        }
        sent.forEach(CompletableFuture::join);
    }

    @ParameterizedTest
    @EnumSource(
            value = Durability.class,
            names = {"OS", "FSYNC"})
    void aBatchLargerThanAllTheRoomIsTaken(Durability durability) throws Exception {
        LogOptions options = TestLog.options(64 << 10, 256 << 10, 0, 100, 1 << 20, 4 << 10);
        try (LocalLog log = LocalLog.open(directory, options)) {
            log.createTopic(TestLog.events(durability));
            RecordBatch large = RecordBatch.of(LogRecord.of(new byte[0], new byte[20_000]));
            List<CompletableFuture<AppendResult>> sent = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                sent.add(log.append(EVENTS, large));
            }
            for (CompletableFuture<AppendResult> future : sent) {
                future.get(50, TimeUnit.SECONDS);
            }
            assertThat(log.latestOffset(EVENTS)).isEqualTo(10);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Durability.class,
            names = {"OS", "FSYNC"})
    void anInterruptedCallerStillWaitsItsTurnAndStaysInterrupted(Durability durability) {
        LogOptions options = TestLog.options(64 << 10, 256 << 10, 0, 500, 1 << 20, 4 << 10);
        try (LocalLog log = LocalLog.open(directory, options)) {
            log.createTopic(TestLog.events(durability));
            Thread.currentThread().interrupt();
            List<CompletableFuture<AppendResult>> sent = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                sent.add(log.append(EVENTS, TestLog.numbered(i)));
            }
            assertThat(Thread.interrupted()).isTrue();
            sent.forEach(CompletableFuture::join);
            assertThat(TestLog.read(log, EVENTS)).isEqualTo(TestLog.numberedTexts(0, 100));
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Durability.class,
            names = {"OS", "FSYNC"})
    void aStageOfAFutureMayAppendMoreThanThereIsRoomFor(Durability durability) throws Exception {
        LogOptions options = TestLog.options(64 << 10, 256 << 10, 0, 4096, 1 << 20, 4 << 10);
        try (LocalLog log = LocalLog.open(directory, options)) {
            log.createTopic(TestLog.events(durability));
            List<CompletableFuture<AppendResult>> sent = new ArrayList<>();
            log.append(EVENTS, TestLog.numbered(0))
                    .thenRun(
                            () -> {
                                for (int i = 1; i <= 100; i++) {
                                    sent.add(log.append(EVENTS, TestLog.numbered(i)));
                                }
                            })
                    .get(30, TimeUnit.SECONDS);
            for (CompletableFuture<AppendResult> future : sent) {
                future.get(30, TimeUnit.SECONDS);
            }
            assertThat(TestLog.read(log, EVENTS)).isEqualTo(TestLog.numberedTexts(0, 101));
        }
    }
}
