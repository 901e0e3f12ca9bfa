package dev.millrace.cli.bench;

import dev.millrace.cli.console.CommandException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// `millrace bench log`: runs the cases one after the other and reports each.
public final class LogBench {
    static final long SEED = 20_261_101;

    /// What to run.
    ///
    /// @param cases names to run; all that [#full] allows where it is empty
    /// @param full the long rows too
    /// @param input files whose lines stand for the captures; empty for those of the real data
    /// @param json where to write the rows for programs; null for nowhere
    /// @param data an empty or absent folder to work in; null for a fresh one below
    ///   `./millrace-bench`
    public record Options(
            List<String> cases,
            boolean full,
            List<Path> input,
            @Nullable Path json,
            @Nullable Path data,
            Scale scale) {

        public Options(
                List<String> cases,
                boolean full,
                @Nullable Path json,
                @Nullable Path data,
                Scale scale) {
            this(cases, full, List.of(), json, data, scale);
        }

        /// Every case of the default run.
        public static Options standard() {
            return new Options(List.of(), false, null, null, Scale.standard());
        }
    }

    private LogBench() {}

    /// Names of all cases, in order.
    public static List<String> caseNames() {
        return LogCases.all().stream().map(BenchCase::name).toList();
    }

    /// Those that `--full` adds.
    public static List<String> longCaseNames() {
        return LogCases.all().stream().filter(BenchCase::longRow).map(BenchCase::name).toList();
    }

    /// Runs the cases. A row whose result was wrong says so and does not stop the others.
    ///
    /// @param out told the lines of the report, as they come
    /// @param progress told what is being done, in a few words
    /// @throws CommandException for a case that there is not, or a folder that is not empty
    public static List<Row> run(Options options, Consumer<String> out, Consumer<String> progress)
            throws IOException, InterruptedException {
        List<BenchCase> chosen = choose(options);
        List<Row> rows = new ArrayList<>();
        try (Scratch scratch = Scratch.in(options.data())) {
            progress.accept("looking at the machine");
            Machine machine = Machine.of(scratch.root(), options.scale().probe());
            TextReport.heading(machine).forEach(out);
            Workbench bench = new Workbench(options.scale(), new Values(SEED), scratch, progress);
            for (BenchCase next : chosen) {
                progress.accept(next.name());
                String missing = next.missing();
                if (missing != null) {
                    out.accept("%-24s SKIPPED: %s".formatted(next.name(), missing));
                    continue;
                }
                Row row = withRatio(run(next, bench), rows);
                rows.add(row);
                TextReport.lines(row).forEach(out);
            }
            Path json = options.json();
            if (json != null) {
                JsonReport.write(json, "millrace", machine, rows);
            }
        }
        return rows;
    }

    private static List<BenchCase> choose(Options options) {
        List<BenchCase> all = LogCases.all(options.input());
        for (String name : options.cases()) {
            if (all.stream().noneMatch(c -> c.name().equals(name))) {
                throw CommandException.usage(
                        "usage",
                        "there is no case '%s'; there are %s"
                                .formatted(name, String.join(", ", caseNames())));
            }
        }
        return all.stream()
                .filter(
                        c ->
                                options.cases().isEmpty()
                                        ? options.full() || !c.longRow()
                                        : options.cases().contains(c.name()))
                .toList();
    }

    private static Row run(BenchCase one, Workbench bench) throws InterruptedException {
        try {
            Outcome outcome = one.run(bench);
            return new Row(
                    one.name(),
                    one.conditions(),
                    outcome.seconds(),
                    outcome.records(),
                    outcome.metrics(),
                    one.goals(),
                    outcome.problem());
        } catch (InterruptedException e) {
            throw e;
        } catch (Exception e) {
            Throwable cause =
                    e instanceof ExecutionException && e.getCause() != null ? e.getCause() : e;
            return Row.failed(one.name(), one.conditions(), one.goals(), cause.toString());
        }
    }

    /// Where a row is measured against the plain one, adds how it compares.
    private static Row withRatio(Row row, List<Row> before) {
        if (row.goals().stream().noneMatch(goal -> goal.metric().equals(Metric.RATIO))) {
            return row;
        }
        OptionalDouble rate = row.value(Metric.THROUGHPUT);
        OptionalDouble base =
                before.stream()
                        .filter(other -> other.name().equals(LogCases.SINGLE))
                        .map(other -> other.value(Metric.THROUGHPUT))
                        .findFirst()
                        .orElse(OptionalDouble.empty());
        if (rate.isEmpty() || base.isEmpty()) {
            return row;
        }
        List<Metric> metrics = new ArrayList<>(row.metrics());
        metrics.add(Metric.plain(Metric.RATIO, rate.getAsDouble() / base.getAsDouble()));
        return new Row(
                row.name(),
                row.conditions(),
                row.seconds(),
                row.records(),
                metrics,
                row.goals(),
                row.failure());
    }
}
