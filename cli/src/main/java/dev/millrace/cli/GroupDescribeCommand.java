package dev.millrace.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.millrace.cli.console.Console;
import dev.millrace.cli.console.Json;
import dev.millrace.cli.console.Table;
import dev.millrace.kafka.GroupDescription;
import dev.millrace.log.TopicPartition;
import dev.millrace.server.RemoteLog;
import java.io.IOException;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// `millrace group describe`.
@Command(
        name = "describe",
        description = "Show who is in a consumer group, and how far it is in each partition.")
final class GroupDescribeCommand implements Callable<Integer> {
    private final Console console;

    @Parameters(paramLabel = "GROUP", description = "The group's id.")
    private String group = "";

    @Mixin private DataOptions data = new DataOptions();
    @Mixin private JsonOption output = new JsonOption();

    GroupDescribeCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        try (RemoteLog log = data.openServed()) {
            GroupDescription described = log.groups().describe(group);
            if (output.json()) {
                try (Json json = Json.array(console)) {
                    json.object(to -> write(to, described));
                }
            } else {
                print(described);
            }
        }
        return 0;
    }

    private void print(GroupDescription described) {
        console.line("group  " + described.id());
        console.line("state  " + described.state());
        if (!described.protocol().isEmpty()) {
            console.line("shared by  " + described.protocol());
        }
        console.line("");
        if (described.members().isEmpty()) {
            console.line("no members");
        } else {
            Table members = new Table("CLIENT", "HOST", "READS", "MEMBER");
            for (GroupDescription.Member member : described.members()) {
                members.row(
                        member.clientId(),
                        member.host(),
                        member.assigned().stream()
                                .map(TopicPartition::toString)
                                .collect(Collectors.joining(" ")),
                        member.id());
            }
            members.print(console);
        }
        console.line("");
        if (described.offsets().isEmpty()) {
            console.line("no offsets");
        } else {
            GroupOffsets.print(console, described.offsets());
        }
    }

    private static void write(JsonGenerator to, GroupDescription described) throws IOException {
        to.writeStringField("id", described.id());
        to.writeStringField("state", described.state());
        to.writeStringField("protocolType", described.protocolType());
        to.writeStringField("protocol", described.protocol());
        to.writeArrayFieldStart("members");
        for (GroupDescription.Member member : described.members()) {
            to.writeStartObject();
            to.writeStringField("id", member.id());
            if (member.instanceId() != null) {
                to.writeStringField("instanceId", member.instanceId());
            }
            to.writeStringField("clientId", member.clientId());
            to.writeStringField("host", member.host());
            to.writeArrayFieldStart("assigned");
            for (TopicPartition of : member.assigned()) {
                to.writeStartObject();
                to.writeStringField("topic", of.topic());
                to.writeNumberField("partition", of.partition());
                to.writeEndObject();
            }
            to.writeEndArray();
            to.writeEndObject();
        }
        to.writeEndArray();
        to.writeArrayFieldStart("offsets");
        for (GroupDescription.Offset offset : described.offsets()) {
            to.writeStartObject();
            GroupOffsets.write(to, offset);
            to.writeEndObject();
        }
        to.writeEndArray();
    }
}
