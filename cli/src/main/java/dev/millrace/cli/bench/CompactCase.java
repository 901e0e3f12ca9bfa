package dev.millrace.cli.bench;

import dev.millrace.log.CleaningReport;
import dev.millrace.log.Durability;
import dev.millrace.log.LocalLog;
import dev.millrace.log.LogException;
import dev.millrace.log.LogOptions;
import dev.millrace.log.RecordBatch;
import dev.millrace.log.TopicPartition;
import dev.millrace.log.TopicSpec;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/// Compacts a topic in which every key was written ten times: alone and as fast as it goes, or at
/// its usual pace while others append, and then what matters is how long those wait.
final class CompactCase implements BenchCase {
    private static final String TOPIC = "state";
    private static final TopicPartition STATE = new TopicPartition(TOPIC, 0);
    private static final int RECORDS_IN_BATCH = 1000;
    private static final int TIMES_WRITTEN = 10;
    private static final int CALLERS = 64;

    /// Spreads the keys over the rounds; odd, so that each comes once a round.
    private static final long STRIDE = 7919;

    private final String name;
    private final boolean whileAppending;

    private CompactCase(String name, boolean whileAppending) {
        this.name = name;
        this.whileAppending = whileAppending;
    }

    static List<BenchCase> all() {
        return List.of(new CompactCase("compact", false), new CompactCase("compact.append", true));
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public boolean longRow() {
        return true;
    }

    @Override
    public List<Goal> goals() {
        return List.of();
    }

    @Override
    public Conditions conditions() {
        return whileAppending
                ? new Conditions(
                        "fsync",
                        "none",
                        4,
                        CALLERS,
                        "64 callers, each waits for its answer, while a topic is compacted",
                        true)
                : new Conditions("os", "none", 1, 1, "one compaction, not throttled", true);
    }

    @Override
    public Outcome run(Workbench bench) throws Exception {
        Path folder = bench.folder(name);
        LogOptions options = LogOptions.defaults().with("log.cleaner.interval.ms", -1);
        if (!whileAppending) {
            options = options.with("log.cleaner.bytes-per-second", -1);
        }
        try (LocalLog log = LocalLog.open(folder, options)) {
            log.createTopic(
                    TopicSpec.named(TOPIC)
                            .durability(Durability.OS)
                            .config("cleanup.policy", "compact")
                            .config("segment.bytes", Long.toString(segmentBytes(bench))));
            return whileAppending ? appends(log, bench) : compaction(log, bench);
        } finally {
            Scratch.delete(folder);
        }
    }

    /// So many segments that the last, which is never compacted, has a small part of the records.
    private static long segmentBytes(Workbench bench) {
        long bytes = bench.scale().readRecords() * Values.VALUE_BYTES;
        return Math.clamp(bytes / 16, 1 << 16, 64 << 20);
    }

    /// Appends every key ten times, and then what fills the last segment.
    ///
    /// @return how many keys there are
    private long fill(LocalLog log, Workbench bench, long records) {
        bench.progress().accept(name + ": filling");
        long keys = Math.max(1, records / TIMES_WRITTEN) | 1;
        RecordBatch.Builder builder = RecordBatch.builder();
        byte[] key = new byte[Long.BYTES];
        for (long i = 0; i < keys * TIMES_WRITTEN; i++) {
            ByteBuffer.wrap(key).putLong(i % keys * STRIDE % keys);
            builder.add(1_000 + i, key, bench.values().get(i));
            if (builder.count() == RECORDS_IN_BATCH) {
                var _ = log.append(STATE, builder.build());
            }
        }
        ByteBuffer.wrap(key).putLong(-1);
        builder.add(0, key, bench.values().get(0));
        log.append(STATE, builder.build()).join();
        return keys;
    }

    private Outcome compaction(LocalLog log, Workbench bench) throws Exception {
        fill(log, bench, bench.scale().readRecords() / 4); // for the compiler
        log.clean(TOPIC);
        long keys = fill(log, bench, bench.scale().readRecords());
        bench.progress().accept(name);
        CleaningReport[] report = {CleaningReport.NONE};
        Measured measured =
                Lanes.run(
                        1,
                        Duration.ZERO,
                        Duration.ofNanos(1),
                        lane -> {
                            if (lane.begin()) {
                                report[0] = log.clean(TOPIC);
                                lane.end(
                                        Math.toIntExact(
                                                report[0].recordsKept()
                                                        + report[0].recordsRemoved()));
                            }
                        });
        bench.progress().accept(name + ": checking");
        @Nullable String problem = problem(log, keys, report[0]);
        return Outcome.of(measured, problem, Metric.bytes(report[0].bytesBefore()));
    }

    private static @Nullable String problem(LocalLog log, long keys, CleaningReport report) {
        if (report.recordsRemoved() == 0 || report.recordsKept() < keys) {
            return "of %,d keys %,d records stayed, and %,d went"
                    .formatted(keys, report.recordsKept(), report.recordsRemoved());
        }
        return log.verify(progress -> {}).isEmpty() ? null : "it left damage";
    }

    private Outcome appends(LocalLog log, Workbench bench) throws Exception {
        log.createTopic(TopicSpec.named(AppendCase.TOPIC).partitions(4));
        fill(log, bench, bench.scale().readRecords());
        bench.progress().accept(name + ": without compaction");
        double alone = p99(append(log, bench));
        bench.progress().accept(name);
        CompletableFuture<CleaningReport> cleaning =
                CompletableFuture.supplyAsync(() -> log.clean(TOPIC), task -> start(task));
        Measured measured = append(log, bench);
        boolean ended = cleaning.isDone();
        log.close(); // ends the compaction in the middle
        @Nullable String problem = null;
        try {
            CleaningReport report = cleaning.join();
            problem =
                    ended && report.bytesBefore() > 1 << 28
                            ? "the compaction was over before the appends were"
                            : null;
        } catch (CompletionException e) {
            if (!(e.getCause() instanceof LogException closed)
                    || closed.code() != LogException.Code.CLOSED) {
                throw e;
            }
        }
        return Outcome.of(
                measured,
                problem,
                Metric.bytes(measured.total() * Values.VALUE_BYTES),
                Metric.micros("p99.alone", alone * 1000),
                Metric.plain(Metric.RATIO, p99(measured) / alone));
    }

    private static void start(Runnable task) {
        Thread.ofPlatform().daemon().name("compact").start(task);
    }

    private static Measured append(LocalLog log, Workbench bench) throws Exception {
        return Lanes.run(
                CALLERS,
                bench.scale().warmUp(),
                bench.scale().measured(),
                lane -> Loads.single(log, bench.values(), lane));
    }

    private static double p99(Measured measured) {
        return measured.metrics().stream()
                .filter(metric -> metric.name().equals(Metric.P99))
                .mapToDouble(Metric::value)
                .findFirst()
                .orElse(0);
    }
}
