package dev.millrace.cli;

import dev.millrace.cli.console.Console;
import dev.millrace.cli.console.Json;
import dev.millrace.cli.console.Table;
import dev.millrace.kafka.GroupListing;
import dev.millrace.server.RemoteLog;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `millrace group list`.
@Command(name = "list", description = "List the consumer groups of a log that is served.")
final class GroupListCommand implements Callable<Integer> {
    private final Console console;

    @Mixin private DataOptions data = new DataOptions();
    @Mixin private JsonOption output = new JsonOption();

    GroupListCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        try (RemoteLog log = data.openServed()) {
            List<GroupListing> groups = log.groups().list();
            if (output.json()) {
                try (Json json = Json.array(console)) {
                    groups.forEach(
                            group ->
                                    json.object(
                                            to -> {
                                                to.writeStringField("id", group.id());
                                                to.writeStringField("state", group.state());
                                                to.writeStringField(
                                                        "protocolType", group.protocolType());
                                            }));
                }
            } else if (groups.isEmpty()) {
                console.line("no groups in " + data.place());
            } else {
                Table table = new Table("GROUP", "STATE", "PROTOCOL TYPE");
                groups.forEach(group -> table.row(group.id(), group.state(), group.protocolType()));
                table.print(console);
            }
        }
        return 0;
    }
}
