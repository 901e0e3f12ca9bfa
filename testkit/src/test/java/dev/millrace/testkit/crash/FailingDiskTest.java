package dev.millrace.testkit.crash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.log.AppendResult;
import dev.millrace.log.Durability;
import dev.millrace.log.LocalLog;
import dev.millrace.log.LogException;
import dev.millrace.log.LogException.Code;
import dev.millrace.log.LogOptions;
import dev.millrace.log.RecordBatch;
import dev.millrace.log.TopicDescription;
import dev.millrace.log.TopicPartition;
import dev.millrace.log.TopicSpec;
import dev.millrace.log.internal.LogEngine;
import dev.millrace.testkit.storage.Call;
import dev.millrace.testkit.storage.Fault;
import dev.millrace.testkit.storage.FaultStorage;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// The disk answers with errors: appends fail and say so, nothing acknowledged is lost, and nothing
/// that was not forced is taken for it afterwards.
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class FailingDiskTest {
    private static final TopicPartition ORDERS = new TopicPartition("orders", 0);
    private static final Set<Code> HONEST = EnumSet.of(Code.IO, Code.DISK_FULL, Code.POISONED);
    private static final Predicate<Call> FORCES = call -> call.kind() == Call.Kind.FORCE;

    private final FaultStorage storage = new FaultStorage();

    // ---- every call

    @ParameterizedTest
    @EnumSource(Fault.class)
    @Tag("slow")
    void everyCallFailsOnce(Fault fault) {
        everyCallFails(fault, (failing, which) -> failing.failNext(which, fault), call -> true);
    }

    @Test
    @Tag("slow")
    void everyForceFailsFromSomeCallOn() {
        everyCallFails(
                Fault.IO_ERROR, (failing, which) -> failing.failAll(which, Fault.IO_ERROR), FORCES);
    }

    @Test
    @Tag("slow")
    void everyWriteFailsFromSomeCallOn() {
        everyCallFails(
                Fault.NO_SPACE,
                (failing, which) -> failing.failAll(which, Fault.SHORT_WRITE_NO_SPACE),
                call -> call.kind().takesSpace());
    }

    private interface Failing {
        void fail(FaultStorage storage, Predicate<Call> which);
    }

    /// Does the same work again and again, with a failure at each call in turn.
    private void everyCallFails(Fault fault, Failing failing, Predicate<Call> which) {
        long seed = Seeds.seed(getClass());
        long calls = work(new FaultStorage(), new CrashLedger(), seed);
        int states = 0;
        for (long index = 0; index < calls; index++) {
            FaultStorage faulty = new FaultStorage();
            CrashLedger ledger = new CrashLedger();
            List<Call> failed = new ArrayList<>();
            long from = index;
            failing.fail(
                    faulty,
                    call ->
                            call.index() >= from
                                    && which.test(call)
                                    && (failed.size() > 3 || failed.add(call)));
            try {
                work(faulty, ledger, seed);
                faulty.heal();
                // what a failed force has left is not believed: of os, a suffix may go
                LedgerMode restarted =
                        failed.stream().anyMatch(FORCES)
                                ? LedgerMode.POWER_LOST
                                : LedgerMode.PROCESS_KILLED;
                states += reopen(faulty, ledger, restarted, new SplittableRandom(seed + index));
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError(
                        "MILLRACE_SEED=%d, %s at call %d of %d, %s: %s"
                                .formatted(seed, fault, index, calls, failed, e),
                        e);
            }
        }
        System.out.printf("FailingDiskTest: %s, %,d states%n", fault, states);
    }

    /// @return how many calls there were
    private static long work(FaultStorage storage, CrashLedger ledger, long seed) {
        Workload work =
                new Workload(
                        () -> CrashSuite.open(storage),
                        ledger,
                        new SplittableRandom(seed),
                        Workload.Plan.everything(
                                0, (int) CrashSuite.OPTIONS.directForceBytes(), true));
        try {
            work.open();
            work.run(24);
            work.close();
        } catch (LogException e) {
            assertThat(e.code()).as("%s", e).isIn(HONEST);
        } finally {
            work.abandon();
        }
        assertThat(work.failures()).allSatisfy(e -> assertThat(e.code()).isIn(HONEST));
        return storage.calls();
    }

    /// What to do to the disk before the log is opened again.
    private enum Next {
        RESTART,
        EVICTION,
        DROPPED,
        POWER_LOSS;

        CrashSuite.Crash of(FaultStorage faulty, LedgerMode restarted, SplittableRandom random) {
            return switch (this) {
                case RESTART -> new CrashSuite.Crash(faulty.afterProcessKill(), restarted);
                case EVICTION -> {
                    FaultStorage evicted = faulty.afterProcessKill();
                    evicted.evictCleanPages();
                    yield new CrashSuite.Crash(evicted, LedgerMode.POWER_LOST);
                }
                case DROPPED ->
                        new CrashSuite.Crash(faulty.dropAllUnforced(), LedgerMode.POWER_LOST);
                case POWER_LOSS ->
                        new CrashSuite.Crash(faulty.afterPowerLoss(random), LedgerMode.POWER_LOST);
            };
        }
    }

    private static int reopen(
            FaultStorage faulty,
            CrashLedger ledger,
            LedgerMode restarted,
            SplittableRandom random) {
        for (Next next : Next.values()) {
            try {
                reopen(next.of(faulty, restarted, random), ledger.at(0, () -> 0));
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("after " + next + ": " + e, e);
            }
        }
        return 2 * Next.values().length;
    }

    private static void reopen(CrashSuite.Crash crash, CrashLedger ledger) {
        LocalLog log = CrashSuite.open(crash.storage());
        int recovered = crash.storage().operations();
        assertThat(log.recovery().damage()).isEmpty();
        ledger.checkAndAdopt(log, crash.mode());
        log.close();
        // whatever was shown then was durable, failed force or not
        FaultStorage dropped = crash.storage().snapshotAt(recovered).dropAllUnforced();
        try (LocalLog again = CrashSuite.open(dropped)) {
            ledger.check(again, LedgerMode.POWER_LOST);
        }
    }

    // ---- a force fails

    @Test
    void aFailedForceOfTheJournalPoisons() {
        try (LocalLog log = open()) {
            append(log, ORDERS, 1);
            storage.failNext(FORCES, Fault.IO_ERROR);
            assertThat(failure(send(log, ORDERS, 2))).isIn(Code.IO, Code.POISONED);
            assertThat(failure(send(log, ORDERS, 3))).isEqualTo(Code.POISONED);
            assertThat(log.latestOffset(ORDERS)).isEqualTo(1);
            assertThat(CrashLedger.ids(log, ORDERS)).containsExactly(1);
        }
        try (LocalLog log = open()) { // the process goes on with a new log, over the same cache
            assertThat(CrashLedger.ids(log, ORDERS)).containsExactly(1);
            append(log, ORDERS, 4);
            assertThat(CrashLedger.ids(log, ORDERS)).containsExactly(1, 4);
        }
    }

    @Test
    void aFailedForceOfASegmentPoisons() {
        try (LocalLog log = open()) {
            append(log, ORDERS, 1);
            storage.failNext(FORCES, Fault.IO_ERROR);
            int large = (int) CrashSuite.OPTIONS.directForceBytes();
            CompletableFuture<AppendResult> sent =
                    log.append(ORDERS, RecordBatch.of(Payload.record(2, large)));
            assertThat(failure(sent)).isIn(Code.IO, Code.POISONED);
            assertThat(failure(send(log, ORDERS, 3))).isEqualTo(Code.POISONED);
            assertThat(CrashLedger.ids(log, ORDERS)).containsExactly(1);
        }
        FaultStorage later = storage.dropAllUnforced();
        try (LocalLog log = CrashSuite.open(later)) {
            assertThat(CrashLedger.ids(log, ORDERS)).containsExactly(1);
        }
    }

    @Test
    void whatAFailedForceLeftInTheCacheIsNotBelieved() {
        FaultStorage killed;
        try (LocalLog log = open()) {
            append(log, ORDERS, 1);
            storage.failNext(FORCES, Fault.IO_ERROR);
            assertThat(failure(send(log, ORDERS, 2))).isIn(Code.IO, Code.POISONED);
            killed = storage.afterProcessKill();
        }
        CrashLedger ledger = new CrashLedger();
        ledger.creating("orders", 1, Durability.FSYNC);
        ledger.sending(ORDERS, 1, 1).acknowledged(0);
        ledger.sending(ORDERS, 2, 1).failed();
        try (LocalLog log = CrashSuite.open(killed)) {
            ledger.checkAndAdopt(log, LedgerMode.PROCESS_KILLED);
            try (LocalLog after = CrashSuite.open(killed.dropAllUnforced())) {
                ledger.check(after, LedgerMode.POWER_LOST);
            }
            long[] ids = CrashLedger.ids(log, ORDERS);
            append(log, ORDERS, 3);
            FaultStorage dropped = killed.dropAllUnforced();
            try (LocalLog after = CrashSuite.open(dropped)) {
                assertThat(CrashLedger.ids(after, ORDERS)).startsWith(ids).endsWith(3);
            }
        }
    }

    // ---- the disk is full

    @Test
    void aFullDiskResumesByItself() throws Exception {
        try (LocalLog log = open()) {
            append(log, ORDERS, 1);
            List<Long> kept = fill(log);
            assertThat(CrashLedger.ids(log, ORDERS)).startsWith(1);
            int failedBefore = 3;
            for (int i = 0; i < failedBefore; i++) {
                assertThat(failure(send(log, ORDERS, 900 + i))).isEqualTo(Code.DISK_FULL);
            }
            storage.limitTo(Long.MAX_VALUE);
            long resumed = appendWhenThereIsSpace(log, 1000);
            assertThat(resumed).isEqualTo(kept.size() + 1);
        }
        try (LocalLog log = CrashSuite.open(storage.dropAllUnforced())) {
            assertThat(CrashLedger.ids(log, ORDERS)).startsWith(1).endsWith(1000);
        }
    }

    @Test
    void aDeletedTopicMakesRoomOnAFullDisk() throws Exception {
        LogOptions options = CrashSuite.OPTIONS.with("log.min-free-bytes", 100_000);
        storage.limitTo(800_000);
        try (LocalLog log = LogEngine.open(storage, CrashSuite.DIRECTORY, options)) {
            log.createTopic(TopicSpec.named("orders"));
            log.createTopic(TopicSpec.named("ballast"));
            TopicPartition ballast = new TopicPartition("ballast", 0);
            Code refused = null;
            for (int i = 0; refused == null && i < 100; i++) {
                refused = failureOrNull(log.append(ballast, Payload.record(i, 10_000)));
            }
            assertThat(refused).isEqualTo(Code.DISK_FULL);
            log.deleteTopic("ballast");
            appendWhenThereIsSpace(log, 1000);
        }
    }

    @Test
    void tooLittleFreeSpaceIsAFullDisk() throws Exception {
        LogOptions options = CrashSuite.OPTIONS.with("log.min-free-bytes", 1 << 20);
        try (LocalLog log = LogEngine.open(storage, CrashSuite.DIRECTORY, options)) {
            log.createTopic(TopicSpec.named("orders"));
            append(log, ORDERS, 1);
            storage.limitTo(1 << 20);
            // the space is not asked for with each append
            List<CompletableFuture<AppendResult>> sent = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                sent.add(log.append(ORDERS, Payload.record(2 + i, 100_000)));
            }
            assertThat(failure(sent.getLast())).isEqualTo(Code.DISK_FULL);
            assertThat(CrashLedger.ids(log, ORDERS)).startsWith(1);
            storage.limitTo(Long.MAX_VALUE);
            appendWhenThereIsSpace(log, 1000);
        }
    }

    /// Appends until the disk is full.
    private List<Long> fill(LocalLog log) throws InterruptedException {
        storage.limitTo(storage.files().values().stream().mapToLong(size -> size).sum() + 20_000);
        List<Long> kept = new ArrayList<>();
        for (long id = 2; id < 800; id++) {
            try {
                send(log, ORDERS, id).get(30, TimeUnit.SECONDS);
                kept.add(id);
            } catch (ExecutionException e) {
                assertThat(e.getCause())
                        .isInstanceOfSatisfying(
                                LogException.class,
                                full -> assertThat(full.code()).isEqualTo(Code.DISK_FULL));
                return kept;
            } catch (java.util.concurrent.TimeoutException e) {
                throw new AssertionError("an append on a full disk was never answered", e);
            }
        }
        throw new AssertionError("the disk never was full");
    }

    /// Appends until it goes.
    ///
    /// @return the offset
    private static long appendWhenThereIsSpace(LocalLog log, long id) throws InterruptedException {
        for (int attempt = 0; attempt < 1000; attempt++) {
            CompletableFuture<AppendResult> sent = send(log, ORDERS, id);
            Code code = failureOrNull(sent);
            if (code == null) {
                return sent.join().baseOffset();
            }
            assertThat(code).isEqualTo(Code.DISK_FULL);
            Thread.sleep(10);
        }
        throw new AssertionError("the log did not go on although there is space");
    }

    // ---- small change

    private LocalLog open() {
        LocalLog log = CrashSuite.open(storage);
        if (log.topics().stream().allMatch(TopicDescription::internal)) {
            log.createTopic(TopicSpec.named("orders"));
        }
        return log;
    }

    private static CompletableFuture<AppendResult> send(
            LocalLog log, TopicPartition partition, long id) {
        return log.append(partition, Payload.record(id, 100));
    }

    private static void append(LocalLog log, TopicPartition partition, long id) {
        send(log, partition, id).join();
    }

    private static Code failure(CompletableFuture<AppendResult> sent) {
        assertThatThrownBy(() -> sent.get(30, TimeUnit.SECONDS))
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(LogException.class);
        Code code = failureOrNull(sent);
        assertThat(code).isNotNull();
        return code;
    }

    private static Code failureOrNull(CompletableFuture<AppendResult> sent) {
        try {
            sent.get(30, TimeUnit.SECONDS);
            return null;
        } catch (ExecutionException e) {
            return ((LogException) e.getCause()).code();
        } catch (InterruptedException | java.util.concurrent.TimeoutException e) {
            throw new AssertionError("an append was never answered", e);
        }
    }
}
