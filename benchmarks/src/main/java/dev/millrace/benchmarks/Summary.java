package dev.millrace.benchmarks;

import dev.millrace.cli.bench.Goal;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Figures of several rounds, as the tables of BENCHMARKS.md show them: the median, and how far the
/// rounds lie apart.
final class Summary {
    private final List<Figure> figures;

    /// @param figures of all rounds and contenders
    Summary(List<Figure> figures) {
        this.figures = figures;
    }

    /// A metric over the rounds.
    ///
    /// @param values ascending
    private record Spread(double[] values, Figure any) {
        double median() {
            int middle = values.length / 2;
            return values.length % 2 == 1
                    ? values[middle]
                    : (values[middle - 1] + values[middle]) / 2;
        }
    }

    /// The lines of the generated section.
    List<String> markdown(String command) {
        List<String> lines = new ArrayList<>();
        lines.add(conditions(command));
        lines.add("");
        lines.addAll(beside());
        lines.add("");
        lines.addAll(alone(Contender.MILLRACE_ALONE));
        return lines;
    }

    /// The lines of the generated section of the cases that take long.
    List<String> markdownOfFull(String command) {
        List<String> lines = new ArrayList<>();
        lines.add(conditions(command));
        lines.add("");
        lines.addAll(alone(Contender.MILLRACE_FULL));
        return lines;
    }

    private String conditions(String command) {
        Figure run =
                figures.stream()
                        .filter(f -> f.text("case").equals("run"))
                        .findFirst()
                        .orElseThrow();
        return "%s. %s, %.0f cores, %.0f GB, %s on %s, JDK %s. The disk forced 4 KiB in %s (median of the rounds' p50; p99 %s). Command: `%s`."
                .formatted(
                        run.text("date").substring(0, 10),
                        run.text("cpuModel"),
                        median("run", "cores"),
                        median("run", "memory") / 1e9,
                        run.text("fileSystem"),
                        run.text("os"),
                        run.text("jdk"),
                        micros(median("run", "force.p50")),
                        micros(median("run", "force.p99")),
                        command);
    }

    private List<String> beside() {
        List<String> lines = new ArrayList<>();
        lines.add(
                "| case | system | throughput (lowest to highest round) | p50 | p99 | p99.9 | max | CPU a record | to Millrace |");
        lines.add("|---|---|---|---|---|---|---|---|---|");
        for (String name : Contender.shared()) {
            lines.addAll(beside(name));
        }
        return lines;
    }

    private List<String> beside(String name) {
        List<String> lines = new ArrayList<>();
        Spread ours = spread(Contender.MILLRACE, name, "throughput");
        for (String system : systems(name)) {
            Spread rate = spread(system, name, "throughput");
            if (rate == null) {
                continue;
            }
            String ratio = ours == null ? "" : "%.2f".formatted(rate.median() / ours.median());
            lines.add(
                    "| `%s` | %s | %s | %s | %s |"
                            .formatted(
                                    name,
                                    describe(system, rate.any),
                                    rates(rate),
                                    latencies(system, name),
                                    ratio));
        }
        return lines;
    }

    private static String describe(String system, Figure any) {
        return system.equals(Contender.MILLRACE)
                ? "**Millrace**"
                : "%s (%s)".formatted(system, any.text("callers").replaceAll("^[^;]*; ", ""));
    }

    private List<String> alone(String system) {
        List<String> lines = new ArrayList<>();
        lines.add(
                "| case | durability | callers | throughput (lowest to highest round) | p50 | p99 | p99.9 | max | CPU a record | goal | more |");
        lines.add("|---|---|---|---|---|---|---|---|---|---|---|");
        for (String name : cases(system)) {
            Spread any = spread(system, name, "p50");
            if (any == null) {
                continue;
            }
            Spread rate = spread(system, name, "throughput");
            lines.add(
                    "| `%s` | %s | %s | %s | %s | %s | %s |"
                            .formatted(
                                    name,
                                    any.any.text("durability"),
                                    any.any.text("callers"),
                                    rate == null ? "" : rates(rate),
                                    latencies(system, name),
                                    goals(system, name),
                                    more(system, name)));
        }
        return lines;
    }

