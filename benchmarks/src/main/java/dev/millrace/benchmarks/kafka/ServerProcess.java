package dev.millrace.benchmarks.kafka;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// A server in a process of its own, and what the kernel says of it.
final class ServerProcess implements AutoCloseable {
    /// Both contestants get these: Kafka's own script asks for as much.
    static final List<String> FLAGS = List.of("-Xmx1g", "-XX:+UseG1GC");

    private static final int TICKS_PER_SECOND = 100;
    private static final int USER_TICKS = 11;
    private static final int SYSTEM_TICKS = 12;
    private static final int MOST_SECONDS_TO_END = 60;

    private final Process process;

    private ServerProcess(Process process) {
        this.process = process;
    }

    /// A program, and how it is called.
    record Spec(List<String> command) {
        /// A main class of this class path.
        static Spec of(List<String> flags, String mainClass, List<String> args) {
            List<String> command = new ArrayList<>();
            command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
            command.addAll(flags);
            command.addAll(List.of("-cp", System.getProperty("java.class.path"), mainClass));
            command.addAll(args);
            return new Spec(command);
        }

        /// Starts it as a server; what it prints goes into `output`.
        ServerProcess start(Path output) throws IOException {
            return new ServerProcess(builder(output).start());
        }

        /// Runs it to its end.
        ///
        /// @return what it printed
        String run(Path output) throws IOException, InterruptedException {
            Process process = builder(output).start();
            try {
                boolean ended = process.waitFor(10, TimeUnit.MINUTES);
                String printed = Files.readString(output);
                if (!ended || process.exitValue() != 0) {
                    throw new IOException("%s failed: %s".formatted(command, tail(printed)));
                }
                return printed;
            } finally {
                process.destroyForcibly();
            }
        }

        private ProcessBuilder builder(Path output) {
            ProcessBuilder builder =
                    new ProcessBuilder(command)
                            .redirectErrorStream(true)
                            .redirectOutput(output.toFile());
            builder.environment().put("MILLRACE_JAVA_OPTS", String.join(" ", FLAGS));
            builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
            return builder;
        }

        private static String tail(String text) {
            return text.substring(Math.max(0, text.length() - 400)).strip();
        }
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /// Seconds of processor time so far, of all its threads.
    double cpuSeconds() throws IOException {
        String stat = Files.readString(Path.of("/proc/" + process.pid() + "/stat"));
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        long ticks = Long.parseLong(fields[USER_TICKS]) + Long.parseLong(fields[SYSTEM_TICKS]);
        return (double) ticks / TICKS_PER_SECOND;
    }

    /// Bytes of memory that are its own: anonymous and shared, without mapped files.
    long residentBytes() throws IOException {
        return status("RssAnon:") + status("RssShmem:");
    }

    /// Bytes of mapped files that are in memory.
    long mappedBytes() throws IOException {
        return status("RssFile:");
    }

    private long status(String key) throws IOException {
        try (Stream<String> lines = Files.lines(Path.of("/proc/" + process.pid() + "/status"))) {
            return lines.filter(line -> line.startsWith(key))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
                    .findFirst()
                    .orElse(0);
        }
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(MOST_SECONDS_TO_END, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
