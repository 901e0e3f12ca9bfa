package dev.millrace.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.millrace.cli.console.Console;
import dev.millrace.cli.console.Figures;
import dev.millrace.cli.console.Json;
import dev.millrace.cli.console.Table;
import dev.millrace.log.LocalLog;
import dev.millrace.log.StoredView;
import dev.millrace.log.StoredView.Position;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `millrace view list`.
@Command(
        name = "list",
        description = "List the views whose checkpoints are stored, and how far they are.")
final class ViewListCommand implements Callable<Integer> {
    private final Console console;

    @Mixin private DataOptions data = new DataOptions();
    @Mixin private JsonOption output = new JsonOption();

    ViewListCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        try (OpenLog<LocalLog> open = data.openDirectory()) {
            List<StoredView> views = open.log().views().stored();
            if (output.json()) {
                try (Json json = Json.array(console)) {
                    views.forEach(view -> json.object(to -> write(to, open.log(), view)));
                }
            } else if (views.isEmpty()) {
                console.line("no views in " + data.place());
            } else {
                print(open.log(), views);
            }
        }
        return 0;
    }

    private void print(LocalLog log, List<StoredView> views) {
        Table table =
                new Table(
                        "VIEW",
                        "VERSION",
                        "GENERATION",
                        "SAVED",
                        "BYTES",
                        "PARTITIONS",
                        "LAG",
                        "PARKED");
        for (StoredView view : views) {
            table.row(
                    view.name(),
                    view.problem() == null ? view.codeVersion() : "?",
                    view.generation(),
                    view.problem() == null ? Instant.ofEpochMilli(view.savedAtMillis()) : "-",
                    Figures.bytes(view.bytes()),
                    view.sources().size(),
                    view.sources().stream().mapToLong(at -> lag(log, at)).sum(),
                    view.parked().size());
        }
        table.print(console);
        for (StoredView view : views) {
            if (view.problem() != null) {
                console.line("%s: %s".formatted(view.name(), view.problem()));
            }
        }
    }

    /// Offsets behind a checkpoint; 0 where there is no such partition any more.
    private static long lag(LocalLog log, Position at) {
        boolean there =
                log.topics().stream()
                        .anyMatch(
                                topic ->
                                        topic.name().equals(at.partition().topic())
                                                && topic.partitions() > at.partition().partition());
        return there ? Math.max(0, log.latestOffset(at.partition()) - at.nextOffset()) : 0;
    }

    private static void write(JsonGenerator to, LocalLog log, StoredView view) throws IOException {
        to.writeStringField("name", view.name());
        to.writeStringField("codeVersion", view.codeVersion());
        to.writeNumberField("generation", view.generation());
        to.writeNumberField("savedAt", view.savedAtMillis());
        to.writeNumberField("bytes", view.bytes());
        to.writeArrayFieldStart("sources");
        for (Position at : view.sources()) {
            to.writeStartObject();
            to.writeStringField("topic", at.partition().topic());
            to.writeNumberField("partition", at.partition().partition());
            to.writeNumberField("nextOffset", at.nextOffset());
            to.writeNumberField("lag", lag(log, at));
            to.writeEndObject();
        }
        to.writeEndArray();
        to.writeNumberField("parked", view.parked().size());
        if (view.problem() != null) {
            to.writeStringField("problem", view.problem());
        }
    }
}
