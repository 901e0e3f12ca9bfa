package dev.millrace.cli.demo;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What to load, and where.
///
/// @param files empty for the generated story
/// @param entityField null for the first of `subject`, `Hostname`, `host`
/// @param events of the story
/// @param seed of the story
public record DemoOptions(
        Path directory, List<Path> files, @Nullable String entityField, int events, long seed) {
    public DemoOptions {
        files = List.copyOf(files);
    }

    /// What is to be read.
    public DemoInput input() {
        return files.isEmpty() ? new StoryInput(seed, events) : new FileInput(files);
    }

    /// The same options on a command line, for the loading process.
    List<String> asArguments() {
        List<String> arguments = new ArrayList<>();
        arguments.add("--data=" + directory.toAbsolutePath());
        for (Path file : files) {
            arguments.add("--input=" + file.toAbsolutePath());
        }
        if (entityField != null) {
            arguments.add("--entity=" + entityField);
        }
        arguments.add("--events=" + events);
        arguments.add("--seed=" + seed);
        return arguments;
    }
}
