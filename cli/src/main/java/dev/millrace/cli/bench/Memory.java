package dev.millrace.cli.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// What this process holds in memory, as Linux tells in `/proc/self/status`.
final class Memory {
    private static final Path STATUS = Path.of("/proc/self/status");
    private static final long KIB = 1024;

    private Memory() {}

    /// `resident` (RssAnon + RssShmem) and `mapped` (RssFile); none on other systems.
    static List<Metric> now() {
        if (!Files.isReadable(STATUS)) {
            return List.of();
        }
        List<Metric> found = new ArrayList<>();
        try {
            List<String> lines = Files.readAllLines(STATUS);
            long resident = bytes(lines, "RssAnon:") + bytes(lines, "RssShmem:");
            found.add(new Metric(Metric.RESIDENT, resident, "B"));
            found.add(new Metric(Metric.MAPPED, bytes(lines, "RssFile:"), "B"));
        } catch (IOException e) {
            return List.of();
        }
        return found;
    }

    private static long bytes(List<String> lines, String name) {
        return lines.stream()
                .filter(line -> line.startsWith(name))
                .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) * KIB)
                .findFirst()
                .orElse(0);
    }
}
