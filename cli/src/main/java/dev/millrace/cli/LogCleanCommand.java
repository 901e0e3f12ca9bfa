package dev.millrace.cli;

import dev.millrace.cli.console.Console;
import dev.millrace.cli.console.Figures;
import dev.millrace.cli.console.Json;
import dev.millrace.cli.console.Table;
import dev.millrace.log.CleaningReport;
import dev.millrace.log.LocalLog;
import dev.millrace.log.TopicDescription;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// `millrace log clean`.
@Command(
        name = "clean",
        description = "Apply retention and compaction now, as fast as the disk lets it.")
final class LogCleanCommand implements Callable<Integer> {
    private final Console console;

    @Parameters(
            paramLabel = "TOPIC",
            arity = "0..1",
            description = "Only this topic; every topic where it is not given.")
    private @Nullable String topic;

    @Mixin private DataOptions data = new DataOptions();
    @Mixin private JsonOption output = new JsonOption();

    LogCleanCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        try (OpenLog<LocalLog> open =
                data.openDirectory(options -> options.with("log.cleaner.bytes-per-second", -1))) {
            LocalLog log = open.log();
            Map<String, CleaningReport> reports = new LinkedHashMap<>();
            for (String name : topics(log)) {
                reports.put(name, log.clean(name));
            }
            if (output.json()) {
                json(reports);
            } else {
                print(reports);
            }
        }
        return 0;
    }

    private List<String> topics(LocalLog log) {
        String only = topic;
        return only != null
                ? List.of(only)
                : log.topics().stream().map(TopicDescription::name).toList();
    }

    private void print(Map<String, CleaningReport> reports) {
        Table table =
                new Table(
                        "TOPIC", "SEGMENTS DELETED", "RECORDS REMOVED", "KEPT", "BEFORE", "AFTER");
        reports.forEach(
                (name, report) ->
                        table.row(
                                name,
                                report.segmentsDeleted(),
                                Figures.count(report.recordsRemoved()),
                                Figures.count(report.recordsKept()),
                                Figures.bytes(report.bytesBefore()),
                                Figures.bytes(report.bytesAfter())));
        table.print(console);
    }

    private void json(Map<String, CleaningReport> reports) {
        try (Json json = Json.array(console)) {
            reports.forEach(
                    (name, report) ->
                            json.object(
                                    to -> {
                                        to.writeStringField("topic", name);
                                        to.writeNumberField(
                                                "segmentsDeleted", report.segmentsDeleted());
                                        to.writeNumberField(
                                                "recordsRemoved", report.recordsRemoved());
                                        to.writeNumberField("recordsKept", report.recordsKept());
                                        to.writeNumberField("bytesBefore", report.bytesBefore());
                                        to.writeNumberField("bytesAfter", report.bytesAfter());
                                    }));
        }
    }
}
