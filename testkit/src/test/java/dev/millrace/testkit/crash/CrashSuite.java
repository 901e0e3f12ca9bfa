package dev.millrace.testkit.crash;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.log.LocalLog;
import dev.millrace.log.LogOptions;
import dev.millrace.log.internal.LogEngine;
import dev.millrace.testkit.SimulatedClock;
import dev.millrace.testkit.storage.FaultStorage;
import dev.millrace.testkit.storage.Operation;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import java.util.logging.Level;
import java.util.logging.Logger;

/// What [PowerLossTest] and [ProcessKillTest] share: a workload runs on a [FaultStorage], the crash
/// is put at points of its history, the log is opened on what is left and compared with the ledger
/// as it was at that point. Then the workload goes on, and the log crashes again.
abstract class CrashSuite {
    static final Path DIRECTORY = Path.of("/data/log");

    /// Everything small, so that little work does everything.
    static final LogOptions OPTIONS =
            LogOptions.defaults()
                    .with("log.journal.file.bytes", 32 << 10)
                    .with("log.journal.max.bytes", 128 << 10)
                    .with("log.min-free-bytes", 0)
                    .with("log.direct-force-bytes", 8 << 10);

    /// Thousands of recoveries have thousands of things to say, and the test asks for them itself.
    private static final Logger LOGGER = Logger.getLogger("dev.millrace");

    static {
        LOGGER.setLevel(Level.OFF);
    }

    /// What time it is at the beginning.
    private static final long EPOCH_MILLIS = 1_780_000_000_000L;

    private static final int GENERATIONS = 4;
    private static final long ALWAYS = Long.MAX_VALUE - 1;

    /// What is left, and how to look at it.
    record Crash(FaultStorage storage, LedgerMode mode) {}

    private final long seed = Seeds.seed(getClass());
    private int states;
    private String story = "";

    /// Takes the page cache's state at the moment of the crash to what is left behind it.
    abstract Crash crash(FaultStorage cached, SplittableRandom random);

    /// All that one point of a history is to be tried with.
    abstract List<Crash> crashes(FaultStorage cached, SplittableRandom random);

    static LocalLog open(FaultStorage storage) {
        return open(storage, new SimulatedClock(EPOCH_MILLIS));
    }

    static LocalLog open(FaultStorage storage, SimulatedClock clock) {
        return LogEngine.open(storage, DIRECTORY, OPTIONS, clock);
    }

    // ---- suites

    /// Workloads of chance, each crashed at some points of its history, again and again.
    void atRandomPoints(int wanted, int steps, int points) {
        SplittableRandom seeds = new SplittableRandom(seed);
        long began = System.nanoTime();
        for (int workload = 0; states < wanted; workload++) {
            SplittableRandom random = new SplittableRandom(seeds.nextLong());
            FaultStorage storage = new FaultStorage();
            CrashLedger ledger = new CrashLedger(storage::operations);
            Workload work = workload(storage, ledger, random, 0);
            begin("workload " + workload, () -> run(work, steps));
            for (int i = 0; i < points; i++) {
                int point = random.nextInt(storage.operations() + 1);
                begin(
                        "workload " + workload + ", point " + i,
                        () -> crashAndGoOn(storage, ledger, point, random, 1));
            }
        }
        tell(began);
    }

    /// One small workload, crashed at every point of its history.
    void atEveryPoint(int steps) {
        SplittableRandom random = new SplittableRandom(seed);
        long began = System.nanoTime();
        FaultStorage storage = new FaultStorage();
        CrashLedger ledger = new CrashLedger(storage::operations);
        SimulatedClock clock = new SimulatedClock(EPOCH_MILLIS);
        Workload work =
                new Workload(
                        () -> open(storage, clock),
                        ledger,
                        random,
                        Workload.Plan.everything(0, (int) OPTIONS.directForceBytes(), true),
                        clock);
        begin("workload", () -> run(work, steps));
        for (int point = 0; point <= storage.operations(); point++) {
            for (FaultStorage cached : moments(storage, point)) {
                String where = where(storage, point);
                int at = point;
                for (Crash left : crashes(cached, random)) {
                    begin(where, () -> recover(left, ledger.at(at, left.storage::operations)));
                }
            }
        }
        tell(began);
    }

    /// One small workload, whose process dies at every point of its history; the next one writes a
    /// little, and then the power takes all that is not forced.
    void atEveryPointKilledFirst(int steps) {
        SplittableRandom random = new SplittableRandom(seed);
        long began = System.nanoTime();
        FaultStorage storage = new FaultStorage();
        CrashLedger ledger = new CrashLedger(storage::operations);
        begin("workload", () -> run(workload(storage, ledger, random, 0), steps));
        for (int point = 0; point <= storage.operations(); point++) {
            FaultStorage killed = storage.snapshotAt(point);
            CrashLedger then = ledger.at(point, killed::operations);
            begin(where(storage, point), () -> killThenLosePower(killed, then, random));
        }
        tell(began);
    }

    private void killThenLosePower(
            FaultStorage killed, CrashLedger ledger, SplittableRandom random) {
        Workload work = workload(killed, ledger, random, 1);
        look(work.open(), ledger, LedgerMode.PROCESS_KILLED);
        work.run(random.nextInt(4));
        FaultStorage dropped = killed.dropAllUnforced();
        work.abandon();
        recover(new Crash(dropped, LedgerMode.POWER_LOST), ledger);
    }

