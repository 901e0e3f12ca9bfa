package dev.millrace.cli;

import dev.millrace.cli.demo.DemoOptions;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// Options of the demo, and of the process that it starts.
final class DemoInputOptions {
    @Option(
            names = "--input",
            paramLabel = "FILE",
            arity = "1..*",
            description =
                    "Event files, one JSON object a line: .json, .ndjson, .jsonl, also in .gz and"
                            + " .zip (default: a generated story).")
    private List<Path> files = List.of();

    @Option(
            names = "--entity",
            paramLabel = "FIELD",
            description =
                    "The top-level field with the entity, which becomes the record's key (default:"
                            + " the first of subject, Hostname, host).")
    private @Nullable String entity;

    @Option(
            names = "--data",
            paramLabel = "DIR",
            defaultValue = "./millrace-demo",
            description = "The directory, replaced on each run (default: ${DEFAULT-VALUE}).")
    private Path directory = Path.of("millrace-demo");

    @Option(
            names = "--events",
            paramLabel = "N",
            defaultValue = "1000000",
            description = "How many events the story has (default: ${DEFAULT-VALUE}).")
    private int events = 1_000_000;

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "42",
            description = "Another seed tells another story (default: ${DEFAULT-VALUE}).")
    private long seed = 42;

    DemoOptions options() {
        return new DemoOptions(directory, files, entity, events, seed);
    }
}
