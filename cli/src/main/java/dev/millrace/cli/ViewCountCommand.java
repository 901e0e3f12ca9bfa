package dev.millrace.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.millrace.cli.console.Console;
import dev.millrace.cli.console.Figures;
import dev.millrace.cli.console.Json;
import dev.millrace.cli.console.Progress;
import dev.millrace.cli.console.Table;
import dev.millrace.cli.view.CountingView;
import dev.millrace.cli.view.CountingView.Counts;
import dev.millrace.log.LocalLog;
import dev.millrace.log.LogException;
import dev.millrace.log.ParkedRecords;
import dev.millrace.log.RunningView;
import dev.millrace.log.ViewOptions;
import dev.millrace.log.ViewOptions.OnFailure;
import dev.millrace.log.ViewStatus;
import dev.millrace.log.ViewStatus.Source;
import java.io.IOException;
import java.time.Duration;
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
    private static final Duration GLANCE = Duration.ofMillis(100);

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
        ViewOptions options =
                ViewOptions.defaults().onDamage(park ? OnFailure.PARK : OnFailure.STOP);
        try (OpenLog<LocalLog> open = data.openDirectory();
                RunningView<CountingView> view =
                        open.log().views().run(new CountingView(topic, options))) {
            boolean sound = catchUp(view);
            ViewStatus status = view.status();
            if (output.json()) {
                try (Json json = Json.array(console)) {
                    for (Source source : status.sources()) {
                        json.object(to -> write(to, source, view.current()));
                    }
                }
            } else {
                print(status, view.current());
            }
            return sound && status.parked().isEmpty() ? 0 : 1;
        }
    }

    /// @return false where the view has stopped
    private boolean catchUp(RunningView<CountingView> view) {
        long before = view.status().lag();
        try (Progress progress = new Progress(console, "counting", before)) {
            while (!view.awaitPresent(GLANCE)) {
                progress.at(before - view.status().lag());
            }
            return true;
        } catch (LogException e) {
            if (e.code() != LogException.Code.VIEW_STOPPED) {
                throw e;
            }
            return false;
        }
    }

    private void print(ViewStatus status, CountingView view) {
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
        for (Source source : status.sources()) {
            Counts counts = view.counts(source.partition());
            table.row(
                    source.partition().partition(),
                    counts.records(),
                    counts.keyed(),
                    counts.tombstones(),
                    Figures.bytes(counts.keyBytes()),
                    Figures.bytes(counts.valueBytes()),
                    Figures.bytes(counts.largestBytes()),
                    source.nextOffset(),
                    source.lag());
        }
        table.print(console);
        for (Source source : status.sources()) {
            ViewStatus.Failure failure = source.failure();
            if (failure != null) {
                console.err()
                        .printf(
                                "millrace: stopped at offset %d of %s: %s%n",
                                failure.offset(), source.partition(), failure.error());
            }
        }
        for (ParkedRecords parked : status.parked()) {
            console.err().println("millrace: parked: " + parked);
        }
    }

    private static void write(JsonGenerator to, Source source, CountingView view)
            throws IOException {
        Counts counts = view.counts(source.partition());
        to.writeStringField("topic", source.partition().topic());
        to.writeNumberField("partition", source.partition().partition());
        to.writeNumberField("records", counts.records());
        to.writeNumberField("keyed", counts.keyed());
        to.writeNumberField("tombstones", counts.tombstones());
        to.writeNumberField("keyBytes", counts.keyBytes());
        to.writeNumberField("valueBytes", counts.valueBytes());
        to.writeNumberField("largestBytes", counts.largestBytes());
        to.writeNumberField("nextOffset", source.nextOffset());
        to.writeNumberField("lag", source.lag());
        to.writeNumberField("foldedNow", source.nextOffset() - source.startOffset());
        ViewStatus.Failure failure = source.failure();
        if (failure != null) {
            to.writeNumberField("stoppedAt", failure.offset());
            to.writeStringField("error", failure.error());
        }
    }
}
