package dev.millrace.server.internal.api;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.millrace.log.CleaningReport;
import dev.millrace.log.LocalLog;
import dev.millrace.log.TopicDescription;
import dev.millrace.log.TopicPartition;
import dev.millrace.log.TopicSpec;
import dev.millrace.server.internal.http.HttpRequest;
import dev.millrace.server.internal.http.HttpResponse;
import dev.millrace.server.internal.http.Route;
import dev.millrace.server.internal.json.JsonInput;
import dev.millrace.server.internal.json.JsonObject;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Topics as such: `/v1/topics`.
final class TopicRoutes {
    static final int MOST_ITEMS = 10_000;
    static final int ITEMS = 100;

    private final LocalLog log;

    TopicRoutes(LocalLog log) {
        this.log = log;
    }

    List<Route> routes() {
        return List.of(
                new Route("GET", "/v1/topics", this::list),
                new Route("POST", "/v1/topics", this::create),
                new Route("GET", "/v1/topics/{topic}", this::describe),
                new Route("PATCH", "/v1/topics/{topic}", this::alter),
                new Route("DELETE", "/v1/topics/{topic}", this::delete),
                new Route("POST", "/v1/topics/{topic}/partitions", this::addPartitions),
                new Route("POST", "/v1/topics/{topic}/clean", this::clean));
    }

    private HttpResponse list(HttpRequest request) {
        request.requireQuery("limit", "after", "internal");
        int limit = (int) request.queryNumber("limit", 1, MOST_ITEMS).orElse(ITEMS);
        String after = request.query("after") == null ? "" : request.query("after");
        boolean internal = request.queryFlag("internal");
        List<TopicDescription> behind =
                log.topics().stream()
                        .filter(topic -> internal || !topic.internal())
                        .filter(topic -> topic.name().compareTo(after) > 0)
                        .toList();
        List<TopicDescription> page = behind.subList(0, Math.min(limit, behind.size()));
        return HttpResponse.page(
                to -> {
                    for (TopicDescription topic : page) {
                        to.writeStartObject();
                        write(to, topic);
                        to.writeEndObject();
                    }
                },
                page.size() < behind.size() ? page.getLast().name() : "");
    }

    private HttpResponse create(HttpRequest request) throws IOException {
        request.requireQuery();
        JsonObject body = body(request).requireKnown("name", "partitions", "config");
        TopicDescription created =
                log.createTopic(
                        new TopicSpec(
                                body.text("name"),
                                body.integer("partitions", 1),
                                body.textMap("config")));
        return HttpResponse.json(201, to -> write(to, created));
    }

    private HttpResponse describe(HttpRequest request) {
        request.requireQuery();
        TopicDescription topic = log.describeTopic(request.path("topic"));
        return HttpResponse.json(
                200,
                to -> {
                    write(to, topic);
                    to.writeArrayFieldStart("offsets");
                    for (int i = 0; i < topic.partitions(); i++) {
                        to.writeStartObject();
                        PartitionRoutes.write(to, log, new TopicPartition(topic.name(), i));
                        to.writeEndObject();
                    }
                    to.writeEndArray();
                });
    }

    private HttpResponse alter(HttpRequest request) throws IOException {
        request.requireQuery();
        JsonObject body = body(request).requireKnown("config", "reset");
        TopicDescription altered =
                log.alterTopic(
                        request.path("topic"),
                        body.textMap("config"),
                        Set.copyOf(body.texts("reset")));
        return HttpResponse.json(200, to -> write(to, altered));
    }

    private HttpResponse delete(HttpRequest request) {
        request.requireQuery();
        log.deleteTopic(request.path("topic"));
        return HttpResponse.empty();
    }

    private HttpResponse addPartitions(HttpRequest request) throws IOException {
        request.requireQuery();
        JsonObject body = body(request).requireKnown("count");
        TopicDescription grown = log.addPartitions(request.path("topic"), body.integer("count"));
        return HttpResponse.json(200, to -> write(to, grown));
    }

    private HttpResponse clean(HttpRequest request) {
        request.requireQuery();
        CleaningReport report = log.clean(request.path("topic"));
        return HttpResponse.json(
                200,
                to -> {
                    to.writeNumberField("segmentsDeleted", report.segmentsDeleted());
                    to.writeNumberField("recordsKept", report.recordsKept());
                    to.writeNumberField("recordsRemoved", report.recordsRemoved());
                    to.writeNumberField("bytesBefore", report.bytesBefore());
                    to.writeNumberField("bytesAfter", report.bytesAfter());
                });
    }

    static JsonObject body(HttpRequest request) throws IOException {
        request.requireMediaType(HttpResponse.JSON);
        return JsonInput.object(request.body());
    }

    private static void write(JsonGenerator to, TopicDescription topic) throws IOException {
        to.writeStringField("name", topic.name());
        to.writeStringField("id", topic.id().toString());
        to.writeNumberField("partitions", topic.partitions());
        to.writeObjectFieldStart("config");
        for (Map.Entry<String, String> key : topic.config().asMap().entrySet()) {
            to.writeStringField(key.getKey(), key.getValue());
        }
        to.writeEndObject();
    }
}
