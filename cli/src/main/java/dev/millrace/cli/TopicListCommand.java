package dev.millrace.cli;

import dev.millrace.cli.console.Console;
import dev.millrace.cli.console.Figures;
import dev.millrace.cli.console.Json;
import dev.millrace.cli.console.Table;
import dev.millrace.log.EventLog;
import dev.millrace.log.TopicDescription;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `millrace topic list`.
@Command(name = "list", description = "List the topics.")
final class TopicListCommand implements Callable<Integer> {
    private final Console console;

    @Option(names = "--all", description = "Internal topics too; their names begin with __.")
    private boolean all;

    @Mixin private DataOptions data = new DataOptions();
    @Mixin private JsonOption output = new JsonOption();

    TopicListCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        try (OpenLog<? extends EventLog> open = data.open()) {
            EventLog log = open.log();
            List<TopicDescription> topics =
                    log.topics().stream().filter(topic -> all || !topic.internal()).toList();
            if (output.json()) {
                print(log, topics);
            } else if (topics.isEmpty()) {
                console.line("no topics in " + data.place());
            } else {
                Table table = new Table("TOPIC", "PARTITIONS", "DURABILITY", "RECORDS", "BYTES");
                for (TopicDescription topic : topics) {
                    table.row(
                            topic.name(),
                            topic.partitions(),
                            topic.config().durability().key(),
                            Topics.records(log, topic),
                            Figures.bytes(Topics.bytes(log, topic)));
                }
                table.print(console);
            }
        }
        return 0;
    }

    private void print(EventLog log, List<TopicDescription> topics) {
        try (Json json = Json.array(console)) {
            for (TopicDescription topic : topics) {
                json.object(
                        to -> {
                            Topics.describe(to, topic);
                            to.writeNumberField("records", Topics.records(log, topic));
                            to.writeNumberField("bytes", Topics.bytes(log, topic));
                        });
            }
        }
    }
}
