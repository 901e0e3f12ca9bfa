package dev.millrace.cli.bench;

import dev.millrace.log.Durability;
import dev.millrace.log.LocalLog;
import dev.millrace.log.TopicPartition;
import dev.millrace.log.TopicSpec;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// Appends to a topic of its own in a log of its own.
final class AppendCase implements BenchCase {
    static final String TOPIC = "bench";

    private final String name;
    private final Durability durability;
    private final int partitions;
    private final int threads;
    private final String callers;
    private final boolean sustained;
    private final Load load;
    private final AppendSetup setup;
    private final List<Goal> goals;

    /// How a thread appends until its time is over.
    @FunctionalInterface
    interface Load {
        void run(LocalLog log, Values values, Lane lane) throws Exception;
    }

    AppendCase(
            String name,
            Durability durability,
            int partitions,
            int threads,
            String callers,
            boolean sustained,
            Load load,
            Goal... goals) {
        this(
                name,
                durability,
                partitions,
                threads,
                callers,
                sustained,
                load,
                AppendSetup.PLAIN,
                List.of(goals));
    }

    private AppendCase(
            String name,
            Durability durability,
            int partitions,
            int threads,
            String callers,
            boolean sustained,
            Load load,
            AppendSetup setup,
            List<Goal> goals) {
        this.name = name;
        this.durability = durability;
        this.partitions = partitions;
        this.threads = threads;
        this.callers = callers;
        this.sustained = sustained;
        this.load = load;
        this.setup = setup;
        this.goals = List.copyOf(goals);
    }

    /// The same with another setup.
    AppendCase with(AppendSetup other) {
        return new AppendCase(
                name, durability, partitions, threads, callers, sustained, load, other, goals);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public boolean longRow() {
        return sustained || setup.full();
    }

    @Override
    public List<Goal> goals() {
        return goals;
    }

    @Override
    public Conditions conditions() {
        return new Conditions(
                durability.key(), setup.codec().key(), partitions, threads, callers, true);
    }

    @Override
    public @Nullable String missing() {
        CaseInput input = setup.input();
        return input == null ? null : input.missing();
    }

    @Override
    public Outcome run(Workbench bench) throws Exception {
        Path folder = bench.folder(name);
        CaseInput input = setup.input();
        Values values = input == null ? bench.values() : input.values();
        try (LocalLog log = LocalLog.open(folder, setup.options())) {
            log.createTopic(spec());
            Scale scale = bench.scale();
            Duration clock = sustained ? scale.sustained() : scale.measured();
            Measured measured =
                    Lanes.run(threads, warmUp(scale), clock, lane -> load.run(log, values, lane));
            bench.progress().accept(name + ": checking");
            Outcome outcome = check(log, values, measured);
            // Closing would force gigabytes that nobody wants.
            log.deleteTopic(TOPIC);
            return outcome;
        } finally {
            Scratch.delete(folder);
        }
    }

    private TopicSpec spec() {
        TopicSpec spec =
                TopicSpec.named(TOPIC)
                        .partitions(partitions)
                        .durability(durability)
                        .compression(setup.codec());
        for (Map.Entry<String, String> key : setup.topicKeys().entrySet()) {
            spec = spec.config(key.getKey(), key.getValue());
        }
        return spec;
    }

    /// Many callers leave the compiler little of the processors, so that it takes longer.
    private Duration warmUp(Scale scale) {
        return threads > 2 ? scale.warmUp().multipliedBy(6) : scale.warmUp();
    }

    private Outcome check(LocalLog log, Values values, Measured measured) throws Exception {
        List<TopicPartition> all =
                IntStream.range(0, partitions).mapToObj(p -> new TopicPartition(TOPIC, p)).toList();
        @Nullable String problem =
                new Readback(log, values).problem(all, measured.total(), measured.samples());
        long bytes = all.stream().mapToLong(log::sizeInBytes).sum();
        if (setup.input() == null) {
            return Outcome.of(measured, problem, Metric.bytes(bytes));
        }
        double given = values.bytesOf(measured.total());
        double perSecond = given / measured.total() * measured.records() / measured.seconds();
        return Outcome.of(
                measured,
                problem,
                Metric.bytes(bytes),
                Metric.plain(Metric.RATIO, given / bytes),
                new Metric(Metric.VOLUME, perSecond, "B/s"));
    }
}
