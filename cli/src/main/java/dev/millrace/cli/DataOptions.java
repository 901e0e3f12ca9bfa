package dev.millrace.cli;

import dev.millrace.cli.console.CommandException;
import dev.millrace.log.EventLog;
import dev.millrace.log.LocalLog;
import dev.millrace.log.LogOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/// Where the log is that a command works on, and how it is opened there. A command that any
/// [EventLog] can carry out asks for [#open()]; one that looks into the directory itself, for
/// [#openDirectory()].
final class DataOptions {
    @Option(
            names = "--data",
            paramLabel = "DIR",
            defaultValue = "./millrace-data",
            description = "The directory of the log (default: ${DEFAULT-VALUE}).")
    private Path directory = Path.of("millrace-data");

    /// The directory of the log.
    Path directory() {
        return directory;
    }

    /// Where the log is, for messages.
    String place() {
        return directory.toString();
    }

    /// Opens the log; refused where there is none.
    OpenLog<? extends EventLog> open() {
        return openDirectory();
    }

    /// Opens the log, and creates it where there is none.
    OpenLog<? extends EventLog> openOrCreate() {
        // a log that is closed because the process is told to end has its cursors still open
        return new OpenLog<>(
                LocalLog.open(directory, LogOptions.defaults().with("log.leaks", "silent")));
    }

    /// Opens the log in its directory; refused where there is none.
    OpenLog<LocalLog> openDirectory() {
        return openDirectory(LogOptions.defaults());
    }

    /// As [#openDirectory()].
    OpenLog<LocalLog> openDirectory(LogOptions options) {
        if (!Files.exists(directory.resolve("format.json"))) {
            throw new CommandException(
                    "no-log",
                    "there is no log in %s; `millrace topic create NAME --data %s` makes one"
                            .formatted(directory, directory));
        }
        return new OpenLog<>(LocalLog.open(directory, options));
    }
}
