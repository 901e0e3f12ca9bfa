package dev.millrace.server.internal.remote;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.millrace.kafka.ConsumerGroups;
import dev.millrace.kafka.GroupDescription;
import dev.millrace.kafka.GroupListing;
import dev.millrace.kafka.OffsetSpec;
import dev.millrace.log.TopicPartition;
import dev.millrace.server.internal.json.JsonObject;
import dev.millrace.server.internal.json.JsonOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// The consumer groups behind a server.
public final class RemoteGroups implements ConsumerGroups {
    private final HttpLink link;

    public RemoteGroups(HttpLink link) {
        this.link = link;
    }

    private static String path(String group) {
        return "/v1/groups/" + HttpLink.segment(group);
    }

    @Override
    public List<GroupListing> list() {
        List<GroupListing> groups = new ArrayList<>();
        String after = "";
        while (after != null) {
            JsonObject page = link.get("/v1/groups?limit=10000&after=" + HttpLink.segment(after));
            for (JsonObject item : page.objects("items")) {
                groups.add(
                        new GroupListing(
                                item.text("id"), item.text("state"), item.text("protocolType")));
            }
            after = page.textOrNull("next");
        }
        return groups;
    }

    @Override
    public GroupDescription describe(String group) {
        JsonObject from = link.get(path(group));
        return new GroupDescription(
                from.text("id"),
                from.text("state"),
                from.text("protocolType"),
                from.text("protocol"),
                from.objects("members").stream().map(RemoteGroups::member).toList(),
                from.objects("offsets").stream().map(RemoteGroups::offset).toList());
    }

    private static GroupDescription.Member member(JsonObject from) {
        return new GroupDescription.Member(
                from.text("id"),
                from.textOrNull("instanceId"),
                from.text("clientId"),
                from.text("host"),
                from.objects("assigned").stream().map(Answers::partition).toList());
    }

    private static GroupDescription.Offset offset(JsonObject from) {
        return new GroupDescription.Offset(
                Answers.partition(from),
                from.number("offset"),
                from.number("endOffset"),
                from.text("metadata"),
                from.number("committedAt"));
    }

    @Override
    public void delete(String group) {
        link.tell("DELETE", path(group));
    }

    @Override
    public List<GroupDescription.Offset> resetOffsets(
            String group, Set<TopicPartition> partitions, OffsetSpec to) {
        byte[] body =
                JsonOutput.bytes(
                        json -> {
                            json.writeArrayFieldStart("partitions");
                            for (TopicPartition of : partitions) {
                                json.writeStartObject();
                                json.writeStringField("topic", of.topic());
                                json.writeNumberField("partition", of.partition());
                                json.writeEndObject();
                            }
                            json.writeEndArray();
                            write(json, to);
                        });
        return link
                .ask("PUT", path(group) + "/offsets", body, HttpLink.JSON)
                .objects("items")
                .stream()
                .map(RemoteGroups::offset)
                .toList();
    }

    private static void write(JsonGenerator json, OffsetSpec to) throws IOException {
        switch (to) {
            case OffsetSpec.Earliest _ -> json.writeStringField("to", "earliest");
            case OffsetSpec.Latest _ -> json.writeStringField("to", "latest");
            case OffsetSpec.At(long offset) -> json.writeNumberField("offset", offset);
            case OffsetSpec.AtTime(long millis) ->
                    json.writeStringField("time", Long.toString(millis));
        }
    }

    /// One request for each partition: those before one that fails are deleted.
    @Override
    public void deleteOffsets(String group, Set<TopicPartition> partitions) {
        for (TopicPartition of : partitions) {
            link.tell(
                    "DELETE",
                    "%s/offsets?topic=%s&partition=%d"
                            .formatted(path(group), HttpLink.segment(of.topic()), of.partition()));
        }
    }
}
