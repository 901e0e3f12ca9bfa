package dev.millrace.server.internal.api;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.millrace.log.LocalLog;
import dev.millrace.log.ParkedRecords;
import dev.millrace.log.StoredView;
import dev.millrace.log.ViewStatus;
import dev.millrace.server.TopicCount;
import dev.millrace.server.internal.http.HttpRequest;
import dev.millrace.server.internal.http.HttpResponse;
import dev.millrace.server.internal.http.Route;
import java.io.IOException;
import java.util.List;

/// What is stored of views, and the view that counts.
final class ViewRoutes {
    private final LocalLog log;

    ViewRoutes(LocalLog log) {
        this.log = log;
    }

    List<Route> routes() {
        return List.of(
                new Route("GET", "/v1/views", this::list),
                new Route("DELETE", "/v1/views/{view}", this::delete),
                new Route("POST", "/v1/topics/{topic}/count", this::count));
    }

    private HttpResponse list(HttpRequest request) {
        request.requireQuery();
        List<StoredView> views = log.views().stored();
        return HttpResponse.page(
                to -> {
                    for (StoredView view : views) {
                        to.writeStartObject();
                        write(to, view);
                        to.writeEndObject();
                    }
                },
                "");
    }

    private static void write(JsonGenerator to, StoredView view) throws IOException {
        to.writeStringField("name", view.name());
        to.writeStringField("codeVersion", view.codeVersion());
        to.writeNumberField("generation", view.generation());
        to.writeNumberField("savedAt", view.savedAtMillis());
        to.writeNumberField("bytes", view.bytes());
        to.writeBooleanField("running", view.running());
        to.writeArrayFieldStart("sources");
        for (StoredView.Position at : view.sources()) {
            to.writeStartObject();
            to.writeStringField("topic", at.partition().topic());
            to.writeNumberField("partition", at.partition().partition());
            to.writeNumberField("nextOffset", at.nextOffset());
            to.writeEndObject();
        }
        to.writeEndArray();
        write(to, view.parked());
        if (view.problem() != null) {
            to.writeStringField("problem", view.problem());
        }
    }

    private static void write(JsonGenerator to, List<ParkedRecords> parked) throws IOException {
        to.writeArrayFieldStart("parked");
        for (ParkedRecords each : parked) {
            to.writeStartObject();
            to.writeStringField("topic", each.partition().topic());
            to.writeNumberField("partition", each.partition().partition());
            to.writeNumberField("fromOffset", each.fromOffset());
            to.writeNumberField("nextOffset", each.nextOffset());
            to.writeStringField("error", each.error());
            to.writeEndObject();
        }
        to.writeEndArray();
    }

    private HttpResponse delete(HttpRequest request) {
        request.requireQuery();
        log.views().delete(request.path("view"));
        return HttpResponse.empty();
    }

    private HttpResponse count(HttpRequest request) {
        request.requireQuery("park");
        TopicCount count =
                TopicCount.of(log, request.path("topic"), request.queryFlag("park"), lag -> {});
        return HttpResponse.json(
                200,
                to -> {
                    to.writeArrayFieldStart("items");
                    for (TopicCount.Part part : count.parts()) {
                        to.writeStartObject();
                        write(to, part);
                        to.writeEndObject();
                    }
                    to.writeEndArray();
                    write(to, count.parked());
                });
    }

    private static void write(JsonGenerator to, TopicCount.Part part) throws IOException {
        TopicCount.Counts counts = part.counts();
        to.writeNumberField("partition", part.partition().partition());
        to.writeNumberField("records", counts.records());
        to.writeNumberField("keyed", counts.keyed());
        to.writeNumberField("tombstones", counts.tombstones());
        to.writeNumberField("keyBytes", counts.keyBytes());
        to.writeNumberField("valueBytes", counts.valueBytes());
        to.writeNumberField("largestBytes", counts.largestBytes());
        to.writeNumberField("nextOffset", part.nextOffset());
        to.writeNumberField("lag", part.lag());
        to.writeNumberField("startOffset", part.startOffset());
        ViewStatus.Failure failure = part.failure();
        if (failure != null) {
            to.writeNumberField("stoppedAt", failure.offset());
            to.writeStringField("error", failure.error());
        }
    }
}
