package dev.millrace.cli.bench;

import dev.millrace.log.LocalLog;
import dev.millrace.log.TopicPartition;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/// Opens a log that a process left behind when it was killed, and then, closed in order, opens it
/// again and again. The two cases share the log: writing it takes longer than opening it.
final class OpenCases {
    private static final int CLEAN_OPENINGS = 20;
    private static final int DIGITS = 3;
    private static final Logger RECOVERY = Logger.getLogger("dev.millrace.log");

    private final Map<TopicPartition, Long> acknowledged = new LinkedHashMap<>();
    private @Nullable Path folder;

    List<BenchCase> cases() {
        return List.of(
                new Opening("open.crashed", "one opening", this::crashed),
                new Opening("open.clean", CLEAN_OPENINGS + " openings", this::clean));
    }

    @FunctionalInterface
    private interface Measurement {
        Outcome run(Workbench bench) throws Exception;
    }

    private record Opening(String name, String callers, Measurement measurement)
            implements BenchCase {
        @Override
        public List<Goal> goals() {
            return List.of();
        }

        @Override
        public Conditions conditions() {
            return new Conditions(
                    "fsync and os, half and half",
                    "none",
                    CrashedWriter.TOPICS.length * CrashedWriter.PARTITIONS,
                    1,
                    callers,
                    true);
        }

        @Override
        public Outcome run(Workbench bench) throws Exception {
            return measurement.run(bench);
        }
    }

    private Outcome crashed(Workbench bench) throws Exception {
        Path log = leaveBehind(bench);
        // What recovery has to tell of the torn tail would stand in the middle of the report.
        Level before = RECOVERY.getLevel();
        RECOVERY.setLevel(Level.OFF);
        try {
            return open(log, bench, new Histogram(DIGITS), true);
        } finally {
            RECOVERY.setLevel(before);
        }
    }

    private Outcome clean(Workbench bench) throws Exception {
        Path log = folder;
        if (log == null) {
            log = leaveBehind(bench);
            LocalLog.open(log).close();
        }
        Histogram nanos = new Histogram(DIGITS);
        for (int i = 1; i < CLEAN_OPENINGS; i++) {
            open(log, bench, nanos, false);
        }
        Outcome outcome = open(log, bench, nanos, true);
        Scratch.delete(log);
        folder = null;
        return outcome;
    }

    /// Opens the log, and closes it in order.
    private Outcome open(Path directory, Workbench bench, Histogram nanos, boolean thorough)
            throws Exception {
        long start = System.nanoTime();
        try (LocalLog log = LocalLog.open(directory)) {
            nanos.recordValue(System.nanoTime() - start);
            String problem = null;
            long records = 0;
            long bytes = 0;
            for (Map.Entry<TopicPartition, Long> entry : acknowledged.entrySet()) {
                TopicPartition partition = entry.getKey();
                long latest = log.latestOffset(partition);
                if (latest < entry.getValue()) {
                    problem =
                            "%s: offset %d was acknowledged before the kill, and the log ends at %d"
                                    .formatted(partition, entry.getValue() - 1, latest);
                } else if (thorough && problem == null) {
                    problem = new Readback(log, bench.values()).problem(partition);
                }
                records += latest;
                bytes += log.sizeInBytes(partition);
            }
            List<Metric> metrics = new ArrayList<>(Measured.percentiles(nanos));
            metrics.add(Metric.bytes(bytes));
            return new Outcome(
                    nanos.getMean() * nanos.getTotalCount() / 1e9, records, metrics, problem);
        }
    }

    private Path leaveBehind(Workbench bench) throws IOException, InterruptedException {
        bench.progress().accept("open: filling a log in a process that is then killed");
        Path log = bench.folder("open");
        Process writer =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-cp",
                                System.getProperty("java.class.path"),
                                CrashedWriter.class.getName(),
                                log.toString(),
                                Long.toString(bench.scale().openBytes()))
                        .redirectErrorStream(true)
                        .start();
        try (BufferedReader output =
                new BufferedReader(
                        new InputStreamReader(writer.getInputStream(), StandardCharsets.UTF_8))) {
            acknowledged.clear();
            awaitReady(output);
            // It is in the middle of an append now.
            Thread.sleep(50);
        } finally {
            writer.destroyForcibly().waitFor();
        }
        folder = log;
        bench.progress().accept("open");
        return log;
    }

    private void awaitReady(BufferedReader output) throws IOException {
        StringBuilder said = new StringBuilder();
        String line = output.readLine();
        while (line != null && !line.equals("ready")) {
            String[] words = line.split(" ");
            if (words.length == 3 && words[2].matches("\\d+")) {
                acknowledged.put(
                        new TopicPartition(words[0], Integer.parseInt(words[1])),
                        Long.parseLong(words[2]));
            } else {
                said.append(line).append('\n');
            }
            line = output.readLine();
        }
        if (line == null) {
            throw new IOException("the writing process ended by itself: " + said);
        }
    }
}
