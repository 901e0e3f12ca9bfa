package dev.millrace.cli;

import dev.millrace.cli.console.Console;
import dev.millrace.server.MillraceServer;
import dev.millrace.server.ServerOptions;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/// What the start of the commands is trained on when the build makes the ahead-of-time cache: the
/// short life of a server, and commands that speak to it. No command itself.
final class StartTraining {
    private static final String TOPIC = "training";

    private StartTraining() {}

    /// @param args the folder to work in, which is fresh and may be deleted behind it
    public static void main(String[] args) throws IOException {
        Path directory = Files.createDirectories(Path.of(args[0]));
        run("version");
        run("serve", "--help");
        ServerOptions options =
                ServerOptions.of(
                        Map.of(
                                "log.directory", directory.resolve("log").toString(),
                                "kafka.listen", "127.0.0.1:0",
                                "http.listen", "127.0.0.1:0"));
        try (MillraceServer server = MillraceServer.start(options)) {
            String log = "kafka://127.0.0.1:" + server.kafkaAddress().getPort();
            run("topic", "create", TOPIC, "--log", log);
            run("produce", TOPIC, "--log", log);
            run("consume", TOPIC, "--log", log);
        }
        System.exit(0);
    }

    private static void run(String... args) {
        Console console =
                new Console(
                        new ByteArrayInputStream("a line\n".getBytes(StandardCharsets.UTF_8)),
                        OutputStream.nullOutputStream(),
                        new PrintStream(
                                OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8),
                        false);
        if (Main.run(console, args) != 0) {
            throw new IllegalStateException("millrace " + String.join(" ", args) + " failed");
        }
    }
}
