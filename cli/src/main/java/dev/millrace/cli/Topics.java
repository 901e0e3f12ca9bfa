package dev.millrace.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.millrace.cli.console.Figures;
import dev.millrace.log.EventLog;
import dev.millrace.log.TopicDescription;
import dev.millrace.log.TopicPartition;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/// Topics as the commands print them.
final class Topics {
    private Topics() {}

    /// Writes name, id, number of partitions and configuration.
    static void describe(JsonGenerator to, TopicDescription topic) throws IOException {
        to.writeStringField("name", topic.name());
        to.writeStringField("id", topic.id().toString());
        to.writeNumberField("partitions", topic.partitions());
        to.writeObjectFieldStart("config");
        for (Map.Entry<String, String> key : topic.config().asMap().entrySet()) {
            to.writeStringField(key.getKey(), key.getValue());
        }
        to.writeEndObject();
    }

    static List<TopicPartition> partitionsOf(TopicDescription topic) {
        return IntStream.range(0, topic.partitions())
                .mapToObj(partition -> new TopicPartition(topic.name(), partition))
                .toList();
    }

    /// `4 partitions`.
    static String partitions(TopicDescription topic) {
        return Figures.count(topic.partitions(), "partition");
    }

    /// Records that can be read.
    static long records(EventLog log, TopicDescription topic) {
        return partitionsOf(topic).stream()
                .mapToLong(p -> log.latestOffset(p) - log.earliestOffset(p))
                .sum();
    }

    static long bytes(EventLog log, TopicDescription topic) {
        return partitionsOf(topic).stream().mapToLong(log::sizeInBytes).sum();
    }
}
