package dev.millrace.cli;

import dev.millrace.cli.console.CommandException;
import dev.millrace.cli.console.Console;
import dev.millrace.cli.console.Json;
import dev.millrace.cli.console.Table;
import dev.millrace.log.EventLog;
import dev.millrace.log.TopicDescription;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `millrace topic alter`.
@Command(name = "alter", description = "Change the configuration of a topic.")
final class TopicAlterCommand implements Callable<Integer> {
    private final Console console;

    @Parameters(paramLabel = "NAME", description = "The topic's name.")
    private String name = "";

    @Option(
            names = "--config",
            paramLabel = "KEY=VALUE",
            description = "Set a configuration key; may be repeated.")
    private Map<String, String> config = new LinkedHashMap<>();

    @Option(
            names = "--reset",
            paramLabel = "KEY",
            description = "Give a configuration key its default again; may be repeated.")
    private Set<String> reset = new LinkedHashSet<>();

    @Mixin private DataOptions data = new DataOptions();
    @Mixin private JsonOption output = new JsonOption();

    TopicAlterCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        if (config.isEmpty() && reset.isEmpty()) {
            throw CommandException.usage(
                    "usage", "nothing to change; add --config KEY=VALUE or --reset KEY");
        }
        try (OpenLog<? extends EventLog> open = data.open()) {
            TopicDescription before = open.log().describeTopic(name);
            TopicDescription after = open.log().alterTopic(name, config, reset);
            if (output.json()) {
                try (Json json = Json.array(console)) {
                    json.object(to -> Topics.describe(to, after));
                }
            } else {
                print(before.config().asMap(), after.config().asMap());
            }
        }
        return 0;
    }

    private void print(Map<String, String> before, Map<String, String> after) {
        if (before.equals(after)) {
            console.line("topic %s is configured so already".formatted(name));
            return;
        }
        console.line("altered topic " + name);
        Table table = new Table("KEY", "BEFORE", "NOW");
        after.forEach(
                (key, value) -> {
                    String old = before.getOrDefault(key, "");
                    if (!old.equals(value)) {
                        table.row(key, old, value);
                    }
                });
        table.print(console);
    }
}
