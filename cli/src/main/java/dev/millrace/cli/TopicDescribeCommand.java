package dev.millrace.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.millrace.cli.console.Console;
import dev.millrace.cli.console.Figures;
import dev.millrace.cli.console.Json;
import dev.millrace.cli.console.Table;
import dev.millrace.log.EventLog;
import dev.millrace.log.TopicConfig;
import dev.millrace.log.TopicDescription;
import dev.millrace.log.TopicPartition;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// `millrace topic describe`.
@Command(
        name = "describe",
        description = "Show a topic: its configuration, and what each partition holds.")
final class TopicDescribeCommand implements Callable<Integer> {
    private final Console console;

    @Parameters(paramLabel = "NAME", description = "The topic's name.")
    private String name = "";

    @Mixin private DataOptions data = new DataOptions();
    @Mixin private JsonOption output = new JsonOption();

    TopicDescribeCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        try (OpenLog<? extends EventLog> open = data.open()) {
            TopicDescription topic = open.log().describeTopic(name);
            if (output.json()) {
                try (Json json = Json.array(console)) {
                    json.object(to -> write(to, open.log(), topic));
                }
            } else {
                print(open.log(), topic);
            }
        }
        return 0;
    }

    private void print(EventLog log, TopicDescription topic) {
        console.line("topic  " + topic.name());
        console.line("id     " + topic.id());
        console.line("policy " + policy(topic.config()));
        console.line("");
        Table config = new Table("KEY", "VALUE");
        topic.config().asMap().forEach(config::row);
        config.print(console);
        console.line("");
        Table partitions = new Table("PARTITION", "EARLIEST", "LATEST", "BYTES");
        for (TopicPartition partition : Topics.partitionsOf(topic)) {
            partitions.row(
                    partition.partition(),
                    log.earliestOffset(partition),
                    log.latestOffset(partition),
                    Figures.bytes(log.sizeInBytes(partition)));
        }
        partitions.print(console);
    }

    /// What is taken away: `kept for ever`, `compacted; deleted beyond 60000 ms`.
    private static String policy(TopicConfig config) {
        List<String> words = new ArrayList<>();
        if (config.compacted()) {
            words.add("compacted");
        }
        if (config.deleted() && config.retentionMillis() >= 0) {
            words.add("deleted when older than %d ms".formatted(config.retentionMillis()));
        }
        if (config.deleted() && config.retentionBytes() >= 0) {
            words.add("deleted beyond %d bytes a partition".formatted(config.retentionBytes()));
        }
        return words.isEmpty() ? "kept for ever" : String.join("; ", words);
    }

    private static void write(JsonGenerator to, EventLog log, TopicDescription topic)
            throws IOException {
        Topics.describe(to, topic);
        to.writeArrayFieldStart("offsets");
        for (TopicPartition partition : Topics.partitionsOf(topic)) {
            to.writeStartObject();
            to.writeNumberField("partition", partition.partition());
            to.writeNumberField("earliest", log.earliestOffset(partition));
            to.writeNumberField("latest", log.latestOffset(partition));
            to.writeNumberField("bytes", log.sizeInBytes(partition));
            to.writeEndObject();
        }
        to.writeEndArray();
    }
}
