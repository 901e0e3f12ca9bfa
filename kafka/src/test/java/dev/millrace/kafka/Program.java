package dev.millrace.kafka;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.junit.jupiter.api.Assumptions;

/** A program outside of the test's process, and what it has printed so far. */
final class Program implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger("dev.millrace.kafka");

    private final Process process;
    private final List<String> lines = new ArrayList<>();
    private final Thread reader;

    /** Starts it; what it prints, errors too, is kept by lines. */
    Program(List<String> command) throws IOException {
        process = new ProcessBuilder(command).redirectErrorStream(true).start();
        reader = Thread.ofPlatform().daemon().start(this::read);
    }

    /** A Java program of the test's own class path. */
    static Program java(Class<?> main, String... arguments) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(
                List.of(
                        "-Xmx128m",
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "--enable-native-access=ALL-UNNAMED",
                        "--sun-misc-unsafe-memory-access=allow",
                        "-cp",
                        System.getProperty("java.class.path"),
                        main.getName()));
        command.addAll(List.of(arguments));
        return new Program(command);
    }

    /**
     * Ends the test where a program is not there: it is skipped, or fails where {@code
     * MILLRACE_PEERS_REQUIRED} is {@code 1}.
     *
     * @param wouldCheck what the test checks with it
     */
    static void require(boolean there, String what, String wouldCheck) {
        if (there) {
            return;
        }
        if ("1".equals(System.getenv("MILLRACE_PEERS_REQUIRED"))) {
            throw new AssertionError(
                    what + ", and MILLRACE_PEERS_REQUIRED=1 asks for it: " + wouldCheck);
        }
        String skipped = "skipped, since " + what + "; would have checked " + wouldCheck;
        LOG.log(System.Logger.Level.WARNING, skipped);
        Assumptions.abort(skipped);
    }

    /** Whether there is a program of this name to be started. */
    static boolean isThere(String name) {
        for (String folder : System.getenv("PATH").split(":")) {
            if (Files.isExecutable(Path.of(folder, name))) {
                return true;
            }
        }
        return false;
    }

    private void read() {
        try (BufferedReader from =
                new BufferedReader(
                        new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = from.readLine(); line != null; line = from.readLine()) {
                synchronized (this) {
                    lines.add(line);
                    notifyAll();
                }
            }
        } catch (IOException e) {
            // the pipe broke with the program; what came until then is here
        }
        synchronized (this) {
            notifyAll();
        }
    }

    /** What it reads: all of it, and then the end. */
    Program given(String input) throws IOException {
        process.getOutputStream().write(input.getBytes(StandardCharsets.UTF_8));
        process.getOutputStream().close();
        return this;
    }

    /** Waits until it has printed so many lines of a kind. */
    synchronized void await(Predicate<String> kind, int count) throws InterruptedException {
        long deadline = System.nanoTime() + Duration.ofMinutes(2).toNanos();
        while (lines.stream().filter(kind).count() < count) {
            if (System.nanoTime() > deadline || !reader.isAlive()) {
                throw new AssertionError(
                        "%d of %d lines came, and then nothing:%n%s"
                                .formatted(
                                        lines.stream().filter(kind).count(),
                                        count,
                                        String.join("\n", tail())));
            }
            wait(100);
        }
    }

    private List<String> tail() {
        return lines.subList(Math.max(0, lines.size() - 30), lines.size());
    }

    synchronized List<String> lines() {
        return List.copyOf(lines);
    }

    /** Waits for its end, which must be a good one. */
    List<String> end() throws InterruptedException {
        boolean ended = process.waitFor(3, TimeUnit.MINUTES);
        if (ended) {
            reader.join();
        }
        if (!ended || process.exitValue() != 0) {
            throw new AssertionError(
                    "it ended %s:%n%s"
                            .formatted(
                                    ended ? "with " + process.exitValue() : "not",
                                    String.join("\n", lines())));
        }
        return lines();
    }

    /** Kills it, as {@code kill -9} does. */
    void kill() throws InterruptedException {
        process.toHandle().destroyForcibly();
        process.waitFor();
        reader.join();
    }

    /** Asks it to end. */
    void terminate() {
        process.toHandle().destroy();
    }

    @Override
    public void close() {
        process.toHandle().destroyForcibly();
    }
}
