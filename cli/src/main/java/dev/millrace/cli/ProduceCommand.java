package dev.millrace.cli;

import dev.millrace.cli.console.CommandException;
import dev.millrace.cli.console.Console;
import dev.millrace.cli.console.Figures;
import dev.millrace.cli.console.Json;
import dev.millrace.cli.console.Progress;
import dev.millrace.cli.load.AtomicAppender;
import dev.millrace.cli.load.LineLoad;
import dev.millrace.cli.load.ProducerRun;
import dev.millrace.log.Appender;
import dev.millrace.log.EventLog;
import dev.millrace.log.LocalLog;
import dev.millrace.log.LogException;
import dev.millrace.log.LogMetrics;
import dev.millrace.log.LogOptions;
import dev.millrace.log.TopicDescription;
import dev.millrace.log.TopicSpec;
import dev.millrace.server.MetricsJson;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `millrace produce`.
@Command(
        name = "produce",
        description = "Append lines to a topic, one record a line; blank lines are passed over.")
final class ProduceCommand implements Callable<Integer> {
    private final Console console;

    @Parameters(
            paramLabel = "TOPIC",
            description = "The topic; created with one partition where it is missing.")
    private String topic = "";

    @Option(
            names = "--file",
            paramLabel = "FILE",
            description = "Where the lines come from (default: standard input).")
    private @Nullable Path file;

    @Option(
            names = "--key",
            paramLabel = "FIELD",
            description =
                    "The lines are JSON objects; the value of this top-level field is the record's"
                            + " key.")
    private @Nullable String key;

    @Option(
            names = "--time",
            paramLabel = "FIELD",
            description =
                    "The lines are JSON objects; the value of this top-level field is the record's"
                            + " timestamp (default: the present time).")
    private @Nullable String time;

    @Option(names = "--metrics", description = "At the end, show how long appends and forces took.")
    private boolean metrics;

    @Option(
            names = "--atomic",
            description = "Append all lines at once: all of them or none. At most 32 MiB.")
    private boolean atomic;

    @Option(
            names = "--if-end",
            paramLabel = "OFFSET",
            description =
                    "Append only where the topic's one partition ends at this offset, so that"
                            + " nothing came in between; with --atomic.")
    private @Nullable Long ifEnd;

    @Option(
            names = "--producer",
            paramLabel = "new|ID",
            description =
                    "Append each line once, however often the command is run with the same input:"
                            + " new takes a producer id, which standard error names; with that id"
                            + " the lines that are stored are passed over.")
    private @Nullable String producer;

    @Mixin private DataOptions data = new DataOptions();
    @Mixin private JsonOption output = new JsonOption();

    ProduceCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws IOException {
        if (ifEnd != null && !atomic) {
            throw CommandException.usage("usage", "--if-end needs --atomic");
        }
        if (producer != null && atomic) {
            throw CommandException.usage(
                    "usage", "--producer is of no use with --atomic, which appends all or nothing");
        }
        long id = producerId();
        try (InputStream in = input();
                OpenLog<? extends EventLog> open = data.openOrCreate()) {
            LocalLog measured = metrics ? inDirectory(open.log(), "--metrics") : null;
            LocalLog once = producer == null ? null : inDirectory(open.log(), "--producer");
            TopicDescription described = describeOrCreate(open.log());
            long started = System.nanoTime();
            ProducerRun run = once == null ? null : run(once, described, id);
            LineLoad load;
            if (atomic) {
                load = appendAll(open.log(), described, in);
            } else if (once == null || run == null) {
                load = append(open.log().appender(topic), null, in);
            } else {
                load = append(once.appender(topic, run.producer()), run, in);
            }
            report(
                    load,
                    run,
                    described,
                    System.nanoTime() - started,
                    measured == null ? null : measured.metrics());
        }
        return 0;
    }

    private long producerId() {
        if (producer == null || producer.equals("new")) {
            return -1;
        }
        if (!producer.matches("[0-9]{1,18}")) {
            throw CommandException.usage(
                    "usage",
                    "--producer is new, or the id of a producer, and not '%s'".formatted(producer));
        }
        return Long.parseLong(producer);
    }

    private ProducerRun run(LocalLog log, TopicDescription described, long id) {
        if (id >= 0) {
            long expiration = LogOptions.defaults().producerExpirationMillis();
            return ProducerRun.again(log, described, id, expiration);
        }
        ProducerRun begun = ProducerRun.begin(log, described);
        console.err()
                .printf(
                        "to go on after a crash, with the same input: --producer %d%n",
                        begun.producer().id());
        return begun;
    }

    /// What only a log in a directory can do.
    private LocalLog inDirectory(EventLog log, String option) {
        if (log instanceof LocalLog local) {
            return local;
        }
        throw CommandException.usage(
                "needs-directory",
                "%s is for a log in a directory (--data DIR), and this one is %s"
                        .formatted(option, data.place()));
    }

