package dev.millrace.cli;

import dev.millrace.cli.console.Console;
import dev.millrace.cli.console.Json;
import dev.millrace.server.RemoteLog;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// `millrace group delete`.
@Command(
        name = "delete",
        description = "Delete a consumer group without members, and all its offsets.")
final class GroupDeleteCommand implements Callable<Integer> {
    private final Console console;

    @Parameters(paramLabel = "GROUP", description = "The group's id.")
    private String group = "";

    @Mixin private DataOptions data = new DataOptions();
    @Mixin private JsonOption output = new JsonOption();

    GroupDeleteCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        try (RemoteLog log = data.openServed()) {
            log.groups().delete(group);
            if (output.json()) {
                try (Json json = Json.array(console)) {
                    json.object(to -> to.writeStringField("id", group));
                }
            } else {
                console.line("deleted group " + group);
            }
        }
        return 0;
    }
}
