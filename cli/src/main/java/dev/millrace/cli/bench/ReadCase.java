package dev.millrace.cli.bench;

import dev.millrace.log.Cursor;
import dev.millrace.log.Durability;
import dev.millrace.log.LocalLog;
import dev.millrace.log.RecordBatch;
import dev.millrace.log.RecordView;
import dev.millrace.log.TopicPartition;
import dev.millrace.log.TopicSpec;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Reads a topic that was filled before, read once in full and checked, so that it is in the page
/// cache and every batch's checksum has been verified: what follows is the warm path.
final class ReadCase implements BenchCase {
    private static final String TOPIC = "bench";
    private static final int PARTITIONS = 4;

    private final String name;
    private final int recordsInBatch;
    private final String callers;
    private final Reading reading;
    private final List<Goal> goals;

    /// How the thread reads until its time is over.
    @FunctionalInterface
    interface Reading {
        /// @throws IllegalStateException where it reads what is wrong
        void run(List<Cursor> cursors, long recordsInPartition, Lane lane);
    }

    ReadCase(String name, int recordsInBatch, String callers, Reading reading, Goal... goals) {
        this.name = name;
        this.recordsInBatch = recordsInBatch;
        this.callers = callers;
        this.reading = reading;
        this.goals = List.of(goals);
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
        return new Conditions("os", "none", PARTITIONS, 1, callers, true);
    }

    @Override
    public Outcome run(Workbench bench) throws Exception {
        Path folder = bench.folder(name);
        try (LocalLog log = LocalLog.open(folder)) {
            bench.progress().accept(name + ": filling");
            log.createTopic(
                    TopicSpec.named(TOPIC).partitions(PARTITIONS).durability(Durability.OS));
            List<TopicPartition> partitions = fill(log, bench);
            bench.progress().accept(name + ": checking");
            long perPartition = log.latestOffset(partitions.getFirst());
            String problem =
                    new Readback(log, bench.values())
                            .problem(partitions, perPartition * PARTITIONS, List.of());
            bench.progress().accept(name);
            Outcome outcome = measure(log, partitions, bench, problem);
            log.deleteTopic(TOPIC);
            return outcome;
        } finally {
            Scratch.delete(folder);
        }
    }

    private List<TopicPartition> fill(LocalLog log, Workbench bench) {
        List<TopicPartition> partitions = new ArrayList<>();
        for (int p = 0; p < PARTITIONS; p++) {
            partitions.add(new TopicPartition(TOPIC, p));
        }
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
            LocalLog log,
            List<TopicPartition> partitions,
            Workbench bench,
            @Nullable String problem)
            throws Exception {
        List<Cursor> cursors = new ArrayList<>();
        partitions.forEach(partition -> cursors.add(log.read(partition, 0)));
        long perPartition = log.latestOffset(partitions.getFirst());
        Measured measured =
                Lanes.run(
                        1,
                        bench.scale().warmUp(),
                        bench.scale().measured(),
                        lane -> reading.run(cursors, perPartition, lane));
        cursors.forEach(Cursor::close);
        long bytes = partitions.stream().mapToLong(log::sizeInBytes).sum();
        return Outcome.of(
                measured,
                problem,
                Metric.allocated((double) measured.allocatedBytes() / measured.records()),
                Metric.bytes(bytes));
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
        int turn = 0;
        long expected = 0;
        Cursor cursor = cursors.getFirst();
        cursor.seek(0);
        while (lane.begin()) {
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
