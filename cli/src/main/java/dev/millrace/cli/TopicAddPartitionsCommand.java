package dev.millrace.cli;

import dev.millrace.cli.console.Console;
import dev.millrace.cli.console.Json;
import dev.millrace.log.EventLog;
import dev.millrace.log.TopicDescription;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `millrace topic add-partitions`.
@Command(name = "add-partitions", description = "Give a topic more partitions.")
final class TopicAddPartitionsCommand implements Callable<Integer> {
    private final Console console;

    @Parameters(paramLabel = "NAME", description = "The topic's name.")
    private String name = "";

    @Option(
            names = "--partitions",
            paramLabel = "N",
            required = true,
            description = "How many it has then, in all.")
    private int partitions;

    @Mixin private DataOptions data = new DataOptions();
    @Mixin private JsonOption output = new JsonOption();

    TopicAddPartitionsCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        try (OpenLog<? extends EventLog> open = data.open()) {
            TopicDescription grown = open.log().addPartitions(name, partitions);
            console.err()
                    .println(
                            "millrace: a key of topic %s may go to another partition than before; the order of its records is kept only within each partition"
                                    .formatted(name));
            if (output.json()) {
                try (Json json = Json.array(console)) {
                    json.object(to -> Topics.describe(to, grown));
                }
            } else {
                console.line("topic %s has %s".formatted(name, Topics.partitions(grown)));
            }
        }
        return 0;
    }
}
