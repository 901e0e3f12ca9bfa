package dev.millrace.cli.consume;

import dev.millrace.cli.console.Console;
import dev.millrace.cli.console.Json;
import dev.millrace.log.RecordView;
import dev.millrace.log.TopicPartition;
import dev.millrace.server.RecordJson;

/// Prints a record as a JSON object on a line of its own, as [RecordJson] says.
public final class JsonPrinter implements RecordPrinter {
    private final Json json;

    public JsonPrinter(Console console) {
        json = Json.lines(console);
    }

    @Override
    public void print(TopicPartition partition, RecordView record) {
        json.object(
                to -> {
                    to.writeStringField("topic", partition.topic());
                    to.writeNumberField("partition", partition.partition());
                    RecordJson.write(to, record);
                });
    }

    @Override
    public void flush() {
        json.flush();
    }
}
