package dev.millrace.cli.bench;

import dev.millrace.log.Durability;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// The cases of `millrace bench log`, in the order in which they run: what waits for the disk comes
/// before what fills the page cache.
final class LogCases {
    static final String SINGLE = "append.single.fsync";

    private LogCases() {}

    static List<BenchCase> all() {
        return all(List.of());
    }

    /// @param input files whose lines stand for the captures; empty for those of the real data
    static List<BenchCase> all(List<Path> input) {
        List<BenchCase> cases = new ArrayList<>(durable());
        cases.addAll(inPageCache());
        cases.addAll(reads());
        cases.addAll(new OpenCases().cases());
        cases.add(new ReplayCase("view.replay", 1));
        cases.add(new ReplayCase("view.replay.2p", 2));
        cases.addAll(CompactCase.all());
        cases.add(batches("append.batch100.os.sustained", Durability.OS, 100, true, 1e6, 3e6));
        cases.add(batches("append.batch1000.os.sustained", Durability.OS, 1000, true, 5e6, 8e6));
        cases.addAll(FullCases.all(input));
        return cases;
    }

    private static List<BenchCase> durable() {
        return List.of(
                waiting(
                        SINGLE,
                        4,
                        Goal.atLeast(Metric.THROUGHPUT, 108_000, 200_000),
                        Goal.atMost(Metric.P99, 1_200, 1_000)),
                waiting(SINGLE + ".64p", 64, Goal.atLeast(Metric.RATIO, 0.7, 0.7)),
                waiting(SINGLE + ".1000p", 1000, Goal.atLeast(Metric.RATIO, 0.4, 0.4)),
                new AppendCase(
                        "append.conditional.fsync",
                        Durability.FSYNC,
                        4,
                        64,
                        "64 callers, each waits for its answer, each append has a condition",
                        false,
                        new ConditionalLoad(4),
                        Goal.atLeast(Metric.RATIO, 0.9, 0.9)),
                new AppendCase(
                        "append.atomic.fsync",
                        Durability.FSYNC,
                        4,
                        64,
                        "64 callers, each appends to 4 partitions at once and waits",
                        false,
                        Loads.atomic(4)),
                batches("append.batch1000.fsync", Durability.FSYNC, 1000, false, 1e6, 2e6));
    }

    private static List<BenchCase> inPageCache() {
        return List.of(
                alone(
                        "append.single.os",
                        "1 caller, waits for each answer",
                        Loads::single,
                        100_000,
                        200_000),
                alone(
                        "append.async.os",
                        "1 caller, 1,024 in flight",
                        Loads.singleInFlight(1024),
                        500_000,
                        1_000_000),
                alone(
                        "append.stream.os",
                        "1 thread, record after record through an Appender",
                        Loads::stream,
                        3_200_000,
                        6_000_000),
                batches("append.batch100.os", Durability.OS, 100, false, 1e6, 3e6),
                batches("append.batch1000.os", Durability.OS, 1000, false, 5e6, 8e6));
    }

    private static List<BenchCase> reads() {
        return List.of(
                new ReadCase(
                        "read.single",
                        100,
                        "1 thread, random offsets, seek and next, batches of 100",
                        ReadCase::single,
                        Goal.atLeast(Metric.THROUGHPUT, 200_000, 1_000_000)),
                new ReadCase(
                        "read.sequential",
                        1000,
                        "1 thread, latency of 1,000 records, batches of 1,000",
                        ReadCase::sequential,
                        Goal.atLeast(Metric.THROUGHPUT, 10e6, 30e6),
                        Goal.atMost(Metric.ALLOCATED, 0.01, 0.01)));
    }

    private static BenchCase waiting(String name, int partitions, Goal... goals) {
        return new AppendCase(
                name,
                Durability.FSYNC,
                partitions,
                64,
                "64 callers, each waits for its answer",
                false,
                Loads::single,
                goals);
    }

    private static BenchCase alone(
            String name, String caller, AppendCase.Load load, double floor, double aim) {
        return new AppendCase(
                name,
                Durability.OS,
                4,
                1,
                caller,
                false,
                load,
                Goal.atLeast(Metric.THROUGHPUT, floor, aim));
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
