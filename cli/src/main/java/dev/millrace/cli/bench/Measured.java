package dev.millrace.cli.bench;

import java.util.ArrayList;
import java.util.List;
import org.HdrHistogram.Histogram;

/// What the threads of a run measured together.
///
/// @param records of calls that began while the clock ran
/// @param total records of all calls, the warm-up included
/// @param nanos from the clock's start to the last answer
/// @param cpuNanos of the process, in that time
/// @param allocatedBytes by the threads themselves, in that time
/// @param latencies of calls that began while the clock ran, in nanoseconds
/// @param samples records that must be found again
public record Measured(
        long records,
        long total,
        long nanos,
        long cpuNanos,
        long allocatedBytes,
        Histogram latencies,
        List<Lane.Sample> samples) {

    /// Throughput, latencies and CPU.
    public List<Metric> metrics() {
        List<Metric> metrics = new ArrayList<>();
        metrics.add(Metric.perSecond(Metric.THROUGHPUT, records * 1e9 / Math.max(1, nanos)));
        metrics.addAll(percentiles(latencies));
        metrics.add(Metric.micros(Metric.CPU, (double) cpuNanos / Math.max(1, records)));
        return metrics;
    }

    /// The latencies of a histogram of nanoseconds.
    static List<Metric> percentiles(Histogram nanos) {
        return List.of(
                percentile(Metric.P50, nanos, 50),
                percentile(Metric.P95, nanos, 95),
                percentile(Metric.P99, nanos, 99),
                percentile(Metric.P999, nanos, 99.9),
                percentile(Metric.MAX, nanos, 100));
    }

    private static Metric percentile(String name, Histogram nanos, double percentile) {
        return Metric.micros(name, (double) nanos.getValueAtPercentile(percentile));
    }

    public double seconds() {
        return nanos / 1e9;
    }
}
