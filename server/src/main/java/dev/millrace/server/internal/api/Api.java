package dev.millrace.server.internal.api;

import dev.millrace.kafka.ConsumerGroups;
import dev.millrace.log.LocalLog;
import dev.millrace.server.internal.http.HttpRequest;
import dev.millrace.server.internal.http.HttpResponse;
import dev.millrace.server.internal.http.Route;
import java.util.ArrayList;
import java.util.List;

/// Every route there is; `docs/reference/http.md` describes each.
public final class Api {
    private Api() {}

    /// The routes over a log and its consumer groups.
    public static List<Route> routes(LocalLog log, ConsumerGroups groups) {
        List<Route> routes = new ArrayList<>();
        routes.addAll(new TopicRoutes(log).routes());
        routes.addAll(new PartitionRoutes(log).routes());
        routes.addAll(new RecordRoutes(log).routes());
        routes.addAll(new LogRoutes(log).routes());
        routes.addAll(new ViewRoutes(log).routes());
        routes.addAll(new GroupRoutes(log, groups).routes());
        routes.add(new Route("GET", "/health/live", Api::live));
        routes.add(new Route("GET", "/health/ready", request -> ready(log)));
        routes.add(new Route("GET", "/metrics", request -> metrics(log)));
        return routes;
    }

    private static HttpResponse live(HttpRequest request) {
        return HttpResponse.json(200, to -> to.writeStringField("status", "live"));
    }

    private static HttpResponse ready(LocalLog log) {
        log.topics(); // throws where the log is closed
        return HttpResponse.json(200, to -> to.writeStringField("status", "ready"));
    }

    private static HttpResponse metrics(LocalLog log) {
        return HttpResponse.text(200, MetricsText.MEDIA_TYPE, MetricsText.of(log.metrics()));
    }
}
