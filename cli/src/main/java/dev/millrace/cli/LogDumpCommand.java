package dev.millrace.cli;

import dev.millrace.cli.console.CommandException;
import dev.millrace.cli.console.Console;
import dev.millrace.cli.dump.SegmentDump;
import dev.millrace.cli.dump.SegmentFiles;
import dev.millrace.server.RemoteLog;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `millrace log dump`.
@Command(
        name = "dump",
        description =
                "Print what segment files hold, one line a record batch. Reads the files as they"
                        + " are, also while the log is open.")
final class LogDumpCommand implements Callable<Integer> {
    private final Console console;

    @Parameters(
            paramLabel = "TOPIC|FILE",
            description = "A topic of the log in --data, or a segment's .log file.")
    private String what = "";

    @Option(names = "--partition", paramLabel = "P", description = "Only this partition.")
    private @Nullable Integer partition;

    @Option(names = "--records", description = "Print the records in each batch too.")
    private boolean records;

    @Mixin private DataOptions data = new DataOptions();
    @Mixin private JsonOption output = new JsonOption();

    LogDumpCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws IOException {
        URI server = data.server();
        if (server == null) {
            return dump(files());
        }
        Path copies = Files.createTempDirectory("millrace-dump");
        try (RemoteLog log = RemoteLog.connect(server)) {
            return dump(log.copySegments(what, partition, copies));
        } finally {
            delete(copies);
        }
    }

    private int dump(List<Path> files) {
        try (SegmentDump dump = new SegmentDump(console, output.json(), records)) {
            files.forEach(dump::print);
            return dump.damaged() ? 1 : 0;
        }
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> below = Files.walk(folder)) {
            for (Path each : below.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(each);
            }
        }
    }

    private List<Path> files() throws IOException {
        if (!what.endsWith(".log") || !Files.isRegularFile(Path.of(what))) {
            return SegmentFiles.of(data.directory(), what, partition);
        }
        if (partition != null) {
            throw CommandException.usage("usage", "--partition goes with a topic, not with a file");
        }
        return List.of(Path.of(what));
    }
}
