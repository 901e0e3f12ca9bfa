package dev.millrace.cli;

import dev.millrace.cli.console.Console;
import dev.millrace.cli.console.Figures;
import dev.millrace.cli.console.Json;
import dev.millrace.server.Configuration;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `millrace config check`.
@Command(
        name = "check",
        description =
                "Check the configuration file and the environment; exit code 1 where something is"
                        + " wrong.")
final class ConfigCheckCommand implements Callable<Integer> {
    private final Console console;

    @Mixin private ConfigOptions config = new ConfigOptions();
    @Mixin private JsonOption output = new JsonOption();

    ConfigCheckCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws IOException {
        Configuration configuration = config.read(List.of());
        List<String> problems = configuration.problems();
        if (output.json()) {
            try (Json json = Json.array(console)) {
                for (String problem : problems) {
                    json.object(to -> to.writeStringField("problem", problem));
                }
            }
        } else {
            problems.forEach(console::line);
            if (problems.isEmpty()) {
                long given =
                        configuration.entries().stream()
                                .filter(entry -> !entry.origin().equals("default"))
                                .count();
                console.line(
                        "all is well: %s, %d of them given"
                                .formatted(
                                        Figures.count(configuration.entries().size(), "key"),
                                        given));
            }
        }
        return problems.isEmpty() ? 0 : 1;
    }
}
