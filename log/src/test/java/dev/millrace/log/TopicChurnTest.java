package dev.millrace.log;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.log.LogException.Code;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Topics are made and deleted while others append to them, read them and wait for their records:
/// nobody waits for ever, nobody else is disturbed, and nothing is left behind.
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class TopicChurnTest {
    private static final TopicPartition STEADY = new TopicPartition("steady", 0);
    private static final Set<Code> EXPECTED = Set.of(Code.UNKNOWN_TOPIC, Code.TOPIC_EXISTS);
    private static final int ROUNDS = 40;

    @TempDir Path directory;
    private final AtomicBoolean done = new AtomicBoolean();

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void appendersAndReadersLiveThroughIt(long seed) throws Exception {
        long steady;
        try (LocalLog log = TestLog.open(directory);
                ExecutorService threads = Executors.newCachedThreadPool()) {
            log.createTopic(TopicSpec.named("steady").config("segment.bytes", "20000"));
            List<Future<?>> running = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                long ownSeed = 10 * seed + i;
                running.add(threads.submit(() -> whileRunning(() -> append(log, ownSeed))));
                running.add(threads.submit(() -> whileRunning(() -> read(log, ownSeed))));
            }
            Future<Long> steadily = threads.submit(() -> appendSteadily(log));
            churn(log, new Random(seed));
            done.set(true);
            for (Future<?> each : running) {
                each.get(60, TimeUnit.SECONDS);
            }
            steady = steadily.get(60, TimeUnit.SECONDS);
            assertThat(log.latestOffset(STEADY)).isEqualTo(steady);
        }
        try (LocalLog log = TestLog.open(directory)) {
            assertThat(log.recovery().clean()).isTrue();
            assertThat(log.recovery().orphans()).isEmpty();
            assertThat(TestLog.read(log, STEADY)).isEqualTo(TestLog.numberedTexts(0, steady));
            TestLog.requireSound(log);
            assertThat(LogFiles.files(directory.resolve("log/default"), ""))
                    .hasSize(log.topics().stream().mapToInt(TopicDescription::partitions).sum());
        }
    }

    private static String name(Random random) {
        return "churned-" + random.nextInt(3);
    }

    private static void churn(LocalLog log, Random random) {
        for (int i = 0; i < ROUNDS; i++) {
            tolerating(
                    () ->
                            log.createTopic(
                                    TopicSpec.named(name(random))
                                            .partitions(1 + random.nextInt(2))
                                            .durability(
                                                    random.nextBoolean()
                                                            ? Durability.OS
                                                            : Durability.FSYNC)
                                            .config("segment.bytes", "4096")));
            tolerating(() -> log.deleteTopic(name(random)));
        }
    }

    private static void append(LocalLog log, long seed) {
        Random random = new Random(seed);
        List<CompletableFuture<AppendResult>> sent = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            sent.add(log.append(new TopicPartition(name(random), 0), TestLog.batch(i, 5)));
        }
        sent.forEach(future -> tolerating(future::join));
    }

    private static void read(LocalLog log, long seed) {
        Random random = new Random(seed);
        for (int i = 0; i < 20; i++) {
            tolerating(
                    () -> {
                        try (Cursor cursor = log.read(new TopicPartition(name(random), 0), 0)) {
                            for (int records = 0; records < 200; records++) {
                                cursor.next(Duration.ofMillis(1));
                            }
                        }
                    });
        }
    }

    private long appendSteadily(LocalLog log) {
        long count = 0;
        while (!done.get()) {
            assertThat(log.append(STEADY, TestLog.numbered(count)).join().baseOffset())
                    .isEqualTo(count);
            count++;
        }
        return count;
    }

    private Void whileRunning(Runnable action) {
        while (!done.get()) {
            action.run();
        }
        return null;
    }

    private static void tolerating(Runnable action) {
        try {
            action.run();
        } catch (CompletionException e) {
            assertThat(e.getCause()).isInstanceOf(LogException.class);
            assertThat(((LogException) e.getCause()).code()).isIn(EXPECTED);
        } catch (LogException e) {
            assertThat(e.code()).as("%s", e).isIn(EXPECTED);
        }
    }
}
