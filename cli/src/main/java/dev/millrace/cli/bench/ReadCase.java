package dev.millrace.cli.bench;

import dev.millrace.log.Cursor;
import dev.millrace.log.Durability;
import dev.millrace.log.LocalLog;
import dev.millrace.log.LogOptions;
import dev.millrace.log.RecordBatch;
import dev.millrace.log.RecordView;
import dev.millrace.log.TopicPartition;
import dev.millrace.log.TopicSpec;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Reads a topic that was filled before, read once in full and checked. What follows is the warm
/// path: it is in the page cache, and every batch's checksum has been verified. A cold row closes
/// the log then, drops its files from the page cache, and opens it again, so that all is read from
/// the disk and verified; it reads everything once, or for as long as the clock runs.
final class ReadCase implements BenchCase {
    private static final String TOPIC = "bench";
    private static final int PARTITIONS = 4;

    private final String name;
    private final int recordsInBatch;
    private final String callers;
    private final Reading reading;
    private final LogOptions options;
    private final Warmth warmth;
    private final boolean full;
    private final List<Goal> goals;

    /// Whether what is read is in the page cache.
    enum Warmth {
        WARM,
        COLD
    }

    /// How the thread reads until its time is over.
    @FunctionalInterface
    interface Reading {
        /// @throws IllegalStateException where it reads what is wrong
        void run(List<Cursor> cursors, long recordsInPartition, Lane lane);
    }

    ReadCase(String name, int recordsInBatch, String callers, Reading reading, Goal... goals) {
        this(
                name,
                recordsInBatch,
                callers,
                reading,
                LogOptions.defaults(),
                Warmth.WARM,
                false,
                goals);
    }

    private ReadCase(
            String name,
            int recordsInBatch,
            String callers,
            Reading reading,
            LogOptions options,
            Warmth warmth,
            boolean full,
            Goal... goals) {
        this.options = options;
        this.warmth = warmth;
        this.full = full;
        this.name = name;
        this.recordsInBatch = recordsInBatch;
        this.callers = callers;
        this.reading = reading;
        this.goals = List.of(goals);
    }

    /// From the beginning to the end; once, where it is cold.
    static ReadCase sequential(LogOptions.ReadMode mode, Warmth warmth) {
        boolean cold = warmth == Warmth.COLD;
        return of(
                "sequential",
                mode,
                warmth,
                1000,
                "1 thread, latency of 1,000 records, batches of 1,000" + (cold ? ", once" : ""),
                cold ? ReadCase::sequentialOnce : ReadCase::sequential);
    }

    /// Records at random offsets.
    static ReadCase single(LogOptions.ReadMode mode, Warmth warmth) {
        return of(
                "single",
                mode,
                warmth,
                100,
                "1 thread, random offsets, seek and next, batches of 100",
                ReadCase::single);
    }

    private static ReadCase of(
            String what,
            LogOptions.ReadMode mode,
            Warmth warmth,
            int recordsInBatch,
            String callers,
            Reading reading) {
        String how = mode.name().toLowerCase(Locale.ROOT);
        return new ReadCase(
                "read.%s.%s.%s".formatted(what, how, warmth.name().toLowerCase(Locale.ROOT)),
                recordsInBatch,
                callers + ", " + how,
                reading,
                LogOptions.defaults().with("log.read.mode", how),
                warmth,
                true);
    }

