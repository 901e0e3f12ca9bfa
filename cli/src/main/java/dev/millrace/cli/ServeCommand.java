package dev.millrace.cli;

import dev.millrace.cli.console.Console;
import dev.millrace.cli.serve.LogLines;
import dev.millrace.cli.serve.Termination;
import dev.millrace.server.Configuration.Given;
import dev.millrace.server.MillraceServer;
import dev.millrace.server.ServerOptions;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `millrace serve`.
@Command(
        name = "serve",
        description =
                "Serve a log to Kafka's clients and over HTTP, until SIGTERM or Ctrl-C; a second one"
                        + " quits at once.")
final class ServeCommand implements Callable<Integer> {
    private static final String POLLER_MODE = "jdk.pollerMode";

    private final Console console;

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description =
                    "The directory of the log, created where there is none (log.directory; default:"
                            + " ./millrace-data).")
    private @Nullable String directory;

    @Option(
            names = "--kafka",
            paramLabel = "HOST:PORT",
            description =
                    "Where Kafka's clients are served (kafka.listen; default: 127.0.0.1:9092).")
    private @Nullable String kafka;

    @Option(
            names = "--http",
            paramLabel = "HOST:PORT",
            description = "Where HTTP is served (http.listen; default: 127.0.0.1:8080).")
    private @Nullable String http;

    @Option(
            names = "--insecure",
            description =
                    "Let others than this machine in, without authentication (server.insecure).")
    private boolean insecure;

    @Option(
            names = "--log-json",
            description = "Log a JSON object a line, instead of text (server.log-json).")
    private boolean logJson;

    @Mixin private ConfigOptions config = new ConfigOptions();

    ServeCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws IOException {
        pollWithOneThread();
        ServerOptions options = config.read(given()).options();
        LogLines.begin(console, options.logJson());
        Termination termination = Termination.listen();
        try (MillraceServer server = MillraceServer.start(options)) {
            termination.await();
        }
        return 0;
    }

    /// Sockets of virtual threads are looked after by one thread of the system, not by others of
    /// their own kind: that takes less processor time a request. A user's own setting stays.
    private static void pollWithOneThread() {
        if (System.getProperty(POLLER_MODE) == null) {
            System.setProperty(POLLER_MODE, "1");
        }
    }

    private List<Given> given() {
        List<Given> given = new ArrayList<>();
        add(given, "log.directory", directory, "--data");
        add(given, "kafka.listen", kafka, "--kafka");
        add(given, "http.listen", http, "--http");
        add(given, "server.insecure", insecure ? "true" : null, "--insecure");
        add(given, "server.log-json", logJson ? "true" : null, "--log-json");
        return given;
    }

    private static void add(List<Given> given, String key, @Nullable String value, String option) {
        if (value != null) {
            given.add(new Given(key, value, option));
        }
    }
}
