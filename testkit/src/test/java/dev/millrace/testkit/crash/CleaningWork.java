package dev.millrace.testkit.crash;

import dev.millrace.log.Compression;
import dev.millrace.log.LocalLog;
import dev.millrace.log.LogException;
import dev.millrace.log.LogOptions;
import dev.millrace.log.LogRecord;
import dev.millrace.log.RecordBatch;
import dev.millrace.log.TopicSpec;
import dev.millrace.log.internal.LogEngine;
import dev.millrace.testkit.SimulatedClock;
import dev.millrace.testkit.storage.FaultStorage;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/// A seeded sender to topics that are compacted, that have a retention by time and by size, and
/// both; it has them cleaned, deletes records, lets time pass and opens the log again. For one
/// thread.
final class CleaningWork {
    static final LogOptions OPTIONS =
            CrashSuite.OPTIONS
                    .with("log.cleaner.interval.ms", -1)
                    .with("log.cleaner.memory.bytes", 1 << 14);
    private static final int KEYS = 14;
    private static final long DELETE_RETENTION = 20_000;

    private final FaultStorage storage;
    private final SimulatedClock clock;
    private final SplittableRandom random;
    private final List<CleaningLedger> ledgers;
    final List<LogException> failures = new ArrayList<>();
    private @Nullable LocalLog log;

    CleaningWork(
            FaultStorage storage,
            SimulatedClock clock,
            SplittableRandom random,
            List<CleaningLedger> ledgers) {
        this.storage = storage;
        this.clock = clock;
        this.random = random;
        this.ledgers = ledgers;
    }

    static List<CleaningLedger> newLedgers() {
        return List.of(
                new CleaningLedger("compacted", true, true, false),
                new CleaningLedger("compacted-os", false, true, true),
                new CleaningLedger("both", true, true, true),
                new CleaningLedger("aged", true, false, false),
                new CleaningLedger("sized-os", false, false, false));
    }

    LocalLog open() {
        LocalLog opened = LogEngine.open(storage, CrashSuite.DIRECTORY, OPTIONS, clock);
        log = opened;
        return opened;
    }

    LocalLog log() {
        if (log == null) {
            throw new IllegalStateException("the log is not open");
        }
        return log;
    }

    void createTopics() {
        create("compacted", "fsync", "compact", "delete.retention.ms", 1L << 50);
        create("compacted-os", "os", "compact", "delete.retention.ms", DELETE_RETENTION);
        create("both", "fsync", "compact,delete", "delete.retention.ms", 0);
        create("aged", "fsync", "delete", "retention.ms", 60_000);
        create("sized-os", "os", "delete", "retention.bytes", 9000);
    }

    private void create(String name, String durability, String policy, String key, long value) {
        log().createTopic(
                        TopicSpec.named(name)
                                .config("durability", durability)
                                .config("cleanup.policy", policy)
                                .config("segment.bytes", "4096")
                                .config("segment.ms", "50000")
                                .config("index.interval.bytes", "512")
                                .config(key, Long.toString(value)));
    }

    void run(int steps) {
        for (int i = 0; i < steps; i++) {
            step();
        }
    }

    void close() {
        LocalLog present = log();
        log = null;
        present.close();
    }

    /// Lets go of the log, whatever it says to that.
    void abandon() {
        LocalLog present = log;
        log = null;
        if (present != null) {
            try {
                present.close();
            } catch (LogException e) {
                failures.add(e);
            }
        }
    }

    private void step() {
        CleaningLedger ledger = ledgers.get(random.nextInt(ledgers.size()));
        int choice = random.nextInt(100);
        if (choice < 55) {
            append(ledger);
        } else if (choice < 75) {
            clean(ledger);
        } else if (choice < 85) {
            deleteRecords(ledger);
        } else if (choice < 95) {
            clock.advance(random.nextInt(40_000));
        } else {
            close();
            open();
        }
    }

    private void append(CleaningLedger ledger) {
        List<LogRecord> records = new ArrayList<>();
        for (int i = random.nextInt(1, 14); i > 0; i--) {
            byte[] key = ("key-" + random.nextInt(KEYS)).getBytes(StandardCharsets.UTF_8);
            byte[] value = random.nextInt(6) == 0 ? null : new byte[random.nextInt(250)];
            records.add(
                    new LogRecord(
                            clock.epochMillis() + random.nextInt(2000), key, value, List.of()));
        }
        Compression codec =
                random.nextInt(5) == 0 ? Compression.values()[random.nextInt(5)] : Compression.NONE;
        ledger.sending(log().latestOffset(ledger.partition), records, storage.operations());
        try {
            log().append(ledger.partition, RecordBatch.of(records, codec)).join();
            ledger.acknowledged(storage.operations());
        } catch (CompletionException e) {
            failed(e.getCause());
        }
    }

    private void clean(CleaningLedger ledger) {
        long end = log().latestOffset(ledger.partition);
        ledger.mayStartAt(end, storage.operations());
        try {
            log().clean(ledger.partition.topic());
        } catch (LogException e) {
            failed(e);
        }
        ledger.startsAt(log().earliestOffset(ledger.partition), storage.operations());
    }

    private void deleteRecords(CleaningLedger ledger) {
        long earliest = log().earliestOffset(ledger.partition);
        long end = log().latestOffset(ledger.partition);
        long before = random.nextInt(4) == 0 ? end : random.nextLong(earliest, end + 1);
        boolean deletes = log().describeTopic(ledger.partition.topic()).config().deleted();
        if (!deletes) {
            return;
        }
        ledger.mayStartAt(before, storage.operations());
        try {
            long start = log().deleteRecords(ledger.partition, before);
            ledger.startsAt(start, storage.operations());
        } catch (LogException e) {
            failed(e);
        }
    }

    private void failed(Throwable failure) {
        if (!(failure instanceof LogException expected)) {
            throw new AssertionError("failed with something else than a LogException", failure);
        }
        failures.add(expected);
    }
}
