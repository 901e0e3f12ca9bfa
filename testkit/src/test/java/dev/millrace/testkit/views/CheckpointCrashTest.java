package dev.millrace.testkit.views;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.log.LocalLog;
import dev.millrace.log.LogException;
import dev.millrace.log.LogOptions;
import dev.millrace.log.RecordBatch;
import dev.millrace.log.RunningView;
import dev.millrace.log.TopicPartition;
import dev.millrace.log.TopicSpec;
import dev.millrace.log.internal.LogEngine;
import dev.millrace.testkit.crash.Seeds;
import dev.millrace.testkit.storage.Fault;
import dev.millrace.testkit.storage.FaultStorage;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// A crash at any operation of a checkpoint, or inside one, leaves the old checkpoint or the new
/// one: over a topic that loses nothing, the view never replays.
@Timeout(300)
class CheckpointCrashTest {
    private static final Duration SOON = Duration.ofSeconds(30);
    private static final Path DIRECTORY = Path.of("/data/log");
    private static final TopicPartition P0 = new TopicPartition("events", 0);
    private static final TopicPartition P1 = new TopicPartition("events", 1);
    private static final int FIRST = 20;
    private static final int SECOND = 10;
    private static final Logger LOGGER = Logger.getLogger("dev.millrace");

    private final long seed = Seeds.seed(getClass());
    private final SplittableRandom random = new SplittableRandom(seed);
    private FaultStorage storage = new FaultStorage();
    private int states;

    @BeforeAll
    static void hush() {
        LOGGER.setLevel(Level.OFF);
    }

    @AfterAll
    static void speak() {
        LOGGER.setLevel(null);
    }

    private static LocalLog open(FaultStorage storage) {
        return LogEngine.open(
                storage,
                DIRECTORY,
                LogOptions.defaults()
                        .with("log.journal.file.bytes", 32 << 10)
                        .with("log.journal.max.bytes", 128 << 10)
                        .with("log.min-free-bytes", 0));
    }

    private static RecordingView version(String version) {
        return new RecordingView("recording", version, "events");
    }

    private static void append(LocalLog log, TopicPartition partition, int count) {
        RecordBatch.Builder batch = RecordBatch.builder();
        for (int i = 0; i < count; i++) {
            batch.add(log.latestOffset(partition) + i, null, new byte[] {(byte) i});
        }
        log.append(partition, batch.build()).join();
    }

    /// The first checkpoint has 20 records of each partition; 10 more of one follow.
    private RunningView<RecordingView> prepare(LocalLog log) {
        log.createTopic(TopicSpec.named("events").partitions(2));
        append(log, P0, FIRST);
        append(log, P1, FIRST);
        RunningView<RecordingView> running = log.views().run(version("1"));
        running.awaitPresent(SOON);
        running.checkpoint();
        append(log, P0, SECOND);
        running.awaitPresent(SOON);
        return running;
    }

    @FunctionalInterface
    private interface Look {
        void at(FaultStorage left);
    }

    /// Looks at all that a crash at each of these operations may leave.
    private void atEveryPoint(int from, int to, Look look) {
        for (int point = from; point <= to; point++) {
            List<FaultStorage> killed = new ArrayList<>(List.of(storage.snapshotAt(point)));
            if (point < to) {
                killed.add(storage.snapshotInside(point, 1));
            }
            for (FaultStorage cached : killed) {
                List<FaultStorage> left = new ArrayList<>();
                left.add(cached.dropAllUnforced());
                left.add(cached.keepAll());
                for (int i = 0; i < 4; i++) {
                    left.add(cached.afterPowerLoss(random));
                }
                left.add(cached);
                for (FaultStorage each : left) {
                    look(each, point, look);
                }
                // the process died, another one ran, and then the power went
                look(cached.dropAllUnforced(), point, look);
            }
        }
        System.out.printf("%s: %,d states%n", getClass().getSimpleName(), states);
    }

    private void look(FaultStorage left, int point, Look look) {
        states++;
        try {
            look.at(left);
        } catch (AssertionError | RuntimeException e) {
            throw new AssertionError(
                    "MILLRACE_SEED=%d, behind operation %d (%s): %s"
                            .formatted(seed, point, storage.history().get(point - 1), e),
                    e);
        }
    }

    /// Runs a version, compares it with the log, and says what it folded, or that it replayed.
    private static long run(LocalLog log, String version) {
        try (RunningView<RecordingView> running = log.views().run(version(version))) {
            assertThat(running.awaitPresent(SOON)).isTrue();
            for (TopicPartition partition : List.of(P0, P1)) {
                assertThat(running.current().recorded(partition))
                        .isEqualTo(RecordingView.expected(log, partition));
            }
            return running.current().foldedHere();
        }
    }

    private static long run(FaultStorage left, String version) {
        try (LocalLog log = open(left)) {
            return run(log, version);
        }
    }

