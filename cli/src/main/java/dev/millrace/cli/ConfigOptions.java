package dev.millrace.cli;

import dev.millrace.server.Configuration;
import dev.millrace.server.Configuration.Given;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// The option of every command that is configured.
final class ConfigOptions {
    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "The configuration (default: ./millrace.yaml, where there is one).")
    private @Nullable Path file;

    /// Values of all keys.
    ///
    /// @param given by options of the command
    Configuration read(List<Given> given) throws IOException {
        return Configuration.read(file, System.getenv(), given);
    }
}
