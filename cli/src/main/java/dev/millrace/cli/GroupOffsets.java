package dev.millrace.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.millrace.cli.console.Console;
import dev.millrace.cli.console.Table;
import dev.millrace.kafka.GroupDescription;
import java.io.IOException;
import java.time.Instant;
import java.util.List;

/// How offsets of groups are shown.
final class GroupOffsets {
    private GroupOffsets() {}

    static void print(Console console, List<GroupDescription.Offset> offsets) {
        Table table = new Table("TOPIC", "PARTITION", "OFFSET", "END", "LAG", "COMMITTED");
        for (GroupDescription.Offset each : offsets) {
            table.row(
                    each.partition().topic(),
                    each.partition().partition(),
                    each.offset(),
                    each.endOffset(),
                    each.lag(),
                    Instant.ofEpochMilli(each.committedAtMillis()));
        }
        table.print(console);
    }

    static void write(JsonGenerator to, GroupDescription.Offset offset) throws IOException {
        to.writeStringField("topic", offset.partition().topic());
        to.writeNumberField("partition", offset.partition().partition());
        to.writeNumberField("offset", offset.offset());
        to.writeNumberField("endOffset", offset.endOffset());
        to.writeNumberField("lag", offset.lag());
        to.writeStringField("metadata", offset.metadata());
        to.writeNumberField("committedAt", offset.committedAtMillis());
    }
}
