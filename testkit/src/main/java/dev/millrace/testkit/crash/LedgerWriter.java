package dev.millrace.testkit.crash;

import dev.millrace.log.Durability;
import dev.millrace.log.LocalLog;
import dev.millrace.log.LogOptions;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;

/// A process that is there to be killed: it runs a [Workload] on a directory without end, and
/// prints its [CrashLedger] as lines of text, each with one call of the system, so that what it has
/// printed outlives it.
public final class LedgerWriter {
    private static final int STEPS = 100;

    private LedgerWriter() {}

    /// @param arguments directory, durability, seed, first id
    public static void main(String[] arguments) {
        Path directory = Path.of(arguments[0]);
        Durability durability = Durability.valueOf(arguments[1].toUpperCase(Locale.ROOT));
        SplittableRandom random = new SplittableRandom(Long.parseLong(arguments[2]));
        long firstId = Long.parseLong(arguments[3]);
        CrashLedger ledger = new CrashLedger(LedgerWriter::print);
        Workload workload =
                new Workload(
                        () -> LocalLog.open(directory, options()),
                        ledger,
                        random,
                        new Workload.Plan(
                                firstId,
                                (int) options().directForceBytes(),
                                List.of(durability),
                                true,
                                true,
                                random.nextBoolean()));
        ledger.goOnWith(workload.open());
        while (workload.failures().isEmpty()) {
            workload.run(STEPS);
        }
        System.err.println(workload.failures());
        System.exit(1);
    }

    /// What the log is opened with: everything small, so that much happens in a short life.
    public static LogOptions options() {
        return LogOptions.defaults()
                .with("log.journal.file.bytes", 64 << 10)
                .with("log.journal.max.bytes", 512 << 10)
                .with("log.min-free-bytes", 1 << 20)
                .with("log.direct-force-bytes", 8 << 10);
    }

    private static final FileOutputStream OUT = new FileOutputStream(FileDescriptor.out);

    private static void print(String line) {
        try {
            OUT.write((line + "\n").getBytes(StandardCharsets.US_ASCII));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
