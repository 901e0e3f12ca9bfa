package dev.millrace.cli;

import dev.millrace.cli.console.CommandException;
import dev.millrace.cli.console.Console;
import dev.millrace.cli.console.Json;
import dev.millrace.cli.console.Table;
import dev.millrace.server.Configuration;
import dev.millrace.server.Configuration.Entry;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `millrace config show`.
@Command(
        name = "show",
        description = "Show every configuration key, its value, and where the value comes from.")
final class ConfigShowCommand implements Callable<Integer> {
    private final Console console;

    @Mixin private ConfigOptions config = new ConfigOptions();
    @Mixin private JsonOption output = new JsonOption();

    ConfigShowCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws IOException {
        Configuration configuration = config.read(List.of());
        if (output.json()) {
            try (Json json = Json.array(console)) {
                for (Entry entry : configuration.entries()) {
                    json.object(
                            to -> {
                                to.writeStringField("key", entry.key().name());
                                to.writeStringField("value", entry.value());
                                to.writeStringField("origin", entry.origin());
                                to.writeStringField(
                                        "variable", Configuration.variable(entry.key()));
                            });
                }
            }
        } else {
            Table table = new Table("KEY", "VALUE", "ORIGIN");
            configuration
                    .entries()
                    .forEach(entry -> table.row(entry.key().name(), entry.value(), entry.origin()));
            table.print(console);
        }
        List<String> problems = configuration.problems();
        if (!problems.isEmpty()) {
            console.flush();
            throw CommandException.usage("invalid-config", String.join("; ", problems));
        }
        return 0;
    }
}
