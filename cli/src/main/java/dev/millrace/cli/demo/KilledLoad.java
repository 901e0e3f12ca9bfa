package dev.millrace.cli.demo;

import dev.millrace.cli.console.CommandException;
import dev.millrace.cli.console.Progress;
import java.io.DataInputStream;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Starts a process that loads the input, and kills it in the middle.
///
/// @param acknowledged the batches that the process reported, in the order of its reports
/// @param records in them
/// @param nanos from the beginning of its load to the kill
/// @param pid of the process
/// @param exitCode 137 for a process that SIGKILL ended
record KilledLoad(
        List<Acknowledged> acknowledged, long records, long nanos, long pid, int exitCode) {
    private static final String COMMAND = "demo-load";

    static KilledLoad run(DemoOptions options, LoadPlan plan, Progress progress)
            throws IOException {
        Path errors = Files.createTempFile("millrace-demo", ".err");
        try {
            Process process =
                    new ProcessBuilder(commandLine(options, plan))
                            .redirectError(errors.toFile())
                            .start();
            try {
                return listen(process, plan, progress, errors);
            } finally {
                process.destroyForcibly();
            }
        } finally {
            Files.deleteIfExists(errors);
        }
    }

    private static List<String> commandLine(DemoOptions options, LoadPlan plan) {
        List<String> command = new ArrayList<>();
        command.add(
                System.getProperty("java.home") + File.separator + "bin" + File.separator + "java");
        command.add("-Xmx" + Runtime.getRuntime().maxMemory());
        command.add("--enable-native-access=ALL-UNNAMED");
        command.add("--sun-misc-unsafe-memory-access=allow");
        command.add("-cp");
        command.add(System.getProperty("java.class.path"));
        command.add("dev.millrace.cli.Main");
        command.add(COMMAND);
        command.addAll(options.asArguments());
        command.add("--flush-every=" + plan.flushEvery());
        command.add("--hold-at=" + plan.holdAt());
        return command;
    }

    private static KilledLoad listen(Process process, LoadPlan plan, Progress progress, Path errors)
            throws IOException {
        List<Acknowledged> acknowledged = new ArrayList<>();
        long records = 0;
        long began = 0;
        long killed = 0;
        try (DataInputStream reports = new DataInputStream(process.getInputStream())) {
            for (Acknowledged next = Acknowledged.read(reports);
                    next != null;
                    next = Acknowledged.read(reports)) {
                if (next.loadingBegins()) {
                    began = System.nanoTime();
                } else {
                    acknowledged.add(next);
                    records += next.count();
                }
                progress.at(records);
                if (killed == 0 && records >= plan.killAt()) {
                    killed = System.nanoTime();
                    // not the process's own method: that one closes the pipe, with reports in it
                    process.toHandle().destroyForcibly();
                }
            }
        }
        int exitCode = waitFor(process);
        if (killed == 0) {
            throw new CommandException(
                    "load-failed",
                    "the loading process ended by itself with exit code %d: %s"
                            .formatted(exitCode, Files.readString(errors, StandardCharsets.UTF_8)));
        }
        return new KilledLoad(
                List.copyOf(acknowledged), records, killed - began, process.pid(), exitCode);
    }

    private static int waitFor(Process process) throws IOException {
        try {
            return process.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while waiting for the loading process", e);
        }
    }
}
