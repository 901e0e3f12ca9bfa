package dev.millrace.cli.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `millrace bench`, with a subcommand for each area.
@Command(name = "bench", description = "Measure what this machine gives.")
public final class BenchCommand {
    private final Consumer<String> out;
    private final Consumer<String> progress;

    @Spec private CommandSpec spec;

    /// @param out told the lines of the report
    /// @param progress told what is being done, in a few words
    public BenchCommand(Consumer<String> out, Consumer<String> progress) {
        this.out = out;
        this.progress = progress;
    }

    /// `millrace bench log`.
    ///
    /// @return 0, or 1 where a row failed
    @Command(
            name = "log",
            description = {
                "Measure the log: durable and plain appends, reads, opening.",
                "docs/how-to/measure.md tells how to read the rows."
            })
    int log(
            @Option(
                            names = "--case",
                            paramLabel = "NAME",
                            description = "Run this case alone; may be given again.")
                    @Nullable List<String> cases,
            @Option(
                            names = "--full",
                            description = "The long rows too: minutes, and 30 GB of disk.")
                    boolean full,
            @Option(
                            names = "--json",
                            paramLabel = "FILE",
                            description = "Write the figures there, for programs.")
                    @Nullable Path json,
            @Option(
                            names = "--data",
                            paramLabel = "DIR",
                            description =
                                    "Work in this empty folder (default: a fresh one below"
                                            + " ./millrace-bench). It is left empty.")
                    @Nullable Path data)
            throws IOException, InterruptedException {
        Scale scale = full ? Scale.full() : Scale.standard();
        List<String> chosen = cases == null ? List.of() : cases;
        try {
            List<Row> rows =
                    LogBench.run(
                            new LogBench.Options(chosen, full, json, data, scale), out, progress);
            return rows.stream().allMatch(row -> row.failure() == null) ? 0 : 1;
        } catch (IllegalArgumentException e) {
            CommandLine log = spec.subcommands().get("log");
            throw new ParameterException(log, String.valueOf(e.getMessage()), e);
        }
    }
}