    /// Crashes of chance, and then one at every operation of the recovery.
    void atEveryPointOfTheRecovery(int wanted, int steps) {
        SplittableRandom seeds = new SplittableRandom(seed);
        long began = System.nanoTime();
        for (int workload = 0; states < wanted; workload++) {
            SplittableRandom random = new SplittableRandom(seeds.nextLong());
            FaultStorage storage = new FaultStorage();
            CrashLedger ledger = new CrashLedger(storage::operations);
            Workload work = workload(storage, ledger, random, 0);
            String which = "workload " + workload;
            begin(which, () -> run(work, steps));
            int point = random.nextInt(storage.operations() + 1);
            Crash left = crash(storage.snapshotAt(point), random);
            begin(
                    which + ", crashed after " + where(storage, point),
                    () -> crashInRecovery(left, ledger.at(point, () -> 0), random));
        }
        tell(began);
    }

    private void crashInRecovery(Crash left, CrashLedger ledger, SplittableRandom random) {
        LocalLog log = open(left.storage);
        int recovery = left.storage.operations();
        log.close();
        String before = story;
        for (int point = 0; point <= recovery; point++) {
            for (FaultStorage cached : moments(left.storage, point)) {
                story = before + ", recovery crashed after " + where(left.storage, point);
                Crash again = crash(cached, random);
                LedgerMode mode = worse(left.mode, again.mode);
                recover(
                        new Crash(again.storage, mode),
                        ledger.at(ALWAYS, again.storage::operations));
            }
        }
    }

    // ---- one state

    private Workload workload(
            FaultStorage storage, CrashLedger ledger, SplittableRandom random, int generation) {
        SimulatedClock clock = new SimulatedClock(EPOCH_MILLIS);
        return new Workload(
                () -> open(storage, clock),
                ledger,
                random,
                Workload.Plan.everything(
                        (long) generation << 40,
                        (int) OPTIONS.directForceBytes(),
                        random.nextBoolean()),
                clock);
    }

    private static void run(Workload work, int steps) {
        work.open();
        work.run(steps);
        work.close();
        assertThat(work.failures()).isEmpty();
    }

    private void crashAndGoOn(
            FaultStorage storage,
            CrashLedger ledger,
            int point,
            SplittableRandom random,
            int generation) {
        story += ", crashed after " + where(storage, point);
        List<FaultStorage> moments = moments(storage, point);
        Crash left = crash(moments.get(random.nextInt(moments.size())), random);
        CrashLedger unchecked = ledger.at(point, () -> 0);
        goOn(left, unchecked, random, generation);
    }

    /// Recovers, writes more, and crashes again, perhaps while it recovers.
    private void goOn(Crash left, CrashLedger unchecked, SplittableRandom random, int generation) {
        CrashLedger ledger = unchecked.at(ALWAYS, left.storage::operations);
        Workload work = workload(left.storage, ledger, random, generation);
        LocalLog log = work.open();
        int recovery = left.storage.operations();
        look(log, ledger, left.mode);
        if (generation == GENERATIONS || random.nextInt(3) == 0) {
            log.close();
            return;
        }
        work.run(random.nextInt(12));
        work.close();
        assertThat(work.failures()).isEmpty();
        int point =
                random.nextInt(
                        random.nextInt(4) == 0 ? recovery + 1 : left.storage.operations() + 1);
        if (point >= recovery) {
            crashAndGoOn(left.storage, ledger, point, random, generation + 1);
        } else {
            story += ", recovery crashed after " + where(left.storage, point);
            Crash again = crash(left.storage.snapshotAt(point), random);
            goOn(
                    new Crash(again.storage, worse(left.mode, again.mode)),
                    unchecked,
                    random,
                    generation + 1);
        }
    }

    private void recover(Crash left, CrashLedger ledger) {
        try (LocalLog log = open(left.storage)) {
            look(log, ledger, left.mode);
        }
    }

    private void look(LocalLog log, CrashLedger ledger, LedgerMode mode) {
        states++;
        assertThat(log.recovery().damage()).as("no crash leaves damage").isEmpty();
        ledger.sendAgain(log);
        ledger.checkAndAdopt(log, mode);
        assertThat(log.verify(progress -> {})).as("no crash leaves damage").isEmpty();
    }

    /// The page cache after so many operations, and in the middle of the next where that can be.
    private static List<FaultStorage> moments(FaultStorage storage, int point) {
        FaultStorage between = storage.snapshotAt(point);
        if (point < storage.operations()
                && storage.history().get(point) instanceof Operation.Write write
                && write.bytes().length > 1) {
            int half = write.bytes().length / 2; // of a frame group, its header is there
            return List.of(
                    between, storage.snapshotInside(point, 1), storage.snapshotInside(point, half));
        }
        return List.of(between);
    }

    private static LedgerMode worse(LedgerMode one, LedgerMode other) {
        return one == LedgerMode.POWER_LOST ? one : other;
    }

    // ---- telling

    private static String where(FaultStorage storage, int point) {
        List<Operation> history = storage.history();
        return "operation %d of %d (%s)"
                .formatted(
                        point,
                        history.size(),
                        point == 0 ? "the beginning" : history.get(point - 1).toString());
    }

    private void begin(String what, Runnable work) {
        story = what;
        try {
            work.run();
        } catch (AssertionError | RuntimeException e) {
            throw new AssertionError(
                    "MILLRACE_SEED=%d, state %d: %s: %s".formatted(seed, states, story, e), e);
        }
    }

    private void tell(long began) {
        System.out.printf(
                "%s: %,d states in %.1f s%n",
                getClass().getSimpleName(), states, (System.nanoTime() - began) / 1e9);
    }
}
