package dev.millrace.server.internal.api;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.millrace.kafka.ConsumerGroups;
import dev.millrace.kafka.GroupDescription;
import dev.millrace.kafka.GroupListing;
import dev.millrace.kafka.OffsetSpec;
import dev.millrace.log.LocalLog;
import dev.millrace.log.TopicPartition;
import dev.millrace.server.internal.http.HttpProblem;
import dev.millrace.server.internal.http.HttpRequest;
import dev.millrace.server.internal.http.HttpResponse;
import dev.millrace.server.internal.http.Route;
import dev.millrace.server.internal.json.JsonObject;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// Consumer groups, and how far they are: `/v1/groups`.
final class GroupRoutes {
    private static final String GROUP = "/v1/groups/{group}";
    private static final String OFFSETS = GROUP + "/offsets";

    private final LocalLog log;
    private final ConsumerGroups groups;

    GroupRoutes(LocalLog log, ConsumerGroups groups) {
        this.log = log;
        this.groups = groups;
    }

    List<Route> routes() {
        return List.of(
                new Route("GET", "/v1/groups", this::list),
                new Route("GET", GROUP, this::describe),
                new Route("DELETE", GROUP, this::delete),
                new Route("GET", OFFSETS, this::offsets),
                new Route("PUT", OFFSETS, this::reset),
                new Route("DELETE", OFFSETS, this::forget));
    }

    private HttpResponse list(HttpRequest request) {
        request.requireQuery("limit", "after");
        int limit =
                (int)
                        request.queryNumber("limit", 1, TopicRoutes.MOST_ITEMS)
                                .orElse(TopicRoutes.ITEMS);
        String given = request.query("after");
        String after = given == null ? "" : given;
        List<GroupListing> behind =
                groups.list().stream().filter(group -> group.id().compareTo(after) > 0).toList();
        List<GroupListing> page = behind.subList(0, Math.min(limit, behind.size()));
        return HttpResponse.page(
                to -> {
                    for (GroupListing group : page) {
                        to.writeStartObject();
                        to.writeStringField("id", group.id());
                        to.writeStringField("state", group.state());
                        to.writeStringField("protocolType", group.protocolType());
                        to.writeEndObject();
                    }
                },
                page.size() < behind.size() ? page.getLast().id() : "");
    }

    private HttpResponse describe(HttpRequest request) {
        request.requireQuery();
        GroupDescription group = groups.describe(request.path("group"));
        return HttpResponse.json(
                200,
                to -> {
                    to.writeStringField("id", group.id());
                    to.writeStringField("state", group.state());
                    to.writeStringField("protocolType", group.protocolType());
                    to.writeStringField("protocol", group.protocol());
                    to.writeArrayFieldStart("members");
                    for (GroupDescription.Member member : group.members()) {
                        write(to, member);
                    }
                    to.writeEndArray();
                    to.writeArrayFieldStart("offsets");
                    write(to, group.offsets());
                    to.writeEndArray();
                });
    }

    private static void write(JsonGenerator to, GroupDescription.Member member) throws IOException {
        to.writeStartObject();
        to.writeStringField("id", member.id());
        if (member.instanceId() != null) {
            to.writeStringField("instanceId", member.instanceId());
        }
        to.writeStringField("clientId", member.clientId());
        to.writeStringField("host", member.host());
        to.writeArrayFieldStart("assigned");
        for (TopicPartition partition : member.assigned()) {
            to.writeStartObject();
            write(to, partition);
            to.writeEndObject();
        }
        to.writeEndArray();
        to.writeEndObject();
    }

    private static void write(JsonGenerator to, TopicPartition partition) throws IOException {
        to.writeStringField("topic", partition.topic());
        to.writeNumberField("partition", partition.partition());
    }

    private static void write(JsonGenerator to, List<GroupDescription.Offset> offsets)
            throws IOException {
        for (GroupDescription.Offset offset : offsets) {
            to.writeStartObject();
            write(to, offset.partition());
            to.writeNumberField("offset", offset.offset());
            to.writeNumberField("endOffset", offset.endOffset());
            to.writeNumberField("lag", offset.lag());
            to.writeStringField("metadata", offset.metadata());
            to.writeNumberField("committedAt", offset.committedAtMillis());
            to.writeEndObject();
        }
    }

    private HttpResponse delete(HttpRequest request) {
        request.requireQuery();
        groups.delete(request.path("group"));
        return HttpResponse.empty();
    }

    private HttpResponse offsets(HttpRequest request) {
        request.requireQuery();
        List<GroupDescription.Offset> offsets = groups.describe(request.path("group")).offsets();
        return HttpResponse.page(to -> write(to, offsets), "");
    }

    private HttpResponse reset(HttpRequest request) throws IOException {
        request.requireQuery();
        JsonObject body =
                TopicRoutes.body(request).requireKnown("partitions", "to", "offset", "time");
        String group = request.path("group");
        OffsetSpec spec = spec(body);
        Set<TopicPartition> partitions =
                body.has("partitions")
                        ? named(body.objects("partitions"))
                        : groups.describe(group).offsets().stream()
                                .map(GroupDescription.Offset::partition)
                                .collect(Collectors.toSet());
        List<GroupDescription.Offset> set = groups.resetOffsets(group, partitions, spec);
        return HttpResponse.page(to -> write(to, set), "");
    }

    private static OffsetSpec spec(JsonObject body) {
        if (List.of("to", "offset", "time").stream().filter(body::has).count() != 1) {
            throw HttpProblem.invalid("one of 'to', 'offset' and 'time' is needed");
        }
        if (body.has("offset")) {
            return OffsetSpec.at(body.number("offset"));
        }
        if (body.has("time")) {
            return OffsetSpec.atTime(RecordFormat.time("time", body.text("time")));
        }
        return switch (body.text("to")) {
            case "earliest" -> OffsetSpec.earliest();
            case "latest" -> OffsetSpec.latest();
            default -> throw body.refused("to", "'earliest' or 'latest'");
        };
    }

    /// Those that a request names; without a number, all of the topic.
    private Set<TopicPartition> named(List<JsonObject> items) {
        Set<TopicPartition> partitions = new HashSet<>();
        for (JsonObject item : items) {
            item.requireKnown("topic", "partition");
            String topic = item.text("topic");
            if (item.has("partition")) {
                partitions.add(new TopicPartition(topic, item.integer("partition")));
            } else {
                IntStream.range(0, log.describeTopic(topic).partitions())
                        .forEach(number -> partitions.add(new TopicPartition(topic, number)));
            }
        }
        return partitions;
    }

    private HttpResponse forget(HttpRequest request) {
        request.requireQuery("topic", "partition");
        String topic = request.query("topic");
        OptionalLong number = request.queryNumber("partition", 0, Integer.MAX_VALUE);
        if (topic == null && number.isPresent()) {
            throw HttpProblem.invalid("partition needs topic");
        }
        String group = request.path("group");
        Set<TopicPartition> partitions =
                groups.describe(group).offsets().stream()
                        .map(GroupDescription.Offset::partition)
                        .filter(of -> topic == null || of.topic().equals(topic))
                        .filter(of -> number.isEmpty() || of.partition() == number.getAsLong())
                        .collect(Collectors.toSet());
        groups.deleteOffsets(group, partitions);
        return HttpResponse.empty();
    }
}
