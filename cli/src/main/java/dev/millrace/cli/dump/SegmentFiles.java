package dev.millrace.cli.dump;

import dev.millrace.cli.console.CommandException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Finds the segment files of a topic in a log's directory, whether or not the log is open.
public final class SegmentFiles {
    private static final String SUFFIX = ".log";

    private SegmentFiles() {}

    /// In order of partition and offset.
    ///
    /// @param partition only this one; null for all
    public static List<Path> of(Path directory, String topic, @Nullable Integer partition)
            throws IOException {
        Path namespace = directory.resolve("log").resolve("default");
        if (!Files.isDirectory(namespace)) {
            throw new CommandException("no-log", "there is no log in " + directory);
        }
        TreeMap<Integer, Path> partitions = new TreeMap<>();
        try (Stream<Path> names = Files.list(namespace)) {
            names.forEach(
                    folder -> {
                        int number = partitionNumber(folder.getFileName().toString(), topic);
                        if (number >= 0 && (partition == null || partition == number)) {
                            partitions.put(number, folder);
                        }
                    });
        }
        if (partitions.isEmpty()) {
            throw new CommandException(
                    "unknown-topic",
                    "there is no topic '%s'%s in %s"
                            .formatted(
                                    topic,
                                    partition == null ? "" : " with a partition " + partition,
                                    directory));
        }
        List<Path> files = new ArrayList<>();
        for (Path folder : partitions.values()) {
            try (Stream<Path> names = Files.list(folder)) {
                names.filter(name -> name.toString().endsWith(SUFFIX)).sorted().forEach(files::add);
            }
        }
        return files;
    }

    private static int partitionNumber(String folder, String topic) {
        String prefix = topic + "-";
        String number = folder.startsWith(prefix) ? folder.substring(prefix.length()) : "";
        return number.matches("[0-9]{1,9}") ? Integer.parseInt(number) : -1;
    }
}
