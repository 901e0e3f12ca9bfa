package dev.millrace.cli;

import dev.millrace.cli.console.Console;
import dev.millrace.cli.console.Json;
import dev.millrace.log.LocalLog;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// `millrace view delete`. It asks nothing: whatever is deleted comes back by replay.
@Command(
        name = "delete",
        description = "Delete what is stored of a view, so that it replays when it is run again.")
final class ViewDeleteCommand implements Callable<Integer> {
    private final Console console;

    @Parameters(paramLabel = "NAME", description = "The view's name.")
    private String name = "";

    @Mixin private DataOptions data = new DataOptions();
    @Mixin private JsonOption output = new JsonOption();

    ViewDeleteCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        try (OpenLog<LocalLog> open = data.openDirectory()) {
            open.log().views().delete(name);
            if (output.json()) {
                try (Json json = Json.array(console)) {
                    json.object(to -> to.writeStringField("name", name));
                }
            } else {
                console.line(
                        "deleted what was stored of view %s; it replays when it is run again"
                                .formatted(name));
            }
        }
        return 0;
    }
}