    private LineLoad append(Appender opened, @Nullable ProducerRun run, InputStream in)
            throws IOException {
        try (Appender appender = opened) {
            LineLoad load = new LineLoad(appender, key, time, run);
            append(load, run, in);
            if (run != null) {
                run.requireWhole();
            }
            return load;
        }
    }

    private LineLoad appendAll(EventLog log, TopicDescription described, InputStream in)
            throws IOException {
        if (ifEnd != null && described.partitions() > 1) {
            throw CommandException.usage(
                    "usage",
                    "--if-end is for topics with one partition, and %s has %d"
                            .formatted(topic, described.partitions()));
        }
        try (AtomicAppender appender = new AtomicAppender(log, described, ifEnd)) {
            LineLoad load = new LineLoad(appender, key, time);
            append(load, null, in);
            appender.appendAll();
            return load;
        }
    }

    private InputStream input() throws IOException {
        if (file == null) {
            return console.in();
        }
        try {
            return Files.newInputStream(file);
        } catch (NoSuchFileException e) {
            throw CommandException.usage("no-file", "there is no file " + file);
        }
    }

    private long size() throws IOException {
        return file == null ? 0 : Files.size(file);
    }

    private String inputName() {
        return file == null ? "standard input" : file.toString();
    }

    private TopicDescription describeOrCreate(EventLog log) {
        try {
            return log.describeTopic(topic);
        } catch (LogException e) {
            if (e.code() != LogException.Code.UNKNOWN_TOPIC) {
                throw e;
            }
            TopicDescription created = log.createTopic(TopicSpec.named(topic));
            console.err().println("created topic " + topic + " with one partition");
            return created;
        }
    }

    private void append(LineLoad load, @Nullable ProducerRun run, InputStream in)
            throws IOException {
        try (Progress progress = new Progress(console, "produce", size())) {
            load.run(in, inputName(), progress);
        } catch (LogException e) {
            throw new CommandException(
                    e.code().key(),
                    "%s; %s acknowledged before, up to about line %d of %s%s"
                            .formatted(
                                    e.getMessage(),
                                    were(load),
                                    load.lastLine(),
                                    inputName(),
                                    run == null
                                            ? ""
                                            : ". Run it again, with the same input: " + again(run)),
                    e);
        }
        String refusal = load.refusal();
        if (refusal != null && atomic) {
            throw new CommandException("bad-line", refusal + "; nothing was appended");
        }
        if (refusal != null && run != null) {
            throw new CommandException(
                    "bad-line",
                    "%s; %s acknowledged before it. Correct the line, and run it again with all lines: %s"
                            .formatted(refusal, were(load), again(run)));
        }
        if (refusal != null) {
            throw new CommandException(
                    "bad-line",
                    "%s; %s acknowledged before it. Correct the line and go on from it:"
                                    .formatted(refusal, were(load))
                            + " tail -n +%d".formatted(load.lastLine()));
        }
    }

    private static String again(ProducerRun run) {
        return "--producer " + run.producer().id();
    }

    private static String were(LineLoad load) {
        return Figures.count(load.records(), "record") + (load.records() == 1 ? " was" : " were");
    }

    private void report(
            LineLoad load,
            @Nullable ProducerRun run,
            TopicDescription described,
            long nanos,
            @Nullable LogMetrics measured) {
        if (output.json()) {
            try (Json json = Json.array(console)) {
                json.object(
                        to -> {
                            to.writeStringField("topic", topic);
                            to.writeNumberField("records", load.records());
                            to.writeNumberField("bytes", load.bytes());
                            to.writeNumberField("blankLines", load.blankLines());
                            if (run != null) {
                                to.writeNumberField("producer", run.producer().id());
                                to.writeNumberField("skipped", run.skipped());
                            }
                            to.writeStringField(
                                    "durability", described.config().durability().key());
                            to.writeNumberField("seconds", nanos / 1e9);
                            if (measured != null) {
                                to.writeArrayFieldStart("metrics");
                                for (LogMetrics.Sample sample : measured.samples()) {
                                    to.writeStartObject();
                                    MetricsJson.write(to, sample);
                                    to.writeEndObject();
                                }
                                to.writeEndArray();
                            }
                        });
            }
            return;
        }
        console.line(
                "appended %s to %s (%s) in %s%s%s"
                        .formatted(
                                Figures.count(load.records(), "record"),
                                topic,
                                described.config().durability().key(),
                                Figures.time(nanos),
                                run == null || run.skipped() == 0
                                        ? ""
                                        : "; skipped %s that were stored before"
                                                .formatted(Figures.count(run.skipped(), "line")),
                                load.blankLines() == 0
                                        ? ""
                                        : "; passed over "
                                                + Figures.count(load.blankLines(), "blank line")));
        if (measured != null) {
            console.line("");
            MetricsPrinter.printDistributions(console, measured);
        }
    }
}
