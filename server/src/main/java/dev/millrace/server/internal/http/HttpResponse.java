package dev.millrace.server.internal.http;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.millrace.server.internal.json.JsonOutput;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/// An answer: a status, headers, and what writes the body once they are sent.
///
/// @param length of the body in bytes; -1 where it is not known before, then it is sent in chunks
public record HttpResponse(int status, Map<String, String> headers, long length, Body body) {
    public static final String JSON = "application/json";
    public static final String NDJSON = "application/x-ndjson";

    /// Writes the body.
    @FunctionalInterface
    public interface Body {
        void writeTo(OutputStream to) throws Exception;
    }

    /// Writes the lines of a body, one object each.
    @FunctionalInterface
    public interface Lines {
        void writeTo(JsonOutput to) throws Exception;
    }

    /// An object.
    public static HttpResponse json(int status, JsonOutput.Fields fields) {
        return bytes(status, JSON, JsonOutput.bytes(fields));
    }

    /// `{"items":[…],"next":…}`, a page of a list.
    ///
    /// @param next to be given as `after` for the next page; empty where this is the last
    public static HttpResponse page(Items items, String next) {
        return json(
                200,
                to -> {
                    to.writeArrayFieldStart("items");
                    items.write(to);
                    to.writeEndArray();
                    if (next.isEmpty()) {
                        to.writeNullField("next");
                    } else {
                        to.writeStringField("next", next);
                    }
                });
    }

    /// Writes the items of a page.
    @FunctionalInterface
    public interface Items {
        void write(JsonGenerator to) throws IOException;
    }

    public static HttpResponse text(int status, String mediaType, String text) {
        return bytes(status, mediaType, text.getBytes(StandardCharsets.UTF_8));
    }

    /// Nothing but the status.
    public static HttpResponse empty() {
        return new HttpResponse(204, Map.of(), 0, to -> {});
    }

    /// A stream of objects, one a line, each sent as it is written. A failure in the middle becomes
    /// a last line, `{"problem":{…}}`, since the status is sent by then.
    public static HttpResponse lines(Lines lines) {
        return new HttpResponse(
                200,
                Map.of("Content-Type", NDJSON),
                -1,
                to -> {
                    JsonOutput output = JsonOutput.lines(to);
                    try {
                        lines.writeTo(output);
                    } catch (IOException | UncheckedIOException e) {
                        throw e; // nobody reads any more
                    } catch (Exception e) {
                        HttpProblem problem = HttpProblem.of(e);
                        output.object(
                                each -> {
                                    each.writeObjectFieldStart("problem");
                                    problem.write(each);
                                    each.writeEndObject();
                                });
                    }
                    output.flush();
                });
    }

    /// Bytes as they come, of a length that is known.
    public static HttpResponse stream(String mediaType, long length, Body body) {
        return new HttpResponse(200, Map.of("Content-Type", mediaType), length, body);
    }

    static HttpResponse problem(HttpProblem problem) {
        byte[] bytes = JsonOutput.bytes(problem::write);
        Map<String, String> headers = new HashMap<>(problem.headers());
        headers.put("Content-Type", "application/problem+json");
        return new HttpResponse(
                problem.status(), headers, bytes.length, to -> to.write(bytes, 0, bytes.length));
    }

    private static HttpResponse bytes(int status, String mediaType, byte[] bytes) {
        return new HttpResponse(
                status,
                Map.of("Content-Type", mediaType),
                bytes.length,
                to -> to.write(bytes, 0, bytes.length));
    }
}
