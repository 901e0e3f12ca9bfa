package dev.millrace.benchmarks;

import dev.millrace.cli.bench.Conditions;
import dev.millrace.cli.bench.Lanes;
import dev.millrace.cli.bench.Measured;
import dev.millrace.cli.bench.Metric;
import dev.millrace.cli.bench.Row;
import dev.millrace.cli.bench.Scale;
import dev.millrace.cli.bench.Values;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.activemq.artemis.core.io.SequentialFileFactory;
import org.apache.activemq.artemis.core.io.aio.AIOSequentialFileFactory;
import org.apache.activemq.artemis.core.io.nio.NIOSequentialFileFactory;
import org.apache.activemq.artemis.core.journal.RecordInfo;
import org.apache.activemq.artemis.core.journal.impl.JournalImpl;
import org.jspecify.annotations.Nullable;

/// The journal of Apache ActiveMQ Artemis, the peer in group commit: callers wait until their
/// record is on the disk, and one force serves all that gathered.
///
/// @param system how the contender is called
/// @param aio libaio instead of NIO
/// @param bufferTimeoutNanos how long its buffer gathers at most; with 0 it would not gather at all
/// @param fileBytes of a journal file
/// @param files made, and filled with zeros, before the clock runs
record ArtemisJournal(
        String system, boolean aio, int bufferTimeoutNanos, int fileBytes, int files) {
    static final String CASE = "append.single.fsync";

    private static final int CALLERS = 64;
    private static final int BUFFER_BYTES = 490 << 10; // the broker's default
    private static final int NIO_TIMEOUT_NANOS = 1_000_000_000 / 300; // the broker's default
    private static final int AIO_TIMEOUT_NANOS = 1_000_000_000 / 2000; // the broker's default
    private static final int AIO_MOST_IO = 500; // the broker's default
    private static final int DEFAULT_FILE_BYTES = 10 << 20; // the broker's default
    private static final int LARGE_FILE_BYTES = 100 << 20;

    /// The best of those tried here; see BENCHMARKS.md.
    private static final int TUNED_TIMEOUT_NANOS = 1;

    private static final byte RECORD_TYPE = 1;

    /// A caller's records have the numbers from its own multiple of this on.
    private static final long NUMBERS_OF_A_CALLER = 1L << 40;

    /// As a broker with default settings has it, and as it runs best here; with libaio where its
    /// native library loads.
    static List<ArtemisJournal> all() {
        List<ArtemisJournal> all = new ArrayList<>();
        all.add(
                new ArtemisJournal(
                        "artemis-nio-default", false, NIO_TIMEOUT_NANOS, DEFAULT_FILE_BYTES, 2));
        all.add(
                new ArtemisJournal(
                        "artemis-nio-tuned", false, TUNED_TIMEOUT_NANOS, LARGE_FILE_BYTES, 12));
        if (AIOSequentialFileFactory.isSupported()) {
            all.add(
                    new ArtemisJournal(
                            "artemis-aio-default", true, AIO_TIMEOUT_NANOS, DEFAULT_FILE_BYTES, 2));
            all.add(
                    new ArtemisJournal(
                            "artemis-aio-tuned", true, TUNED_TIMEOUT_NANOS, LARGE_FILE_BYTES, 12));
        }
        return all;
    }

    /// Appends from 64 callers, and loads the journal again to count what is there.
    Row run(Path folder, Scale scale, Values values) throws Exception {
        Files.createDirectories(folder);
        JournalImpl journal = open(folder);
        journal.loadInternalOnly();
        Measured measured =
                Lanes.run(
                        CALLERS,
                        scale.warmUp(),
                        scale.measured(),
                        lane -> {
                            long first = lane.number() * NUMBERS_OF_A_CALLER;
                            long next = 0;
                            while (lane.begin()) {
                                byte[] value = values.get(first + next);
                                journal.appendAddRecord(first + next, RECORD_TYPE, value, true);
                                lane.end(1);
                                next++;
                            }
                        });
        journal.stop();
        List<Metric> metrics = new ArrayList<>(measured.metrics());
        metrics.add(Metric.bytes(bytesIn(folder)));
        return new Row(
                CASE,
                conditions(),
                measured.seconds(),
                measured.records(),
                metrics,
                List.of(),
                problem(folder, measured.total(), values));
    }

    private Conditions conditions() {
        String callers =
                "%d callers, each waits for its answer; %s, buffer timeout %.2f ms, files of %d MiB"
                        .formatted(
                                CALLERS,
                                aio ? "libaio" : "NIO",
                                bufferTimeoutNanos / 1e6,
                                fileBytes >> 20);
        return new Conditions("fsync", "none", 1, CALLERS, callers, true);
    }

    private JournalImpl open(Path folder) throws Exception {
        SequentialFileFactory factory =
                aio
                        ? new AIOSequentialFileFactory(
                                folder.toFile(),
                                BUFFER_BYTES,
                                bufferTimeoutNanos,
                                AIO_MOST_IO,
                                false)
                        : new NIOSequentialFileFactory(
                                folder.toFile(), true, BUFFER_BYTES, bufferTimeoutNanos, 1, false);
        factory.start();
        int mostIo = aio ? AIO_MOST_IO : 1;
        // No compaction: nothing is ever deleted.
        JournalImpl journal =
                new JournalImpl(fileBytes, files, files, 0, 0, factory, "bench", "jnl", mostIo);
        journal.start();
        return journal;
    }

    private @Nullable String problem(Path folder, long appended, Values values) throws Exception {
        JournalImpl journal = open(folder);
        List<RecordInfo> found = new ArrayList<>();
        journal.load(found, new ArrayList<>(), null, true);
        journal.stop();
        for (RecordInfo record : found) {
            ByteBuffer expected = ByteBuffer.wrap(values.get(record.id));
            if (!ByteBuffer.wrap(record.data).equals(expected)) {
                return "record %d is not what was appended".formatted(record.id);
            }
        }
        return found.size() == appended
                ? null
                : "%,d records were acknowledged, and the journal holds %,d"
                        .formatted(appended, found.size());
    }

    private static long bytesIn(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            long sum = 0;
            for (Path file : files.toList()) {
                sum += Files.size(file);
            }
            return sum;
        }
    }
}
