package dev.millrace.cli;

import dev.millrace.cli.console.CommandException;
import dev.millrace.log.EventLog;
import dev.millrace.log.LocalLog;
import dev.millrace.log.LogOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// Where the log is that a command works on, and how it is opened there: in a directory, or on a
/// cluster. A command that any [EventLog] can carry out asks for [#open()]; one that looks into the
/// directory itself, for [#openDirectory()].
final class DataOptions {
    private static final Path DEFAULT = Path.of("./millrace-data");

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description = "The directory of the log (default: ./millrace-data).")
    private @Nullable Path directory;

    @Mixin private ClusterOptions cluster = new ClusterOptions();

    /// The directory of the log.
    Path directory() {
        if (onCluster()) {
            throw CommandException.usage(
                    "needs-directory",
                    "this command looks into the directory of a log (--data DIR), and %s is a cluster"
                            .formatted(cluster.place()));
        }
        return directory == null ? DEFAULT : directory;
    }

    private boolean onCluster() {
        if (cluster.given() && directory != null) {
            throw CommandException.usage("usage", "--data and --log exclude each other");
        }
        return cluster.given();
    }

    /// Where the log is, for messages.
    String place() {
        return onCluster() ? cluster.place() : directory().toString();
    }

    /// Opens the log; refused where there is none.
    OpenLog<? extends EventLog> open() {
        return onCluster() ? new OpenLog<>(cluster.open()) : openDirectory();
    }

    /// Opens the log, and creates it where there is none.
    OpenLog<? extends EventLog> openOrCreate() {
        if (onCluster()) {
            return new OpenLog<>(cluster.open());
        }
        // a log that is closed because the process is told to end has its cursors still open
        return new OpenLog<>(
                LocalLog.open(directory(), LogOptions.defaults().with("log.leaks", "silent")));
    }

    /// Opens the log in its directory; refused where there is none.
    OpenLog<LocalLog> openDirectory() {
        return openDirectory(LogOptions.defaults());
    }

    /// As [#openDirectory()].
    OpenLog<LocalLog> openDirectory(LogOptions options) {
        Path at = directory();
        if (!Files.exists(at.resolve("format.json"))) {
            throw new CommandException(
                    "no-log",
                    "there is no log in %s; `millrace topic create NAME --data %s` makes one"
                            .formatted(at, at));
        }
        return new OpenLog<>(LocalLog.open(at, options));
    }
}