    @Test
    void aCheckpointIsTheOldOneOrTheNewOne() {
        int from;
        int to;
        try (LocalLog log = open(storage);
                RunningView<RecordingView> running = prepare(log)) {
            from = storage.operations();
            running.checkpoint();
            to = storage.operations();
        }
        assertThat(to).isGreaterThan(from + 8);
        atEveryPoint(from, to, left -> assertThat(run(left, "1")).isIn(0L, (long) SECOND));
    }

    @Test
    void theFirstCheckpointIsThereOrNot() {
        int from;
        int to;
        try (LocalLog log = open(storage)) {
            log.createTopic(TopicSpec.named("events").partitions(2));
            append(log, P0, FIRST);
            try (RunningView<RecordingView> running = log.views().run(version("1"))) {
                running.awaitPresent(SOON);
                from = storage.operations();
                running.checkpoint();
                to = storage.operations();
            }
        }
        atEveryPoint(from, to, left -> assertThat(run(left, "1")).isIn(0L, (long) FIRST));
    }

    @Test
    void aSwapLeavesTheOldVersionOrTheNewOne() throws Exception {
        int from;
        int to;
        try (LocalLog log = open(storage);
                RunningView<RecordingView> running = prepare(log)) {
            running.checkpoint();
            from = storage.operations();
            running.replace(version("2")).get(30, TimeUnit.SECONDS);
            to = storage.operations();
        }
        assertThat(to).isGreaterThan(from + 8);
        atEveryPoint(
                from,
                to,
                left -> {
                    long second = run(left.afterProcessKill(), "2");
                    long first = run(left, "1");
                    assertThat(Math.min(first, second)).as("one of them resumes").isZero();
                });
    }

    @Test
    void aDeletionLeavesTheCheckpointOrNone() {
        int from;
        int to;
        try (LocalLog log = open(storage)) {
            prepare(log).close();
            from = storage.operations();
            log.views().delete("recording");
            to = storage.operations();
        }
        atEveryPoint(
                from, to, left -> assertThat(run(left, "1")).isIn(0L, (long) (2 * FIRST + SECOND)));
    }

    @Test
    void theProcessIsKilledAnotherRunsAndThenThePowerGoes() {
        int from;
        int to;
        try (LocalLog log = open(storage);
                RunningView<RecordingView> running = prepare(log)) {
            from = storage.operations();
            running.checkpoint();
            to = storage.operations();
        }
        for (int point = from; point <= to; point++) {
            FaultStorage killed = storage.snapshotAt(point);
            try (LocalLog log = open(killed)) {
                append(log, P1, 1);
                run(log, "1");
                look(
                        killed.dropAllUnforced(),
                        point,
                        left ->
                                assertThat(run(left, "1"))
                                        .as("the other process saved")
                                        .isIn(0L, 1L, SECOND + 1L));
            }
        }
    }

    @Test
    void whateverFailsTheViewGoesOnAndTheNextCheckpointIsGood() {
        for (Fault fault : Fault.values()) {
            for (int failing = 0; failing < 200; failing++) {
                storage = new FaultStorage();
                try (LocalLog log = open(storage);
                        RunningView<RecordingView> running = prepare(log)) {
                    storage.failAt(storage.calls() + failing, fault);
                    long calls = storage.calls();
                    boolean failed = false;
                    try {
                        running.checkpoint();
                    } catch (LogException e) {
                        failed = true;
                        assertThat(running.status().checkpointProblem()).isNotNull();
                    }
                    boolean allTried = storage.calls() - calls <= failing;
                    storage.heal();
                    look(
                            storage.dropAllUnforced(),
                            storage.operations(),
                            left -> assertThat(run(left, "1")).isIn(0L, (long) SECOND));
                    append(log, P1, 1);
                    assertThat(running.awaitPresent(SOON)).isTrue();
                    running.checkpoint();
                    assertThat(running.status().checkpointProblem()).isNull();
                    look(
                            storage.dropAllUnforced(),
                            storage.operations(),
                            left -> assertThat(run(left, "1")).isZero());
                    if (allTried) {
                        assertThat(failed).isFalse();
                        assertThat(failing).isGreaterThan(8);
                        break;
                    }
                }
            }
        }
    }

    @Test
    void aFullDiskIsSaid() {
        try (LocalLog log = open(storage);
                RunningView<RecordingView> running = prepare(log)) {
            storage.failAll(call -> call.path().startsWith("/data/log/views"), Fault.NO_SPACE);
            assertThatThrownBy(running::checkpoint)
                    .isInstanceOfSatisfying(
                            LogException.class,
                            e -> assertThat(e.code()).isEqualTo(LogException.Code.DISK_FULL));
            storage.heal();
        }
        assertThat(run(storage, "1")).isZero();
    }
}
