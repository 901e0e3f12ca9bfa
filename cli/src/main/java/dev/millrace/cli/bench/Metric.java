package dev.millrace.cli.bench;

/// One figure of a [Row], under the names and units that every area of `millrace bench` uses.
///
/// @param unit `1/s`, `µs`, `B`, `B/s`, or empty for a plain number
public record Metric(String name, double value, String unit) {
    public static final String THROUGHPUT = "throughput";
    public static final String P50 = "p50";
    public static final String P95 = "p95";
    public static final String P99 = "p99";
    public static final String P999 = "p999";
    public static final String MAX = "max";

    /// Bytes in the segments at the end, of all that the row appended or read.
    public static final String BYTES = "bytes";

    /// Microseconds of the whole process's CPU time for each record: caller, engine, collector and
    /// compiler.
    public static final String CPU = "cpu";

    /// Bytes that the reading threads allocated for each record.
    public static final String ALLOCATED = "allocated";

    /// Throughput divided by that of another row.
    public static final String RATIO = "ratio";

    /// Bytes of values appended in a second.
    public static final String VOLUME = "volume";

    /// Bytes of memory that are the process's own (RssAnon and RssShmem).
    public static final String RESIDENT = "resident";

    /// Bytes of mapped files that are in memory (RssFile).
    public static final String MAPPED = "mapped";

    public static Metric perSecond(String name, double value) {
        return new Metric(name, value, "1/s");
    }

    public static Metric micros(String name, double nanos) {
        return new Metric(name, nanos / 1000, "µs");
    }

    public static Metric bytes(long value) {
        return new Metric(BYTES, (double) value, "B");
    }

    public static Metric allocated(double bytes) {
        return new Metric(ALLOCATED, bytes, "B");
    }

    public static Metric plain(String name, double value) {
        return new Metric(name, value, "");
    }
}
