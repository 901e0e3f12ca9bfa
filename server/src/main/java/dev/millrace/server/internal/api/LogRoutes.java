package dev.millrace.server.internal.api;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.millrace.log.Damage;
import dev.millrace.log.LocalLog;
import dev.millrace.log.LogMetrics;
import dev.millrace.log.ProducerId;
import dev.millrace.log.RecoveryReport;
import dev.millrace.server.MetricsJson;
import dev.millrace.server.internal.http.HttpProblem;
import dev.millrace.server.internal.http.HttpRequest;
import dev.millrace.server.internal.http.HttpResponse;
import dev.millrace.server.internal.http.Route;
import dev.millrace.server.internal.json.JsonOutput;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;

/// The log as a whole: what it is, what it measures, whether it is sound, new producers.
final class LogRoutes {
    private static final long NOTE_EVERY_BYTES = 16 << 20;

    private final LocalLog log;

    LogRoutes(LocalLog log) {
        this.log = log;
    }

    List<Route> routes() {
        return List.of(
                new Route("GET", "/v1/log", this::describe),
                new Route("GET", "/v1/log/metrics", this::metrics),
                new Route("POST", "/v1/log/verify", this::verify),
                new Route("POST", "/v1/producers", this::newProducer));
    }

    private HttpResponse describe(HttpRequest request) {
        request.requireQuery();
        RecoveryReport recovery = log.recovery();
        return HttpResponse.json(
                200,
                to -> {
                    to.writeStringField("directory", log.directory().toAbsolutePath().toString());
                    to.writeStringField("id", log.id().toString());
                    to.writeObjectFieldStart("recovery");
                    write(to, recovery);
                    to.writeEndObject();
                });
    }

    private static void write(JsonGenerator to, RecoveryReport recovery) throws IOException {
        to.writeBooleanField("clean", recovery.clean());
        to.writeNumberField("nanos", recovery.nanos());
        to.writeNumberField("journalFrames", recovery.journalFrames());
        to.writeNumberField("bytesScanned", recovery.bytesScanned());
        to.writeArrayFieldStart("tornTails");
        for (RecoveryReport.TornTail tail : recovery.tornTails()) {
            to.writeStartObject();
            to.writeStringField("topic", tail.partition().topic());
            to.writeNumberField("partition", tail.partition().partition());
            to.writeNumberField("offset", tail.offset());
            to.writeStringField("file", tail.file());
            to.writeNumberField("position", tail.position());
            to.writeNumberField("bytes", tail.bytes());
            to.writeEndObject();
        }
        to.writeEndArray();
        to.writeArrayFieldStart("damage");
        for (Damage damage : recovery.damage()) {
            to.writeStartObject();
            HttpProblem.write(to, damage);
            to.writeEndObject();
        }
        to.writeEndArray();
        writeTexts(to, "journalDamage", recovery.journalDamage());
        writeTexts(to, "orphans", recovery.orphans());
    }

    private static void writeTexts(JsonGenerator to, String name, List<String> texts)
            throws IOException {
        to.writeArrayFieldStart(name);
        for (String text : texts) {
            to.writeString(text);
        }
        to.writeEndArray();
    }

    private HttpResponse metrics(HttpRequest request) {
        request.requireQuery();
        LogMetrics metrics = log.metrics();
        return HttpResponse.page(
                to -> {
                    for (LogMetrics.Sample sample : metrics.samples()) {
                        to.writeStartObject();
                        MetricsJson.write(to, sample);
                        to.writeEndObject();
                    }
                },
                "");
    }

    /// Lines with how far it is, each with `bytes` and `totalBytes`; then one for each damaged
    /// stretch, with `damage`; at the end one with `done`.
    private HttpResponse verify(HttpRequest request) {
        request.requireQuery();
        return HttpResponse.lines(
                to -> {
                    List<Damage> damage = log.verify(noteTo(to));
                    for (Damage stretch : damage) {
                        to.object(
                                each -> {
                                    each.writeObjectFieldStart("damage");
                                    HttpProblem.write(each, stretch);
                                    each.writeEndObject();
                                });
                    }
                    to.object(each -> each.writeBooleanField("done", true));
                });
    }

    private static java.util.function.Consumer<LocalLog.VerifyProgress> noteTo(JsonOutput to) {
        long[] noted = {Long.MIN_VALUE / 2};
        return at -> {
            if (at.bytes() - noted[0] < NOTE_EVERY_BYTES && at.bytes() < at.totalBytes()) {
                return;
            }
            noted[0] = at.bytes();
            try {
                to.object(
                        each -> {
                            each.writeStringField("topic", at.partition().topic());
                            each.writeNumberField("partition", at.partition().partition());
                            each.writeNumberField("bytes", at.bytes());
                            each.writeNumberField("totalBytes", at.totalBytes());
                        });
                to.flush();
            } catch (IOException e) {
                throw new UncheckedIOException(e); // nobody reads any more
            }
        };
    }

    private HttpResponse newProducer(HttpRequest request) {
        request.requireQuery();
        ProducerId producer = log.newProducer();
        return HttpResponse.json(
                201,
                to -> {
                    to.writeNumberField("id", producer.id());
                    to.writeNumberField("epoch", producer.epoch());
                });
    }
}
