package dev.millrace.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.millrace.cli.console.Console;
import dev.millrace.cli.console.Figures;
import dev.millrace.cli.console.Json;
import dev.millrace.cli.console.Progress;
import dev.millrace.cli.console.Table;
import dev.millrace.log.LocalLog;
import dev.millrace.log.ParkedRecords;
import dev.millrace.log.ViewStatus;
import dev.millrace.server.TopicCount;
import dev.millrace.server.TopicCount.Counts;
import dev.millrace.server.TopicCount.Part;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `millrace view count`.
@Command(
        name = "count",
        description =
                "Count the records of a topic with a view, which is kept: the next time it counts"
                        + " only what has come since.")
final class ViewCountCommand implements Callable<Integer> {
    private final Console console;

    @Parameters(paramLabel = "TOPIC", description = "The topic.")
    private String topic = "";

    @Option(
            names = "--park",
            description = "Go on behind damaged records, and list them, instead of stopping there.")
    private boolean park;

    @Mixin private DataOptions data = new DataOptions();
    @Mixin private JsonOption output = new JsonOption();

    ViewCountCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        try (OpenLog<LocalLog> open = data.openDirectory()) {
            TopicCount count = count(open.log());
            if (output.json()) {
                try (Json json = Json.array(console)) {
                    for (Part part : count.parts()) {
                        json.object(to -> write(to, part));
                    }
                }
            } else {
                print(count);
            }
            return count.sound() ? 0 : 1;
        }
    }

    private TopicCount count(LocalLog log) {
        long records = Topics.records(log, log.describeTopic(topic));
        try (Progress progress = new Progress(console, "counting", records)) {
            return TopicCount.of(log, topic, park, lag -> progress.at(records - lag));
        }
    }

    private void print(TopicCount count) {
        Table table =
                new Table(
                        "PARTITION",
                        "RECORDS",
                        "KEYED",
                        "TOMBSTONES",
                        "KEYS",
                        "VALUES",
                        "LARGEST",
                        "NEXT",
                        "LAG");
        for (Part part : count.parts()) {
            Counts counts = part.counts();
            table.row(
                    part.partition().partition(),
                    counts.records(),
                    counts.keyed(),
                    counts.tombstones(),
                    Figures.bytes(counts.keyBytes()),
                    Figures.bytes(counts.valueBytes()),
                    Figures.bytes(counts.largestBytes()),
                    part.nextOffset(),
                    part.lag());
        }
        table.print(console);
        for (Part part : count.parts()) {
            ViewStatus.Failure failure = part.failure();
            if (failure != null) {
                console.err()
                        .printf(
                                "millrace: stopped at offset %d of %s: %s%n",
                                failure.offset(), part.partition(), failure.error());
            }
        }
        for (ParkedRecords parked : count.parked()) {
            console.err().println("millrace: parked: " + parked);
        }
    }

    private static void write(JsonGenerator to, Part part) throws IOException {
        Counts counts = part.counts();
        to.writeStringField("topic", part.partition().topic());
        to.writeNumberField("partition", part.partition().partition());
        to.writeNumberField("records", counts.records());
        to.writeNumberField("keyed", counts.keyed());
        to.writeNumberField("tombstones", counts.tombstones());
        to.writeNumberField("keyBytes", counts.keyBytes());
        to.writeNumberField("valueBytes", counts.valueBytes());
        to.writeNumberField("largestBytes", counts.largestBytes());
        to.writeNumberField("nextOffset", part.nextOffset());
        to.writeNumberField("lag", part.lag());
        to.writeNumberField("foldedNow", part.nextOffset() - part.startOffset());
        ViewStatus.Failure failure = part.failure();
        if (failure != null) {
            to.writeNumberField("stoppedAt", failure.offset());
            to.writeStringField("error", failure.error());
        }
    }
}
