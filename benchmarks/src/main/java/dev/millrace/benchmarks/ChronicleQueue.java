package dev.millrace.benchmarks;

import dev.millrace.cli.bench.Conditions;
import dev.millrace.cli.bench.Lane;
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
import net.openhft.chronicle.bytes.Bytes;
import net.openhft.chronicle.queue.ExcerptAppender;
import net.openhft.chronicle.queue.ExcerptTailer;
import net.openhft.chronicle.queue.impl.single.SingleChronicleQueue;
import net.openhft.chronicle.queue.impl.single.SingleChronicleQueueBuilder;
import org.jspecify.annotations.Nullable;

/// Chronicle Queue, the peer where the page cache is enough: records go into a mapped file of one
/// process, without partitions, batches or checksums.
final class ChronicleQueue {
    static final String SYSTEM = "chronicle-queue";
    static final List<String> CASES =
            List.of("append.single.os", "append.stream.os", "read.sequential");

    /// What it needs of the JVM, from its own documentation.
    static final List<String> FLAGS =
            List.of(
                    "--add-exports=java.base/jdk.internal.ref=ALL-UNNAMED",
                    "--add-exports=java.base/sun.nio.ch=ALL-UNNAMED",
                    "--add-exports=jdk.unsupported/sun.misc=ALL-UNNAMED",
                    "--add-exports=jdk.compiler/com.sun.tools.javac.file=ALL-UNNAMED",
                    "--add-opens=jdk.compiler/com.sun.tools.javac=ALL-UNNAMED",
                    "--add-opens=java.base/java.lang=ALL-UNNAMED",
                    "--add-opens=java.base/java.lang.reflect=ALL-UNNAMED",
                    "--add-opens=java.base/java.io=ALL-UNNAMED",
                    "--add-opens=java.base/java.util=ALL-UNNAMED");

    private static final int RECORDS_A_CALL = 1000;
    private static final int RECORDS_A_LOOK = 100;

    private ChronicleQueue() {}

    static Row run(String name, Path folder, Scale scale, Values values) throws Exception {
        Files.createDirectories(folder);
        return name.equals("read.sequential")
                ? read(name, folder, scale, values)
                : append(name, folder, scale, values);
    }

    private static SingleChronicleQueue open(Path folder) {
        return SingleChronicleQueueBuilder.binary(folder.toFile()).build();
    }

    private static Row append(String name, Path folder, Scale scale, Values values)
            throws Exception {
        boolean single = name.equals("append.single.os");
        Measured measured =
                Lanes.run(
                        1,
                        scale.warmUp(),
                        scale.measured(),
                        lane -> append(folder, values, lane, single ? 1 : RECORDS_A_LOOK));
        return row(
                name,
                folder,
                measured,
                single
                        ? "1 caller, each record by itself"
                        : "1 thread, record after record, latency of 100 together",
                problem(folder, measured.total(), values));
    }

    private static void append(Path folder, Values values, Lane lane, int records) {
        try (SingleChronicleQueue queue = open(folder);
                ExcerptAppender appender = queue.createAppender()) {
            Bytes<ByteBuffer> bytes = Bytes.elasticByteBuffer(Values.VALUE_BYTES);
            long value = 0;
            while (lane.begin()) {
                for (int i = 0; i < records; i++) {
                    bytes.clear();
                    bytes.write(values.get(value++));
                    appender.writeBytes(bytes);
                }
                lane.end(records);
            }
            bytes.releaseLast();
        }
    }

    private static Row read(String name, Path folder, Scale scale, Values values) throws Exception {
        long records = scale.readRecords();
        fill(folder, records, values);
        String problem = problem(folder, records, values);
        Measured measured;
        try (SingleChronicleQueue queue = open(folder);
                ExcerptTailer tailer = queue.createTailer()) {
            tailer.singleThreadedCheckDisabled(true);
            measured =
                    Lanes.run(
                            1,
                            scale.warmUp(),
                            scale.measured(),
                            lane -> read(tailer, records, lane));
        }
        return row(name, folder, measured, "1 thread, latency of 1,000 records", problem);
    }

    private static void fill(Path folder, long records, Values values) {
        try (SingleChronicleQueue queue = open(folder);
                ExcerptAppender appender = queue.createAppender()) {
            Bytes<ByteBuffer> bytes = Bytes.elasticByteBuffer(Values.VALUE_BYTES);
            for (long i = 0; i < records; i++) {
                bytes.clear();
                bytes.write(values.get(i));
                appender.writeBytes(bytes);
            }
            bytes.releaseLast();
        }
    }

    private static void read(ExcerptTailer tailer, long records, Lane lane) {
        Bytes<ByteBuffer> bytes = Bytes.elasticByteBuffer(Values.VALUE_BYTES);
        long read = 0;
        tailer.toStart();
        while (lane.begin()) {
            int now = 0;
            while (now < RECORDS_A_CALL && tailer.readBytes(bytes.clear())) {
                if (bytes.readRemaining() != Values.VALUE_BYTES || bytes.readLong(0) == 0) {
                    throw new IllegalStateException("record " + (read + now) + " is wrong");
                }
                now++;
            }
            lane.end(now);
            read += now;
            if (now < RECORDS_A_CALL) {
                if (read != records) {
                    throw new IllegalStateException("the records end at " + read);
                }
                tailer.toStart();
                read = 0;
            }
        }
        bytes.releaseLast();
    }

    /// Reads everything back, in its order.
    private static @Nullable String problem(Path folder, long appended, Values values) {
        Bytes<ByteBuffer> bytes = Bytes.elasticByteBuffer(Values.VALUE_BYTES);
        long found = 0;
        try (SingleChronicleQueue queue = open(folder);
                ExcerptTailer tailer = queue.createTailer()) {
            byte[] present = new byte[Values.VALUE_BYTES];
            while (tailer.readBytes(bytes.clear())) {
                int length = bytes.read(present);
                if (length != Values.VALUE_BYTES
                        || !java.util.Arrays.equals(present, values.get(found))) {
                    return "record %d is not what was appended".formatted(found);
                }
                found++;
            }
        } finally {
            bytes.releaseLast();
        }
        return found == appended
                ? null
                : "%,d records were appended, and the queue holds %,d".formatted(appended, found);
    }

    private static Row row(
            String name, Path folder, Measured measured, String callers, @Nullable String problem)
            throws IOException {
        List<Metric> metrics = new ArrayList<>(measured.metrics());
        metrics.add(Metric.bytes(bytesIn(folder)));
        return new Row(
                name,
                new Conditions("os", "none", 1, 1, callers + "; as it comes", true),
                measured.seconds(),
                measured.records(),
                metrics,
                List.of(),
                problem);
    }

    private static long bytesIn(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.mapToLong(file -> file.toFile().length()).sum();
        }
    }
}