    private String latencies(String system, String name) {
        StringBuilder cells = new StringBuilder();
        for (String metric : List.of("p50", "p99", "p999", "max")) {
            Spread spread = spread(system, name, metric);
            cells.append(spread == null ? "" : micros(spread.median())).append(" | ");
        }
        Spread cpu = spread(system, name, "cpu");
        return cells.append(cpu == null ? "" : micros(cpu.median())).toString();
    }

    private String goals(String system, String name) {
        List<String> goals = new ArrayList<>();
        Set<String> metrics = new LinkedHashSet<>();
        for (Figure figure : figures) {
            if (figure.text("case").equals(name) && figure.has("aim")) {
                metrics.add(figure.text("metric"));
            }
        }
        for (String metric : metrics) {
            Spread spread = spread(system, name, metric);
            if (spread != null) {
                Figure any = spread.any;
                Goal goal =
                        new Goal(
                                metric,
                                any.number("floor"),
                                any.number("aim"),
                                any.text("better").equals("more"));
                goals.add(
                        "%s %s %s → %s: %s"
                                .formatted(
                                        metric,
                                        goal.atLeast() ? "≥" : "≤",
                                        number(goal.floor()),
                                        number(goal.aim()),
                                        mark(goal.reachedBy(spread.median()))));
            }
        }
        return String.join("; ", goals);
    }

    private static String mark(String reached) {
        return switch (reached) {
            case "aim" -> "aim reached";
            case "floor" -> "floor reached";
            default -> "**missed**";
        };
    }

    /// What a row has beside throughput and latency.
    private String more(String system, String name) {
        List<String> more = new ArrayList<>();
        for (String metric : List.of("ratio", "volume", "resident", "mapped", "p99.alone")) {
            Spread spread = spread(system, name, metric);
            if (spread != null) {
                String unit = spread.any.text("unit");
                double value = spread.median();
                more.add(
                        metric
                                + " "
                                + switch (unit) {
                                    case "B" -> number(value / 1e6) + " MB";
                                    case "B/s" -> number(value / 1e6) + " MB/s";
                                    case "µs" -> micros(value);
                                    default -> "%.2f".formatted(value);
                                });
            }
        }
        return String.join(", ", more);
    }

    private @Nullable Spread spread(String system, String name, String metric) {
        List<Figure> found =
                figures.stream()
                        .filter(f -> f.text("contender").equals(system))
                        .filter(f -> f.text("case").equals(name))
                        .filter(f -> f.text("metric").equals(metric))
                        .filter(f -> !f.has("failure"))
                        .toList();
        double[] values = found.stream().mapToDouble(f -> f.number("value")).sorted().toArray();
        return values.length == 0 ? null : new Spread(values, found.getFirst());
    }

    private double median(String name, String metric) {
        double[] values =
                figures.stream()
                        .filter(f -> f.text("case").equals(name))
                        .filter(f -> f.text("metric").equals(metric))
                        .mapToDouble(f -> f.number("value"))
                        .sorted()
                        .toArray();
        return new Spread(values, figures.getFirst()).median();
    }

    private Set<String> systems(String name) {
        Set<String> systems = new LinkedHashSet<>();
        for (Figure figure : figures) {
            if (figure.text("case").equals(name)
                    && !figure.text("contender").startsWith(Contender.MILLRACE + "-")) {
                systems.add(figure.text("contender"));
            }
        }
        return systems;
    }

    private Set<String> cases(String system) {
        Set<String> cases = new LinkedHashSet<>();
        for (Figure figure : figures) {
            if (figure.text("contender").equals(system) && !figure.text("case").equals("run")) {
                cases.add(figure.text("case"));
            }
        }
        return cases;
    }

    private static String rates(Spread rate) {
        double[] values = rate.values;
        return "%s/s (%s to %s)"
                .formatted(
                        number(rate.median()),
                        number(values[0]),
                        number(values[values.length - 1]));
    }

    /// `640 µs`, `4.1 ms`.
    private static String micros(double micros) {
        if (micros >= 1000) {
            return number(micros / 1000) + " ms";
        }
        return number(micros) + " µs";
    }

    /// Three digits that count.
    private static String number(double value) {
        double size = Math.abs(value);
        double step = size == 0 ? 1 : Math.pow(10, Math.floor(Math.log10(size)) - 2);
        double rounded = Math.rint(value / step) * step;
        String format = size >= 100 || size == 0 ? "%,.0f" : size >= 10 ? "%.1f" : "%.2f";
        return String.format(Locale.ROOT, format, rounded);
    }
}
