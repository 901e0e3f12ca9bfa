package dev.millrace.log;

import java.util.List;

/// What a [LocalLog] measures of itself. Each is described in `docs/reference/metrics.md`; values
/// come in [LogMetrics].
///
/// Counters begin at 0 when the log is opened, and only grow. Gauges are what is now.
public enum LogMetric {
    APPEND_LATENCY("append.latency", Kind.DISTRIBUTION, "µs", LogMetric.DURABILITY),
    APPEND_BATCHES("append.batches", Kind.COUNTER, "1", LogMetric.TOPIC, LogMetric.PARTITION),
    APPEND_RECORDS("append.records", Kind.COUNTER, "1", LogMetric.TOPIC, LogMetric.PARTITION),
    APPEND_BYTES("append.bytes", Kind.COUNTER, "B", LogMetric.TOPIC, LogMetric.PARTITION),
    APPEND_FAILED("append.failed", Kind.COUNTER, "1", LogMetric.TOPIC, LogMetric.PARTITION),
    APPEND_WAITING_BYTES("append.waiting.bytes", Kind.GAUGE, "B"),
    GROUP_BATCHES("group.batches", Kind.DISTRIBUTION, "1"),
    GROUP_BYTES("group.bytes", Kind.DISTRIBUTION, "B"),
    FORCE_JOURNAL("force.journal", Kind.DISTRIBUTION, "µs"),
    FORCE_SEGMENT("force.segment", Kind.DISTRIBUTION, "µs"),
    CHECKPOINT_TIME("checkpoint.time", Kind.DISTRIBUTION, "µs"),
    JOURNAL_FILES("journal.files", Kind.GAUGE, "1"),
    JOURNAL_BYTES("journal.bytes", Kind.GAUGE, "B"),
    JOURNAL_NEEDED_BYTES("journal.needed.bytes", Kind.GAUGE, "B"),
    READ_BATCHES("read.batches", Kind.COUNTER, "1", LogMetric.TOPIC, LogMetric.PARTITION),
    READ_RECORDS("read.records", Kind.COUNTER, "1", LogMetric.TOPIC, LogMetric.PARTITION),
    READ_BYTES("read.bytes", Kind.COUNTER, "B", LogMetric.TOPIC, LogMetric.PARTITION),
    PARTITION_BYTES("partition.bytes", Kind.GAUGE, "B", LogMetric.TOPIC, LogMetric.PARTITION),
    PARTITION_SEGMENTS("partition.segments", Kind.GAUGE, "1", LogMetric.TOPIC, LogMetric.PARTITION),
    PARTITION_EARLIEST_OFFSET(
            "partition.earliest.offset", Kind.GAUGE, "1", LogMetric.TOPIC, LogMetric.PARTITION),
    PARTITION_LATEST_OFFSET(
            "partition.latest.offset", Kind.GAUGE, "1", LogMetric.TOPIC, LogMetric.PARTITION),
    PARTITION_LEADER_EPOCH(
            "partition.leader.epoch", Kind.GAUGE, "1", LogMetric.TOPIC, LogMetric.PARTITION),
    PARTITION_POISONED("partition.poisoned", Kind.GAUGE, "1", LogMetric.TOPIC, LogMetric.PARTITION),
    RECOVERY_TIME("recovery.time", Kind.GAUGE, "µs"),
    RECOVERY_SCANNED_BYTES("recovery.scanned.bytes", Kind.GAUGE, "B"),
    RECOVERY_JOURNAL_FRAMES("recovery.journal.frames", Kind.GAUGE, "1"),
    RECOVERY_TORN_TAILS("recovery.torn.tails", Kind.GAUGE, "1"),
    RECOVERY_DAMAGED("recovery.damaged", Kind.GAUGE, "1"),
    OPEN_CURSORS("open.cursors", Kind.GAUGE, "1"),
    OPEN_APPENDERS("open.appenders", Kind.GAUGE, "1"),
    OPEN_FILES("open.files", Kind.GAUGE, "1"),
    OPEN_MAPPED_BYTES("open.mapped.bytes", Kind.GAUGE, "B"),
    CLEANER_SEGMENTS_DELETED("cleaner.segments.deleted", Kind.COUNTER, "1"),
    CLEANER_RECORDS_REMOVED("cleaner.records.removed", Kind.COUNTER, "1"),
    CLEANER_BYTES_FREED("cleaner.bytes.freed", Kind.GAUGE, "B"),
    VIEW_LAG("view.lag", Kind.GAUGE, "1", LogMetric.VIEW),
    VIEW_STOPPED("view.stopped", Kind.GAUGE, "1", LogMetric.VIEW);

    /// Label: the durability of the topics that it is about.
    public static final String DURABILITY = "durability";

    /// Label: the topic that it is about.
    public static final String TOPIC = "topic";

    /// Label: the number of the partition that it is about.
    public static final String PARTITION = "partition";

    /// Label: the name of the view that it is about.
    public static final String VIEW = "view";

    /// What a metric's values are.
    public enum Kind {
        /// A number that only grows.
        COUNTER,
        /// A number that is now.
        GAUGE,
        /// How many values there were and how they lie, as [Distribution].
        DISTRIBUTION
    }

    private final String key;
    private final Kind kind;
    private final String unit;
    private final List<String> labels;

    LogMetric(String key, Kind kind, String unit, String... labels) {
        this.key = key;
        this.kind = kind;
        this.unit = unit;
        this.labels = List.of(labels);
    }

    /// The name outside Java, as `append.latency`.
    public String key() {
        return key;
    }

    public Kind kind() {
        return kind;
    }

    /// `µs`, `B`, or `1` for a plain number.
    public String unit() {
        return unit;
    }

    /// Names of what tells one value of the metric from another; empty where there is only one.
    public List<String> labels() {
        return labels;
    }
}
