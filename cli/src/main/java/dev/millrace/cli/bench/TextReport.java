package dev.millrace.cli.bench;

import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;

/// Rows for people, each as soon as it is there: a line of figures, and below it what they were
/// measured under and against.
public final class TextReport {
    private static final String[] LATENCIES = {
        Metric.P50, Metric.P95, Metric.P99, Metric.P999, Metric.MAX
    };

    private TextReport() {}

    /// The lines above the rows.
    public static List<String> heading(Machine machine) {
        return List.of(
                "millrace bench log, %s: %s, %d cores, %.0f GB, %s, %s, JDK %s"
                        .formatted(
                                machine.date(),
                                machine.cpu(),
                                machine.cores(),
                                machine.memoryBytes() / 1e9,
                                machine.fileSystem(),
                                machine.os(),
                                machine.jdk()),
                "the disk forces 4 KiB in %s µs (p50), %s µs (p99)"
                        .formatted(
                                figure(machine.forceP50Micros()), figure(machine.forceP99Micros())),
                "values: 100 random bytes; latencies in µs; cpu: µs of the whole process a record",
                "",
                "%-24s%14s%11s%10s%10s%10s%11s%9s"
                        .formatted(
                                "case", "throughput", "p50", "p95", "p99", "p99.9", "max", "cpu"));
    }

    /// The lines of a row.
    public static List<String> lines(Row row) {
        StringBuilder figures = new StringBuilder("%-24s".formatted(row.name()));
        OptionalDouble rate = row.value(Metric.THROUGHPUT);
        figures.append(
                "%14s".formatted(rate.isPresent() ? figure(rate.getAsDouble()) + "/s" : "-"));
        int[] widths = {11, 10, 10, 10, 11};
        for (int i = 0; i < LATENCIES.length; i++) {
            figures.append(pad(figure(row.value(LATENCIES[i])), widths[i]));
        }
        figures.append(pad(figure(row.value(Metric.CPU)), 9));
        String failure = row.failure();
        if (failure != null) {
            return List.of(
                    figures.toString(), "    FAILED, the figures do not count: " + failure, "");
        }
        return List.of(figures.toString(), "    " + conditions(row), "    " + goals(row), "");
    }

    private static String conditions(Row row) {
        Conditions c = row.conditions();
        StringBuilder text = new StringBuilder();
        text.append("%s, codec %s, %s".formatted(c.durability(), c.codec(), c.callers()));
        text.append(", %d partitions, %.1f s".formatted(c.partitions(), row.seconds()));
        text.append(c.warm() ? ", warm" : ", cold");
        row.value(Metric.BYTES)
                .ifPresent(b -> text.append(", %s MB stored".formatted(figure(b / 1e6))));
        row.value(Metric.ALLOCATED)
                .ifPresent(b -> text.append(", %s B allocated a record".formatted(figure(b))));
        row.value(Metric.VOLUME)
                .ifPresent(b -> text.append(", %s MB/s of values".formatted(figure(b / 1e6))));
        if (row.goals().stream().noneMatch(goal -> goal.metric().equals(Metric.RATIO))) {
            row.value(Metric.RATIO)
                    .ifPresent(r -> text.append(", %s times smaller".formatted(figure(r))));
        }
        row.value(Metric.RESIDENT)
                .ifPresent(b -> text.append(", %s MB resident".formatted(figure(b / 1e6))));
        row.value(Metric.MAPPED)
                .ifPresent(b -> text.append(", %s MB mapped".formatted(figure(b / 1e6))));
        text.append(", %,d records checked".formatted(row.records()));
        return text.toString();
    }

    private static String goals(Row row) {
        if (row.goals().isEmpty()) {
            return "no goal";
        }
        StringBuilder text = new StringBuilder();
        for (Goal goal : row.goals()) {
            OptionalDouble value = row.value(goal.metric());
            if (value.isEmpty()) {
                continue;
            }
            String sign = goal.atLeast() ? "≥" : "≤";
            text.append(text.isEmpty() ? "" : "; ")
                    .append(
                            "%s %s: floor %s %s, aim %s %s: %s"
                                    .formatted(
                                            goal.metric(),
                                            figure(value.getAsDouble()),
                                            sign,
                                            figure(goal.floor()),
                                            sign,
                                            figure(goal.aim()),
                                            mark(goal.reachedBy(value.getAsDouble()))));
        }
        return text.toString();
    }

    private static String mark(String reached) {
        return switch (reached) {
            case "aim" -> "aim reached";
            case "floor" -> "floor reached, aim missed";
            default -> "FLOOR MISSED";
        };
    }

    private static String pad(String text, int width) {
        return " ".repeat(Math.max(1, width - text.length())) + text;
    }

    private static String figure(OptionalDouble value) {
        return value.isPresent() ? figure(value.getAsDouble()) : "-";
    }

    /// Three digits that count, at least.
    static String figure(double value) {
        double size = Math.abs(value);
        String format = size >= 100 || size == 0 ? "%,.0f" : size >= 10 ? "%.1f" : "%.2f";
        return String.format(Locale.ROOT, format, value);
    }
}
