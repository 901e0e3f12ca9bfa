package dev.millrace.cli.demo;

import dev.millrace.cli.console.Console;
import dev.millrace.cli.console.Progress;
import dev.millrace.log.Durability;
import dev.millrace.log.LocalLog;
import dev.millrace.log.RecoveryReport;
import dev.millrace.log.TopicPartition;
import dev.millrace.log.TopicSpec;
import java.io.IOException;
import java.util.List;
import java.util.stream.IntStream;

/// The order of things: count the input, load it in a process that is killed in the middle, open
/// the log again, prove, finish, read back.
public final class Demo {
    static final String TOPIC = "demo";

    private static final int PARTITIONS = 4;

    /// A line of [dev.millrace.cli.load.Lines#MAX_LINE_BYTES] has to fit.
    private static final int MAX_RECORD_BYTES = 17 << 20;

    private static final int MAX_BATCH_BYTES = 18 << 20;

    private final DemoOptions options;
    private final Console console;
    private final Narrator narrator;

    public Demo(DemoOptions options, Console console, Narrator narrator) {
        this.options = options;
        this.console = console;
        this.narrator = narrator;
    }

    public DemoReport run() throws IOException {
        long started = System.nanoTime();
        DemoInput input = options.input();
        createTopic();
        narrator.begins(input.describe(), options.directory());
        Inventory inventory = count(input);
        narrator.counted(inventory);
        KilledLoad load;
        try (Progress progress = new Progress(console, "  load", inventory.lines())) {
            load = KilledLoad.run(options, LoadPlan.forLines(inventory.lines()), progress);
        }
        narrator.killed(load, inventory);
        long opening = System.nanoTime();
        try (LocalLog log = LocalLog.open(options.directory())) {
            long openNanos = System.nanoTime() - opening;
            RecoveryReport recovery = log.recovery();
            narrator.reopened(recovery, openNanos);
            Proof proof = Proof.of(log, load.acknowledged());
            Completion completion = complete(log, input, inventory);
            narrator.proved(proof, completion);
            ReadBack readBack = ReadBack.of(log, partitions());
            long stored = partitions().stream().mapToLong(log::sizeInBytes).sum();
            DemoReport report =
                    new DemoReport(
                            options.directory(),
                            input.describe(),
                            inventory,
                            load,
                            recovery,
                            openNanos,
                            proof,
                            completion,
                            readBack,
                            stored,
                            System.nanoTime() - started);
            narrator.ends(report);
            return report;
        }
    }

    private void createTopic() throws IOException {
        DemoDirectory directory = new DemoDirectory(options.directory());
        directory.clear();
        try (LocalLog log = LocalLog.open(options.directory())) {
            directory.mark();
            log.createTopic(
                    TopicSpec.named(TOPIC)
                            .partitions(PARTITIONS)
                            .durability(Durability.FSYNC)
                            .config("max.record.bytes", Integer.toString(MAX_RECORD_BYTES))
                            .config("max.message.bytes", Integer.toString(MAX_BATCH_BYTES)));
        }
    }

    private Inventory count(DemoInput input) throws IOException {
        try (Progress progress = new Progress(console, "  count", 0)) {
            return Inventory.take(input, options.entityField(), progress);
        }
    }

    private Completion complete(LocalLog log, DemoInput input, Inventory inventory)
            throws IOException {
        try (Progress progress = new Progress(console, "  finish", inventory.lines())) {
            return Completion.run(log, partitions(), input, options.entityField(), progress);
        }
    }

    private static List<TopicPartition> partitions() {
        return IntStream.range(0, PARTITIONS).mapToObj(p -> new TopicPartition(TOPIC, p)).toList();
    }
}
