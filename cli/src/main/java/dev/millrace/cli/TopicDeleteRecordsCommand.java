package dev.millrace.cli;

import dev.millrace.cli.console.CommandException;
import dev.millrace.cli.console.Console;
import dev.millrace.cli.console.Json;
import dev.millrace.log.EventLog;
import dev.millrace.log.TopicPartition;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `millrace topic delete-records`.
@Command(
        name = "delete-records",
        description = "Delete the records of a partition before an offset.")
final class TopicDeleteRecordsCommand implements Callable<Integer> {
    private final Console console;

    @Parameters(paramLabel = "TOPIC", description = "The topic's name.")
    private String topic = "";

    @Option(
            names = "--partition",
            paramLabel = "P",
            required = true,
            description = "The partition's number.")
    private int partition;

    @Option(
            names = "--before",
            paramLabel = "OFFSET",
            required = true,
            description = "The earliest offset from then on; -1 for the latest.")
    private long before;

    @Mixin private DataOptions data = new DataOptions();
    @Mixin private JsonOption output = new JsonOption();

    TopicDeleteRecordsCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        try (OpenLog<? extends EventLog> open = data.open()) {
            int partitions = open.log().describeTopic(topic).partitions();
            if (partition < 0 || partition >= partitions) {
                throw CommandException.usage(
                        "unknown-partition",
                        "topic '%s' has no partition %d: it has %d, from 0"
                                .formatted(topic, partition, partitions));
            }
            long earliest = open.log().deleteRecords(new TopicPartition(topic, partition), before);
            if (output.json()) {
                try (Json json = Json.array(console)) {
                    json.object(
                            to -> {
                                to.writeStringField("topic", topic);
                                to.writeNumberField("partition", partition);
                                to.writeNumberField("earliest", earliest);
                            });
                }
            } else {
                console.line(
                        "topic %s, partition %d: begins at offset %d"
                                .formatted(topic, partition, earliest));
            }
        }
        return 0;
    }
}
