package dev.millrace.cli;

import dev.millrace.cli.console.CommandException;
import dev.millrace.log.EventLog;
import dev.millrace.log.LocalLog;
import dev.millrace.log.LogException;
import dev.millrace.log.LogOptions;
import dev.millrace.server.Configuration;
import dev.millrace.server.RemoteLog;
import dev.millrace.server.ServerOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// Where the log is that a command works on, and how it is opened there: in a directory, by the
/// server that has the directory open, or on a cluster. A command that any [EventLog] can carry out
/// asks for [#open()]; one that needs what only a directory has, for [#openDirectory()].
final class DataOptions {
    @Option(
            names = "--data",
            paramLabel = "DIR",
            description =
                    "The directory of the log (default: log.directory, ./millrace-data). Where it is"
                            + " being served, the server is asked.")
    private @Nullable Path directory;

    @Option(
            names = "--server",
            paramLabel = "URL",
            description = "The server that has the log open, like http://localhost:8080.")
    private @Nullable URI server;

    @Mixin private ClusterOptions cluster = new ClusterOptions();

    @SuppressWarnings("NullAway.Init") // picocli sets it
    @Spec(Spec.Target.MIXEE)
    private CommandSpec command;

    /// What `./millrace.yaml` and the environment say.
    private static ServerOptions configured() {
        try {
            return Configuration.read(null, System.getenv(), List.of()).options();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// The directory of the log.
    Path directory() {
        requireOne();
        if (cluster.given() || server != null) {
            throw CommandException.usage(
                    "needs-directory",
                    "this command looks into the directory of a log (--data DIR), and not into %s"
                            .formatted(place()));
        }
        return directory == null ? configured().directory() : directory;
    }

    /// The server that was named; null where none was.
    @Nullable URI server() {
        requireOne();
        return server;
    }

    private void requireOne() {
        int places = (cluster.given() ? 1 : 0) + (directory == null ? 0 : 1);
        if (places + (server == null ? 0 : 1) > 1) {
            throw CommandException.usage("usage", "--data, --server and --log exclude each other");
        }
    }

    /// Where the log is, for messages.
    String place() {
        if (cluster.given()) {
            return cluster.place();
        }
        return server == null ? directory().toString() : server.toString();
    }

    /// Opens the log; refused where there is none.
    OpenLog<? extends EventLog> open() {
        requireOne();
        return cluster.given() ? new OpenLog<>(cluster.open()) : openDirectory(DataOptions::silent);
    }

    /// Opens the log, and creates it where there is none.
    OpenLog<? extends EventLog> openOrCreate() {
        requireOne();
        if (cluster.given()) {
            return new OpenLog<>(cluster.open());
        }
        return open(DataOptions::silent);
    }

    /// A log that is closed because the process is told to end has its cursors still open.
    private static LogOptions silent(LogOptions options) {
        return options.with("log.leaks", "silent");
    }

    /// Opens the log in its directory, or over the server that has it open; refused where there is
    /// none.
    OpenLog<LocalLog> openDirectory() {
        return openDirectory(options -> options);
    }

    /// As [#openDirectory()].
    ///
    /// @param change to the options that are configured; a server keeps its own
    OpenLog<LocalLog> openDirectory(UnaryOperator<LogOptions> change) {
        if (server == null && !Files.exists(directory().resolve("format.json"))) {
            Path at = directory();
            throw new CommandException(
                    "no-log",
                    "there is no log in %s; `millrace topic create NAME --data %s` makes one"
                            .formatted(at, at));
        }
        return open(change);
    }

    private OpenLog<LocalLog> open(UnaryOperator<LogOptions> change) {
        URI named = server();
        if (named != null) {
            return new OpenLog<>(RemoteLog.connect(requireHttp(named)));
        }
        Path at = directory();
        try {
            return new OpenLog<>(LocalLog.open(at, change.apply(configured().log())));
        } catch (LogException e) {
            Optional<URI> serving =
                    e.code() == LogException.Code.LOG_IN_USE
                            ? RemoteLog.serving(at)
                            : Optional.empty();
            if (serving.isEmpty()) {
                throw e;
            }
            command.commandLine()
                    .getErr()
                    .printf("millrace: %s is being served; asking %s%n", at, serving.get());
            return new OpenLog<>(RemoteLog.connect(serving.get()));
        }
    }

    /// Connects to the server that has the log open; refused where there is none, for commands
    /// whose work only a running server can do.
    RemoteLog openServed() {
        URI named = server();
        if (named != null) {
            return RemoteLog.connect(requireHttp(named));
        }
        Path at = directory();
        try (OpenLog<LocalLog> open = openDirectory()) {
            if (open.log() instanceof RemoteLog remote) {
                URI serving = remote.server();
                return RemoteLog.connect(serving);
            }
        }
        throw new CommandException(
                "not-served",
                "nobody serves %s, and consumer groups live in the server: start `millrace serve --data %s`, or name a server with --server URL"
                        .formatted(at, at));
    }

    private static URI requireHttp(URI named) {
        if (!Objects.equals(named.getScheme(), "http") || named.getHost() == null) {
            throw CommandException.usage(
                    "usage", "'%s' is no server; write http://HOST:PORT".formatted(named));
        }
        return named;
    }
}
