package dev.millrace.cli;

import dev.millrace.cli.console.CommandException;
import dev.millrace.cli.console.Console;
import dev.millrace.cli.dump.SegmentDump;
import dev.millrace.cli.dump.SegmentFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
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
        List<Path> files = files();
        try (SegmentDump dump = new SegmentDump(console, output.json(), records)) {
            files.forEach(dump::print);
            return dump.damaged() ? 1 : 0;
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
