package dev.millrace.cli;

import dev.millrace.cli.console.CommandException;
import dev.millrace.cli.console.Console;
import dev.millrace.cli.console.Figures;
import dev.millrace.cli.console.Json;
import dev.millrace.log.EventLog;
import dev.millrace.log.TopicDescription;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `millrace topic delete`.
@Command(name = "delete", description = "Delete a topic with all its records.")
final class TopicDeleteCommand implements Callable<Integer> {
    private final Console console;

    @Parameters(paramLabel = "NAME", description = "The topic's name.")
    private String name = "";

    @Option(names = "--yes", description = "Do not ask. Required where there is no terminal.")
    private boolean yes;

    @Mixin private DataOptions data = new DataOptions();
    @Mixin private JsonOption output = new JsonOption();

    TopicDeleteCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws IOException {
        if (!yes && !console.terminal()) {
            throw CommandException.usage(
                    "not-confirmed",
                    "deleting topic '%s' loses its records, and there is no terminal to ask at; add"
                                    .formatted(name)
                            + " --yes");
        }
        try (OpenLog<? extends EventLog> open = data.open()) {
            TopicDescription topic = open.log().describeTopic(name);
            long records = Topics.records(open.log(), topic);
            if (!yes && !confirmed(records)) {
                throw new CommandException("not-confirmed", "topic '%s' stays".formatted(name));
            }
            open.log().deleteTopic(name);
            if (output.json()) {
                try (Json json = Json.array(console)) {
                    json.object(
                            to -> {
                                Topics.describe(to, topic);
                                to.writeNumberField("records", records);
                            });
                }
            } else {
                console.line(
                        "deleted topic %s and %s"
                                .formatted(name, Figures.count(records, "record")));
            }
        }
        return 0;
    }

    private boolean confirmed(long records) throws IOException {
        console.err()
                .printf("Delete topic %s and %s? [y/N] ", name, Figures.count(records, "record"));
        console.err().flush();
        String answer =
                new BufferedReader(new InputStreamReader(console.in(), StandardCharsets.UTF_8))
                        .readLine();
        return answer != null && answer.strip().toLowerCase(Locale.ROOT).matches("y|yes");
    }
}
