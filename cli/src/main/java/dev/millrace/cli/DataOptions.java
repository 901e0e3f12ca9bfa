package dev.millrace.cli;

import dev.millrace.cli.console.CommandException;
import dev.millrace.log.LocalLog;
import dev.millrace.log.LogOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/// Options of every command that works on a log.
final class DataOptions {
    @Option(
            names = "--data",
            paramLabel = "DIR",
            defaultValue = "./millrace-data",
            description = "The directory of the log (default: ${DEFAULT-VALUE}).")
    private Path directory = Path.of("millrace-data");

    Path directory() {
        return directory;
    }

    /// Opens the log; refused where there is none.
    OpenLog open() {
        return open(LogOptions.defaults());
    }

    /// As [#open()].
    OpenLog open(LogOptions options) {
        if (!Files.exists(directory.resolve("format.json"))) {
            throw new CommandException(
                    "no-log",
                    "there is no log in %s; `millrace topic create NAME --data %s` makes one"
                            .formatted(directory, directory));
        }
        return new OpenLog(LocalLog.open(directory, options));
    }

    /// Opens the log, and creates it where there is none.
    OpenLog openOrCreate() {
        // a log that is closed because the process is told to end has its cursors still open
        return new OpenLog(
                LocalLog.open(directory, LogOptions.defaults().with("log.leaks", "silent")));
    }
}
