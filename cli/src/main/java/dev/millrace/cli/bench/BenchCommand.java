package dev.millrace.cli.bench;

import dev.millrace.cli.console.Console;
import dev.millrace.log.Profile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `millrace bench`, with a subcommand for each area.
@Command(name = "bench", description = "Measure what this machine gives.")
public final class BenchCommand {
    private final Console console;

    public BenchCommand(Console console) {
        this.console = console;
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
                            description = "The long rows too: minutes, and 40 GB of disk.")
                    boolean full,
            @Option(
                            names = "--profile",
                            paramLabel = "NAME",
                            description =
                                    "The rows of a profile alone: latency, throughput, durability;"
                                            + " may be given again.")
                    @Nullable List<Profile> profiles,
            @Option(
                            names = "--input",
                            paramLabel = "FILE",
                            arity = "1..*",
                            description =
                                    "Event files for the codec.….captures rows (default: those of"
                                            + " MILLRACE_DATA).")
                    @Nullable List<Path> input,
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
        List<String> chosen = new ArrayList<>(cases == null ? List.of() : cases);
        for (Profile profile : profiles == null ? List.<Profile>of() : profiles) {
            ProfileCases.of(profile).forEach(one -> chosen.add(one.name()));
        }
        List<Path> files = input == null ? List.of() : input;
        List<Row> rows =
                LogBench.run(
                        new LogBench.Options(chosen, full, files, json, data, scale),
                        this::say,
                        progress());
        return rows.stream().allMatch(row -> row.failure() == null) ? 0 : 1;
    }

    private void say(String line) {
        if (console.terminal()) {
            console.err().print("\r\033[K");
            console.err().flush();
        }
        console.line(line);
        console.flush();
    }

    /// One line on a terminal, which the next one and the report overwrite; elsewhere nothing.
    private Consumer<String> progress() {
        if (!console.terminal()) {
            return _ -> {};
        }
        return what -> {
            console.err().print("\r" + what + "…\033[K");
            console.err().flush();
        };
    }
}
