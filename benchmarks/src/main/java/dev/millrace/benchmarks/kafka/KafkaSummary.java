package dev.millrace.benchmarks.kafka;

import dev.millrace.benchmarks.Figure;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/// The figures of a run as the table of BENCHMARKS.md shows them: the medians of the rounds, their
/// ratio, and whether it is what was aimed at.
public final class KafkaSummary {
    private static final double NONE = Double.NaN;

    private final List<Figure> figures;

    public KafkaSummary(List<Figure> figures) {
        this.figures = figures;
    }

    /// The lines of the generated section.
    public List<String> markdown(String command) {
        List<String> lines = new ArrayList<>();
        Figure run = figures.getFirst();
        lines.add(
                "%s. %s, %s cores, %.0f GB, %s on %s, JDK %s. The disk forced 4 KiB in %.1f µs (p50; p99 %.0f µs). Command: `%s`."
                        .formatted(
                                run.text("date").substring(0, 10),
                                run.text("cpuModel"),
                                run.text("cores"),
                                run.number("memory") / 1e9,
                                run.text("fileSystem"),
                                run.text("os"),
                                run.text("jdk"),
                                run.number("force.p50"),
                                run.number("value"),
                                command));
        lines.add("");
        lines.add("| case | metric | Millrace | Kafka 4.3.1 | ratio | aim |");
        lines.add("|---|---|---|---|---|---|");
        Set<String> rows = new LinkedHashSet<>();
        figures.stream()
                .skip(1)
                .forEach(figure -> rows.add(figure.text("case") + " " + figure.text("metric")));
        for (String row : rows) {
            String[] words = row.split(" ");
            if (!words[0].equals("endtoend.default")) {
                lines.add(line(words[0], words[1]));
            }
        }
        return lines;
    }

    private String line(String name, String metric) {
        double ours = median(Contestant.MILLRACE, name, metric);
        double theirs = median(Contestant.KAFKA, name, metric);
        String unit =
                figures.stream()
                        .filter(figure -> figure.text("case").equals(name))
                        .filter(figure -> figure.text("metric").equals(metric))
                        .findFirst()
                        .orElseThrow()
                        .text("unit");
        return "| `%s` | %s | %s | %s | %.2f | %s |"
                .formatted(
                        name,
                        metric,
                        value(ours, unit),
                        value(theirs, unit),
                        ours / theirs,
                        aim(name, metric, ours, ours / theirs));
    }

    private String aim(String name, String metric, double ours, double ratio) {
        if (metric.equals("throughput")) {
            if (name.startsWith("produce.fsync")) {
                return atLeast(ratio, 4);
            }
            if (name.startsWith("produce.os") || name.startsWith("consume")) {
                return atLeast(ratio, 1);
            }
            return ofBest(name, ours);
        }
        boolean halves = name.startsWith("produce.os") || name.startsWith("consume");
        if (metric.equals("cpu") && halves) {
            return atMost(ratio, 0.5);
        }
        if (name.equals("start")) {
            return atMost(ratio, 0.1);
        }
        if (metric.equals("resident")) {
            return atMost(ratio, 0.33);
        }
        if (name.equals("endtoend") && metric.equals("p99")) {
            return atMost(ratio, 0.3) + "; " + besideDefault(ours);
        }
        return "";
    }

    /// Against a broker that forces nothing.
    private String besideDefault(double ours) {
        double bound =
                median(Contestant.KAFKA, "endtoend.default", "p99")
                        + 1.5 * figures.getFirst().number("value");
        return "≤ %s, Kafka's default and 1.5 forces: %s"
                .formatted(value(bound, "µs"), ours <= bound ? "reached" : "**missed**");
    }

    /// Of the same case with another number of connections or partitions.
    private String ofBest(String name, double ours) {
        String family = name.substring(0, name.lastIndexOf('.') + 1);
        double best =
                figures.stream()
                        .map(figure -> figure.text("case"))
                        .filter(other -> other.startsWith(family))
                        .distinct()
                        .mapToDouble(other -> median(Contestant.MILLRACE, other, "throughput"))
                        .max()
                        .orElse(NONE);
        double least = family.equals("connections.") ? 0.7 : 0.4;
        return "%.0f %% of our best, ≥ %.0f %%: %s"
                .formatted(
                        100 * ours / best,
                        100 * least,
                        ours >= least * best ? "reached" : "**missed**");
    }

    private static String atLeast(double ratio, double aim) {
        return "≥ %s: %s".formatted(aim, ratio >= aim ? "reached" : "**missed**");
    }

    private static String atMost(double ratio, double aim) {
        return "≤ %s: %s".formatted(aim, ratio <= aim ? "reached" : "**missed**");
    }

    private double median(Contestant contestant, String name, String metric) {
        double[] values =
                figures.stream()
                        .filter(figure -> figure.text("contender").equals(contestant.system()))
                        .filter(figure -> figure.text("case").equals(name))
                        .filter(figure -> figure.text("metric").equals(metric))
                        .mapToDouble(figure -> figure.number("value"))
                        .sorted()
                        .toArray();
        int middle = values.length / 2;
        if (values.length == 0) {
            return NONE;
        }
        return values.length % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
    }

    private static String value(double value, String unit) {
        return switch (unit) {
            case "1/s" -> String.format(Locale.ROOT, "%,.0f/s", value);
            case "B" -> String.format(Locale.ROOT, "%.0f MB", value / 1e6);
            case "ms" -> String.format(Locale.ROOT, "%,.0f ms", value);
            default ->
                    value >= 1000
                            ? String.format(Locale.ROOT, "%.2f ms", value / 1e3)
                            : String.format(Locale.ROOT, "%.3g µs", value);
        };
    }
}
