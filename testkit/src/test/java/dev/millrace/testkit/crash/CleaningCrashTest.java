package dev.millrace.testkit.crash;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.log.LocalLog;
import dev.millrace.log.LogException;
import dev.millrace.log.LogException.Code;
import dev.millrace.testkit.SimulatedClock;
import dev.millrace.testkit.storage.Call;
import dev.millrace.testkit.storage.Fault;
import dev.millrace.testkit.storage.FaultStorage;
import dev.millrace.testkit.storage.Operation;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Crashes at every step of retention, of the deletion of records and of compaction: the log opens
/// without damage, and holds what the [CleaningLedger] says; and it goes on, and crashes again.
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class CleaningCrashTest {
    private static final long EPOCH_MILLIS = 1_780_000_000_000L;
    private static final int GENERATIONS = 3;
    private static final Set<Code> HONEST = EnumSet.of(Code.IO, Code.DISK_FULL, Code.POISONED);

    static {
        java.util.logging.Logger.getLogger("dev.millrace").setLevel(java.util.logging.Level.OFF);
    }

    private final long seed = Seeds.seed(getClass());
    private int states;

    @Test
    void atSomePointOfTheWork() {
        atPoints(Seeds.states(600), 200, 40);
    }

    @Test
    @Tag("slow")
    void atManyPointsOfTheWork() {
        atPoints(Seeds.states(4000), 250, 60);
    }

    @Test
    @Tag("slow")
    void atEveryPointOfASmallWork() {
        SplittableRandom random = new SplittableRandom(seed);
        FaultStorage storage = new FaultStorage();
        List<CleaningLedger> ledgers = CleaningWork.newLedgers();
        SimulatedClock clock = new SimulatedClock(EPOCH_MILLIS);
        work(storage, clock, random, ledgers, 90);
        for (int point = 0; point <= storage.operations(); point++) {
            for (FaultStorage cached : moments(storage, point)) {
                for (CrashSuite.Crash left : crashes(cached, random)) {
                    open(left, at(ledgers, point), clock, where(storage, point), random, 0);
                }
            }
        }
        tell();
    }

    @Test
    @Tag("slow")
    void atEveryPointOfTheRecovery() {
        SplittableRandom seeds = new SplittableRandom(seed);
        for (int workload = 0; states < Seeds.states(1500); workload++) {
            SplittableRandom random = new SplittableRandom(seeds.nextLong());
            FaultStorage storage = new FaultStorage();
            List<CleaningLedger> ledgers = CleaningWork.newLedgers();
            SimulatedClock clock = new SimulatedClock(EPOCH_MILLIS);
            work(storage, clock, random, ledgers, 120);
            int point = random.nextInt(storage.operations() + 1);
            CrashSuite.Crash left = anyCrash(storage.snapshotAt(point), random);
            List<CleaningLedger> then = at(ledgers, point);
            String where = "workload " + workload + ", " + where(storage, point);
            try (LocalLog log = new CleaningWork(left.storage(), clock, random, then).open()) {
                assertThat(log.recovery().damage()).as(where).isEmpty();
            }
            for (int inside = 0; inside <= left.storage().operations(); inside++) {
                CrashSuite.Crash again = anyCrash(left.storage().snapshotAt(inside), random);
                open(
                        new CrashSuite.Crash(again.storage(), worse(left, again)),
                        then,
                        clock,
                        where + ", recovery " + where(left.storage(), inside),
                        random,
                        0);
            }
        }
        tell();
    }

    private void atPoints(int wanted, int workSteps, int points) {
        SplittableRandom seeds = new SplittableRandom(seed);
        for (int workload = 0; states < wanted; workload++) {
            SplittableRandom random = new SplittableRandom(seeds.nextLong());
            FaultStorage storage = new FaultStorage();
            List<CleaningLedger> ledgers = CleaningWork.newLedgers();
            SimulatedClock clock = new SimulatedClock(EPOCH_MILLIS);
            work(storage, clock, random, ledgers, workSteps);
            List<Integer> steps = cleaningSteps(storage);
            for (int i = 0; i < points; i++) {
                int point =
                        steps.isEmpty() || i % 3 == 0
                                ? random.nextInt(storage.operations() + 1)
                                : steps.get(random.nextInt(steps.size()));
                List<FaultStorage> moments = moments(storage, point);
                CrashSuite.Crash left =
                        anyCrash(moments.get(random.nextInt(moments.size())), random);
                open(
                        left,
                        at(ledgers, point),
                        clock,
                        "workload " + workload + ", " + where(storage, point),
                        random,
                        GENERATIONS);
            }
        }
        tell();
    }

    /// Points between the operations by which cleaning changes names: there are few of them in a
    /// work, and most can go wrong there.
    private static List<Integer> cleaningSteps(FaultStorage storage) {
        List<Integer> steps = new ArrayList<>();
        List<Operation> history = storage.history();
        for (int i = 0; i < history.size(); i++) {
            String words = history.get(i).toString();
            if (words.contains(".swap")
                    || words.contains(".cleaned")
                    || words.contains("cleaning-checkpoint")
                    || history.get(i) instanceof Operation.Delete) {
                steps.add(i + 1);
            }
        }
        return steps;
    }

    private static void work(
            FaultStorage storage,
            SimulatedClock clock,
            SplittableRandom random,
            List<CleaningLedger> ledgers,
            int steps) {
        CleaningWork work = new CleaningWork(storage, clock, random, ledgers);
        work.open();
        work.createTopics();
        work.run(steps);
        work.close();
        assertThat(work.failures).isEmpty();
    }

    /// Opens what is left, looks, goes on, and crashes again.
    private void open(
            CrashSuite.Crash left,
            List<CleaningLedger> ledgers,
            SimulatedClock clock,
            String where,
            SplittableRandom random,
            int generations) {
        SimulatedClock later = new SimulatedClock(clock.epochMillis());
        CleaningWork work = new CleaningWork(left.storage(), later, random, ledgers);
        try {
            LocalLog log = work.open();
            look(log, ledgers, left.mode());
            if (generations == 0 || log.topics().size() < 1 + ledgers.size()) {
                log.close();
                return;
            }
            if (left.mode() == LedgerMode.PROCESS_KILLED) {
                work.run(random.nextInt(20)); // what was lost at os would have to be adopted
            } else {
                for (CleaningLedger ledger : ledgers) {
                    log.clean(ledger.partition.topic());
                    ledger.mayStartAt(log.latestOffset(ledger.partition), 0);
                }
            }
            work.close();
            assertThat(work.failures).isEmpty();
            int point = left.storage().operations() - random.nextInt(60);
            if (point > 0 && left.mode() == LedgerMode.PROCESS_KILLED) {
                CrashSuite.Crash again = anyCrash(left.storage().snapshotAt(point), random);
                open(
                        again,
                        at(ledgers, point),
                        later,
                        where + ", then " + where(left.storage(), point),
                        random,
                        generations - 1);
            } else {
                CrashSuite.Crash again =
                        new CrashSuite.Crash(left.storage().dropAllUnforced(), left.mode());
                open(again, ledgers, later, where + ", then cleaned", random, 0);
            }
        } catch (AssertionError | RuntimeException e) {
            throw new AssertionError(
                    "MILLRACE_SEED=%d, state %d, %s, %s: %s"
                            .formatted(seed, states, left.mode(), where, e),
                    e);
        } finally {
            work.abandon();
        }
    }

    private void look(LocalLog log, List<CleaningLedger> ledgers, LedgerMode mode) {
        states++;
        assertThat(log.recovery().damage()).as("no crash leaves damage").isEmpty();
        for (CleaningLedger ledger : ledgers) {
            if (log.topics().stream().anyMatch(t -> t.name().equals(ledger.partition.topic()))) {
                ledger.check(log, mode);
            }
        }
        assertThat(log.verify(progress -> {})).as("no crash leaves damage").isEmpty();
    }

    // ---- every call fails

    @ParameterizedTest
    @EnumSource(Fault.class)
    @Tag("slow")
    void everyCallFailsOnce(Fault fault) {
        long calls = failing(new FaultStorage(), new ArrayList<>(), CleaningWork.newLedgers());
        for (long index = 0; index < calls; index += 1) {
            FaultStorage storage = new FaultStorage();
            List<Call> failed = new ArrayList<>();
            long from = index;
            storage.failNext(call -> call.index() >= from && failed.add(call), fault);
            List<CleaningLedger> ledgers = CleaningWork.newLedgers();
            try {
                failing(storage, failed, ledgers);
                storage.heal();
                states++;
                boolean force = failed.stream().anyMatch(c -> c.kind() == Call.Kind.FORCE);
                LedgerMode mode = force ? LedgerMode.POWER_LOST : LedgerMode.PROCESS_KILLED;
                recover(storage.afterProcessKill(), ledgers, mode);
                recover(storage.dropAllUnforced(), ledgers, LedgerMode.POWER_LOST);
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError(
                        "MILLRACE_SEED=%d, %s at call %d of %d, %s: %s"
                                .formatted(seed, fault, index, calls, failed, e),
                        e);
            }
        }
        tell();
    }

    private void recover(FaultStorage left, List<CleaningLedger> ledgers, LedgerMode mode) {
        SimulatedClock clock = new SimulatedClock(EPOCH_MILLIS + (1L << 30));
        CleaningWork work = new CleaningWork(left, clock, new SplittableRandom(1), ledgers);
        try {
            look(work.open(), ledgers, mode);
        } finally {
            work.abandon();
        }
    }

    /// @return how many calls there were
    private long failing(FaultStorage storage, List<Call> failed, List<CleaningLedger> ledgers) {
        SplittableRandom random = new SplittableRandom(seed);
        CleaningWork work =
                new CleaningWork(storage, new SimulatedClock(EPOCH_MILLIS), random, ledgers);
        try {
            work.open();
            work.createTopics();
            work.run(70);
            for (CleaningLedger ledger : ledgers) {
                ledger.check(work.log(), LedgerMode.PROCESS_KILLED); // readable, failed or not
            }
            work.close();
        } catch (LogException e) {
            assertThat(e.code()).as("%s after %s", e, failed).isIn(HONEST);
        } finally {
            work.abandon();
        }
        assertThat(work.failures).allSatisfy(e -> assertThat(e.code()).isIn(HONEST));
        return storage.calls();
    }

    // ---- states

    private static CrashSuite.Crash anyCrash(FaultStorage cached, SplittableRandom random) {
        int kind = random.nextInt(10);
        if (kind < 1) {
            return new CrashSuite.Crash(cached.dropAllUnforced(), LedgerMode.POWER_LOST);
        } else if (kind < 5) {
            return new CrashSuite.Crash(cached, LedgerMode.PROCESS_KILLED);
        }
        return new CrashSuite.Crash(cached.afterPowerLoss(random), LedgerMode.POWER_LOST);
    }

    private static List<CrashSuite.Crash> crashes(FaultStorage cached, SplittableRandom random) {
        return List.of(
                new CrashSuite.Crash(cached.dropAllUnforced(), LedgerMode.POWER_LOST),
                new CrashSuite.Crash(cached.keepAll(), LedgerMode.POWER_LOST),
                new CrashSuite.Crash(cached.afterPowerLoss(random), LedgerMode.POWER_LOST),
                new CrashSuite.Crash(cached.afterPowerLoss(random), LedgerMode.POWER_LOST),
                new CrashSuite.Crash(cached, LedgerMode.PROCESS_KILLED));
    }

    private static LedgerMode worse(CrashSuite.Crash one, CrashSuite.Crash other) {
        return one.mode() == LedgerMode.POWER_LOST ? one.mode() : other.mode();
    }

    private static List<CleaningLedger> at(List<CleaningLedger> ledgers, long point) {
        return ledgers.stream().map(ledger -> ledger.at(point)).toList();
    }

    private static List<FaultStorage> moments(FaultStorage storage, int point) {
        FaultStorage between = storage.snapshotAt(point);
        if (point < storage.operations()
                && storage.history().get(point) instanceof Operation.Write write
                && write.bytes().length > 1) {
            return List.of(between, storage.snapshotInside(point, 1));
        }
        return List.of(between);
    }

    private static String where(FaultStorage storage, int point) {
        List<Operation> history = storage.history();
        return "operation %d of %d (%s)"
                .formatted(
                        point,
                        history.size(),
                        point == 0 ? "the beginning" : history.get(point - 1).toString());
    }

    private void tell() {
        System.out.printf("CleaningCrashTest: %,d states%n", states);
    }
}
