package dev.millrace.cli.bench;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.stream.Stream;
import org.HdrHistogram.Histogram;

/// Where a run was measured.
///
/// @param date UTC, to the second
/// @param forceP50Micros of a 4 KiB overwrite with its force, in this run
public record Machine(
        String date,
        String cpu,
        int cores,
        long memoryBytes,
        String fileSystem,
        String os,
        String jdk,
        double forceP50Micros,
        double forceP99Micros) {

    /// Looks around, and measures the disk below `folder` for as long as `probe`.
    public static Machine of(Path folder, Duration probe) throws IOException {
        Histogram force = DiskProbe.run(folder, probe);
        OperatingSystemMXBean system =
                (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        return new Machine(
                Instant.now().truncatedTo(ChronoUnit.SECONDS).toString(),
                cpuModel(),
                Runtime.getRuntime().availableProcessors(),
                system.getTotalMemorySize(),
                Files.getFileStore(folder).type(),
                System.getProperty("os.name") + " " + System.getProperty("os.version"),
                System.getProperty("java.vendor") + " " + Runtime.version(),
                force.getValueAtPercentile(50) / 1e3,
                force.getValueAtPercentile(99) / 1e3);
    }

    private static String cpuModel() throws IOException {
        Path info = Path.of("/proc/cpuinfo");
        if (Files.isReadable(info)) {
            try (Stream<String> lines = Files.lines(info)) {
                return lines.filter(line -> line.startsWith("model name"))
                        .map(line -> line.substring(line.indexOf(':') + 1).strip())
                        .findFirst()
                        .orElse(System.getProperty("os.arch"));
            }
        }
        return System.getProperty("os.arch");
    }
}
