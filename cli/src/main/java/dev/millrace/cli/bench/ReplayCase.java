package dev.millrace.cli.bench;

import dev.millrace.log.Durability;
import dev.millrace.log.LocalLog;
import dev.millrace.log.RecordBatch;
import dev.millrace.log.RunningView;
import dev.millrace.log.TopicPartition;
import dev.millrace.log.TopicSpec;
import dev.millrace.log.ViewOptions;
import dev.millrace.server.CountingView;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// Replays a counting view over a topic that was filled and read before, again and again: each time
/// from nothing to the checkpoint at its close. One thread folds each partition.
final class ReplayCase implements BenchCase {
    private static final String TOPIC = "bench";
    private static final int RECORDS_IN_BATCH = 1000;

    /// A replay that is over at once would measure its beginning and its end.
    private static final int TIMES_READ_RECORDS = 4;

    private final String name;
    private final int partitions;
    private final List<Goal> goals;

    ReplayCase(String name, int partitions, Goal... goals) {
        this.name = name;
        this.partitions = partitions;
        this.goals = List.of(goals);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public boolean longRow() {
        return true;
    }

    @Override
    public List<Goal> goals() {
        return goals;
    }

    @Override
    public Conditions conditions() {
        return new Conditions(
                "os", "none", partitions, partitions, "a counting view, replayed whole", true);
    }

    @Override
    public Outcome run(Workbench bench) throws Exception {
        Path folder = bench.folder(name);
        try (LocalLog log = LocalLog.open(folder)) {
            bench.progress().accept(name + ": filling");
            log.createTopic(
                    TopicSpec.named(TOPIC).partitions(partitions).durability(Durability.OS));
            List<TopicPartition> all =
                    IntStream.range(0, partitions)
                            .mapToObj(i -> new TopicPartition(TOPIC, i))
                            .toList();
            long perPartition = fill(log, all, bench);
            bench.progress().accept(name + ": checking");
            long records = perPartition * partitions;
            @Nullable String problem =
                    new Readback(log, bench.values()).problem(all, records, List.of());
            bench.progress().accept(name);
            Measured measured =
                    Lanes.run(
                            1,
                            bench.scale().warmUp(),
                            bench.scale().measured(),
                            lane -> replay(log, all, perPartition, lane));
            long bytes = all.stream().mapToLong(log::sizeInBytes).sum();
            log.deleteTopic(TOPIC);
            return Outcome.of(measured, problem, Metric.bytes(bytes));
        } finally {
            Scratch.delete(folder);
        }
    }

    private static long fill(LocalLog log, List<TopicPartition> partitions, Workbench bench) {
        RecordBatch.Builder builder = RecordBatch.builder();
        long records = TIMES_READ_RECORDS * bench.scale().readRecords();
        long batches = Math.max(1, records / partitions.size() / RECORDS_IN_BATCH);
        long value = 0;
        for (long i = 1; i <= batches; i++) {
            for (TopicPartition partition : partitions) {
                for (int r = 0; r < RECORDS_IN_BATCH; r++) {
                    builder.add(1_000 + i, null, bench.values().get(value++));
                }
                var appended = log.append(partition, builder.build());
                if (i == batches) {
                    appended.join();
                }
            }
        }
        return batches * RECORDS_IN_BATCH;
    }

    private static void replay(
            LocalLog log, List<TopicPartition> partitions, long perPartition, Lane lane) {
        while (lane.begin()) {
            CountingView view = new CountingView(TOPIC, ViewOptions.defaults());
            try (RunningView<CountingView> running = log.views().run(view)) {
                if (!running.awaitPresent(Duration.ofMinutes(10))) {
                    throw new IllegalStateException("the view is not through: " + running.status());
                }
            }
            for (TopicPartition partition : partitions) {
                if (view.counts(partition).records() != perPartition) {
                    throw new IllegalStateException(
                            "%s: %,d of %,d records were counted"
                                    .formatted(
                                            partition,
                                            view.counts(partition).records(),
                                            perPartition));
                }
            }
            lane.end(Math.toIntExact(perPartition * partitions.size()));
            log.views().delete(view.name());
        }
    }
}
