package dev.millrace.cli.bench;

import dev.millrace.log.Durability;
import java.util.ArrayList;
import java.util.List;

/// The cases of `millrace bench log`, in the order in which they run: what waits for the disk comes
/// before what fills the page cache.
final class LogCases {
    private static final String WAITING = "64 callers, each waits for its answer";
    static final String SINGLE = "append.single.fsync";

    private LogCases() {}

    static List<BenchCase> all() {
        List<BenchCase> cases = new ArrayList<>();
        cases.add(
                single(
                        SINGLE,
                        4,
                        Goal.atLeast(Metric.THROUGHPUT, 108_000, 200_000),
                        Goal.atMost(Metric.P99, 1_200, 1_000)));
        cases.add(single(SINGLE + ".64p", 64, Goal.atLeast(Metric.RATIO, 0.7, 0.7)));
        cases.add(single(SINGLE + ".1000p", 1000, Goal.atLeast(Metric.RATIO, 0.4, 0.4)));
        cases.add(batches("append.batch1000.fsync", Durability.FSYNC, 1000, false, 1e6, 2e6));
        cases.add(
                new AppendCase(
                        "append.single.os",
                        Durability.OS,
                        4,
                        1,
                        "1 caller, waits for each answer",
                        false,
                        Loads::single,
                        Goal.atLeast(Metric.THROUGHPUT, 100_000, 200_000)));
        cases.add(
                new AppendCase(
                        "append.async.os",
                        Durability.OS,
                        4,
                        1,
                        "1 caller, 1,024 in flight",
                        false,
                        Loads.singleInFlight(1024),
                        Goal.atLeast(Metric.THROUGHPUT, 500_000, 1_000_000)));
        cases.add(
                new AppendCase(
                        "append.stream.os",
                        Durability.OS,
                        4,
                        1,
                        "1 thread, record after record through an Appender",
                        false,
                        Loads::stream,
                        Goal.atLeast(Metric.THROUGHPUT, 3_200_000, 6_000_000)));
        cases.add(batches("append.batch100.os", Durability.OS, 100, false, 1e6, 3e6));
        cases.add(batches("append.batch1000.os", Durability.OS, 1000, false, 5e6, 8e6));
        cases.add(
                new ReadCase(
                        "read.single",
                        100,
                        "1 thread, random offsets, seek and next, batches of 100",
                        ReadCase::single,
                        Goal.atLeast(Metric.THROUGHPUT, 200_000, 1_000_000)));
        cases.add(
                new ReadCase(
                        "read.sequential",
                        1000,
                        "1 thread, latency of 1,000 records, batches of 1,000",
                        ReadCase::sequential,
                        Goal.atLeast(Metric.THROUGHPUT, 10e6, 30e6),
                        Goal.atMost(Metric.ALLOCATED, 0.01, 0.01)));
        cases.addAll(new OpenCases().cases());
        cases.add(batches("append.batch100.os.sustained", Durability.OS, 100, true, 1e6, 3e6));
        cases.add(batches("append.batch1000.os.sustained", Durability.OS, 1000, true, 5e6, 8e6));
        return cases;
    }

    private static BenchCase single(String name, int partitions, Goal... goals) {
        return new AppendCase(
                name, Durability.FSYNC, partitions, 64, WAITING, false, Loads::single, goals);
    }

    private static BenchCase batches(
            String name,
            Durability durability,
            int records,
            boolean sustained,
            double floor,
            double aim) {
        int threads = 2;
        int inFlight = 4;
        String callers =
                "%d callers that build their batches of %,d, %d batches in flight each"
                        .formatted(threads, records, inFlight);
        return new AppendCase(
                name,
                durability,
                4,
                threads,
                callers,
                sustained,
                Loads.batches(records, inFlight, 4),
                Goal.atLeast(Metric.THROUGHPUT, floor, aim));
    }
}