    @Override
    public boolean longRow() {
        return full;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public List<Goal> goals() {
        return goals;
    }

    @Override
    public Conditions conditions() {
        return new Conditions("os", "none", PARTITIONS, 1, callers, warmth == Warmth.WARM);
    }

    @Override
    public Outcome run(Workbench bench) throws Exception {
        Path folder = bench.folder(name);
        try {
            String problem;
            try (LocalLog log = LocalLog.open(folder, options)) {
                problem = prepare(log, bench);
                if (warmth == Warmth.WARM) {
                    return measure(log, bench, bench.scale().warmUp(), problem);
                }
            }
            PageCache.drop(folder);
            try (LocalLog log = LocalLog.open(folder, options)) {
                return measure(log, bench, Duration.ZERO, problem);
            }
        } finally {
            Scratch.delete(folder);
        }
    }

    /// Fills the topic and reads it back.
    private @Nullable String prepare(LocalLog log, Workbench bench) throws Exception {
        bench.progress().accept(name + ": filling");
        log.createTopic(TopicSpec.named(TOPIC).partitions(PARTITIONS).durability(Durability.OS));
        List<TopicPartition> partitions = fill(log, bench);
        bench.progress().accept(name + ": checking");
        long perPartition = log.latestOffset(partitions.getFirst());
        return new Readback(log, bench.values())
                .problem(partitions, perPartition * PARTITIONS, List.of());
    }

    private static List<TopicPartition> partitions() {
        List<TopicPartition> partitions = new ArrayList<>();
        for (int p = 0; p < PARTITIONS; p++) {
            partitions.add(new TopicPartition(TOPIC, p));
        }
        return partitions;
    }

    private List<TopicPartition> fill(LocalLog log, Workbench bench) {
        List<TopicPartition> partitions = partitions();
        RecordBatch.Builder builder = RecordBatch.builder();
        long batches = bench.scale().readRecords() / PARTITIONS / recordsInBatch;
        long value = 0;
        for (long i = 0; i < Math.max(1, batches); i++) {
            for (TopicPartition partition : partitions) {
                for (int r = 0; r < recordsInBatch; r++) {
                    builder.add(1_000 + i, null, bench.values().get(value++));
                }
                var _ = log.append(partition, builder.build());
            }
        }
        for (TopicPartition partition : partitions) {
            log.append(
                            partition,
                            builder.add(1_000 + batches, null, bench.values().get(value++)).build())
                    .join();
        }
        return partitions;
    }

    private Outcome measure(
            LocalLog log, Workbench bench, Duration warmUp, @Nullable String problem)
            throws Exception {
        bench.progress().accept(name);
        List<TopicPartition> partitions = partitions();
        List<Cursor> cursors = new ArrayList<>();
        partitions.forEach(partition -> cursors.add(log.read(partition, 0)));
        long perPartition = log.latestOffset(partitions.getFirst());
        Measured measured =
                Lanes.run(
                        1,
                        warmUp,
                        bench.scale().measured(),
                        lane -> reading.run(cursors, perPartition, lane));
        List<Metric> more = new ArrayList<>(full ? Memory.now() : List.of());
        cursors.forEach(Cursor::close);
        long bytes = partitions.stream().mapToLong(log::sizeInBytes).sum();
        more.add(Metric.allocated((double) measured.allocatedBytes() / measured.records()));
        more.add(Metric.bytes(bytes));
        return Outcome.of(measured, problem, more.toArray(Metric[]::new));
    }

    /// A record at a random offset of a random partition: seek, next, take the value's first bytes.
    static void single(List<Cursor> cursors, long recordsInPartition, Lane lane) {
        java.util.SplittableRandom random = new java.util.SplittableRandom(7);
        while (lane.begin()) {
            Cursor cursor = cursors.get(random.nextInt(cursors.size()));
            long offset = random.nextLong(recordsInPartition);
            cursor.seek(offset);
            if (!cursor.next() || cursor.record().offset() != offset || !touch(cursor.record())) {
                throw new IllegalStateException("no record at offset " + offset);
            }
            lane.end(1);
        }
    }

    /// Partition after partition from its beginning to its end, again and again; a latency is that
    /// of a thousand records.
    static void sequential(List<Cursor> cursors, long recordsInPartition, Lane lane) {
        sequential(cursors, recordsInPartition, lane, Integer.MAX_VALUE);
    }

    /// As [#sequential], but each partition once, if there is time for that.
    static void sequentialOnce(List<Cursor> cursors, long recordsInPartition, Lane lane) {
        sequential(cursors, recordsInPartition, lane, cursors.size());
    }

    private static void sequential(
            List<Cursor> cursors, long recordsInPartition, Lane lane, int turns) {
        int turn = 0;
        long expected = 0;
        Cursor cursor = cursors.getFirst();
        cursor.seek(0);
        while (turn < turns && lane.begin()) {
            int read = 0;
            while (read < 1000 && cursor.next()) {
                RecordView record = cursor.record();
                if (record.offset() != expected || !touch(record)) {
                    throw new IllegalStateException("a gap before offset " + record.offset());
                }
                expected++;
                read++;
            }
            lane.end(read);
            if (read < 1000) {
                if (expected != recordsInPartition) {
                    throw new IllegalStateException("the records end at offset " + expected);
                }
                cursor = cursors.get(++turn % cursors.size());
                cursor.seek(0);
                expected = 0;
            }
        }
    }

    /// Looks at the value, so that nobody can say it was not read.
    private static boolean touch(RecordView record) {
        ByteBuffer value = record.value();
        return value != null
                && value.remaining() == Values.VALUE_BYTES
                && value.getLong(value.position()) != 0;
    }
}
