package dev.millrace.cli;

import dev.millrace.cli.console.Console;
import dev.millrace.cli.console.Figures;
import dev.millrace.cli.console.Table;
import dev.millrace.log.Distribution;
import dev.millrace.log.LogMetric;
import dev.millrace.log.LogMetrics;
import dev.millrace.log.TopicPartition;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/// Metrics of a log, for people and for programs.
final class MetricsPrinter {
    private MetricsPrinter() {}

    /// Prints the distributions that have values.
    static void printDistributions(Console console, LogMetrics metrics) {
        Table table =
                new Table("METRIC", "COUNT", "MEAN", "P50", "P95", "P99", "P99.9", "MAX", "UNIT");
        boolean any = false;
        for (LogMetrics.Sample sample : metrics.samples()) {
            Distribution values = sample.distribution();
            if (values != null && values.count() > 0) {
                any = true;
                table.row(
                        name(sample),
                        values.count(),
                        figure(values.mean()),
                        figure(values.p50()),
                        figure(values.p95()),
                        figure(values.p99()),
                        figure(values.p999()),
                        figure(values.max()),
                        unit(sample.metric()));
            }
        }
        if (any) {
            table.print(console);
            console.line("");
        }
    }

    /// Prints what is about the log as a whole.
    static void printOfLog(Console console, LogMetrics metrics) {
        Table table = new Table("METRIC", "VALUE", "UNIT");
        for (LogMetrics.Sample sample : metrics.samples()) {
            if (sample.distribution() == null && sample.labels().isEmpty()) {
                table.row(sample.metric().key(), sample.value(), unit(sample.metric()));
            }
        }
        table.print(console);
        console.line("");
    }

    /// Prints a line for each partition.
    static void printOfPartitions(Console console, LogMetrics metrics) {
        Table table =
                new Table("PARTITION", "EPOCH", "EARLIEST", "LATEST", "SEGMENTS", "BYTES", "STATE");
        for (TopicPartition partition : partitions(metrics)) {
            boolean poisoned = metrics.value(LogMetric.PARTITION_POISONED, partition) > 0;
            table.row(
                    partition,
                    metrics.value(LogMetric.PARTITION_LEADER_EPOCH, partition),
                    metrics.value(LogMetric.PARTITION_EARLIEST_OFFSET, partition),
                    metrics.value(LogMetric.PARTITION_LATEST_OFFSET, partition),
                    metrics.value(LogMetric.PARTITION_SEGMENTS, partition),
                    Figures.bytes(metrics.value(LogMetric.PARTITION_BYTES, partition)),
                    poisoned ? "poisoned" : "ok");
        }
        table.print(console);
    }

    private static Set<TopicPartition> partitions(LogMetrics metrics) {
        Set<TopicPartition> found = new LinkedHashSet<>();
        for (LogMetrics.Sample sample : metrics.samples()) {
            Map<String, String> labels = sample.labels();
            String topic = labels.get(LogMetric.TOPIC);
            String number = labels.get(LogMetric.PARTITION);
            if (topic != null && number != null) {
                found.add(new TopicPartition(topic, Integer.parseInt(number)));
            }
        }
        return found;
    }

    private static String name(LogMetrics.Sample sample) {
        List<String> labels = sample.metric().labels();
        StringBuilder name = new StringBuilder(sample.metric().key());
        labels.forEach(label -> name.append(' ').append(sample.labels().get(label)));
        return name.toString();
    }

    private static String unit(LogMetric metric) {
        return metric.unit().equals("1") ? "" : metric.unit();
    }

    private static String figure(double value) {
        return String.format(Locale.ROOT, value < 100 ? "%.1f" : "%,.0f", value);
    }
}
