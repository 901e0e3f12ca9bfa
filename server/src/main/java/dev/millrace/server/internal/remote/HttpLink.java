package dev.millrace.server.internal.remote;

import dev.millrace.log.CorruptRecordException;
import dev.millrace.log.Damage;
import dev.millrace.log.LogException;
import dev.millrace.log.LogException.Code;
import dev.millrace.log.OffsetOutOfRangeException;
import dev.millrace.log.PreconditionFailedException;
import dev.millrace.log.TopicPartition;
import dev.millrace.server.internal.json.JsonException;
import dev.millrace.server.internal.json.JsonInput;
import dev.millrace.server.internal.json.JsonObject;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/// Asks a server, and turns its problems back into the failures that they were there. For any
/// number of threads.
public final class HttpLink implements AutoCloseable {
    public static final String JSON = "application/json";
    public static final String NDJSON = "application/x-ndjson";
    private static final Duration CONNECT = Duration.ofSeconds(10);
    private static final int OK = 200;
    private static final int NO_CONTENT = 204;

    static {
        // The server closes connections that were idle for 30 seconds: before that, we do.
        if (System.getProperty("jdk.httpclient.keepalive.timeout") == null) {
            System.setProperty("jdk.httpclient.keepalive.timeout", "10");
        }
    }

    private final URI server;
    private final HttpClient client =
            HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .connectTimeout(CONNECT)
                    .build();
    private volatile boolean closed;

    public HttpLink(URI server) {
        this.server = server;
    }

    /// A name as a segment of a path.
    public static String segment(String name) {
        return URLEncoder.encode(name, StandardCharsets.UTF_8).replace("+", "%20");
    }

    /// The server that is asked.
    public URI server() {
        return server;
    }

    /// Asks for an object.
    public JsonObject get(String path) {
        return ask("GET", path, null, JSON);
    }

    /// Sends an object, where there is one, and returns the answer.
    public JsonObject ask(String method, String path, byte @Nullable [] body, String type) {
        return object(path, open(request(method, path, body, type).build()));
    }

    /// As [#ask], without an answer.
    public void tell(String method, String path) {
        HttpResponse<byte[]> response = open(request(method, path, null, JSON).build());
        if (response.statusCode() != NO_CONTENT) {
            object(path, response);
        }
    }

    /// As [#ask], not waited for.
    public CompletableFuture<JsonObject> post(String path, byte[] body, String type) {
        return client.sendAsync(
                        request("POST", path, body, type).build(), BodyHandlers.ofByteArray())
                .handle(
                        (response, e) -> {
                            if (e != null) {
                                throw unreachable(e);
                            }
                            return object(path, response);
                        });
    }

    /// The objects of a page of lines.
    public List<JsonObject> lines(String path) {
        HttpRequest request = request("GET", path, null, JSON).setHeader("Accept", NDJSON).build();
        HttpResponse<byte[]> response = open(request);
        requireDone(path, response.statusCode(), response.body());
        List<JsonObject> lines = new ArrayList<>();
        try (JsonInput input = JsonInput.of(new ByteArrayInputStream(response.body()))) {
            for (JsonObject line = input.next(); line != null; line = input.next()) {
                lines.add(line);
            }
        } catch (IOException | JsonException e) {
            throw noAnswer(path, e);
        }
        return lines;
    }

    /// Takes what a stream of bytes or lines holds.
    @FunctionalInterface
    public interface Taker {
        void take(InputStream from) throws IOException;
    }

    /// Has an answer read while it comes.
    public void stream(String method, String path, Taker taker) {
        try {
            HttpResponse<InputStream> response =
                    client.send(
                            request(method, path, null, JSON).build(),
                            BodyHandlers.ofInputStream());
            try (InputStream from = response.body()) {
                if (response.statusCode() != OK) {
                    requireDone(path, response.statusCode(), from.readAllBytes());
                }
                taker.take(from);
            }
        } catch (IOException e) {
            throw unreachable(e);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    private HttpRequest.Builder request(
            String method, String path, byte @Nullable [] body, String type) {
        HttpRequest.Builder request = HttpRequest.newBuilder(server.resolve(path));
        if (body == null) {
            return request.method(method, BodyPublishers.noBody());
        }
        return request.header("Content-Type", type)
                .method(method, BodyPublishers.ofByteArray(body));
    }

    private HttpResponse<byte[]> open(HttpRequest request) {
        try {
            return client.send(request, BodyHandlers.ofByteArray());
        } catch (IOException e) {
            throw unreachable(e);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    private JsonObject object(String path, HttpResponse<byte[]> response) {
        requireDone(path, response.statusCode(), response.body());
        try {
            return JsonInput.object(new ByteArrayInputStream(response.body()));
        } catch (IOException | JsonException e) {
            throw noAnswer(path, e);
        }
    }

    private void requireDone(String path, int status, byte[] body) {
        if (status / 100 == 2) {
            return;
        }
        JsonObject problem;
        try {
            problem = JsonInput.object(new ByteArrayInputStream(body));
        } catch (IOException | JsonException e) {
            throw noAnswer(path, e);
        }
        throw failure(problem);
    }

    /// The failure that a problem tells of.
    public LogException failure(JsonObject problem) {
        String key = problem.text("code");
        String detail = problem.text("detail");
        Code code =
                Arrays.stream(Code.values())
                        .filter(each -> each.key().equals(key))
                        .findFirst()
                        .orElse(null);
        if (code == null) {
            Code nearest =
                    switch (key) {
                        case "body-too-large" -> Code.RECORD_TOO_LARGE;
                        case "overloaded" -> Code.UNAVAILABLE;
                        default -> Code.IO;
                    };
            return new LogException(nearest, "%s: %s (%s)".formatted(server, detail, key));
        }
        if (code == Code.OFFSET_OUT_OF_RANGE && problem.has("earliest")) {
            return new OffsetOutOfRangeException(
                    Answers.partition(problem),
                    problem.number("offset"),
                    problem.number("earliest"),
                    problem.number("latest"));
        }
        if (code == Code.PRECONDITION_FAILED && problem.has("seen")) {
            TopicPartition partition = Answers.partition(problem);
            return new PreconditionFailedException(partition, problem.number("seen"));
        }
        if (code == Code.CORRUPT_RECORD && problem.has("nextReadableOffset")) {
            Damage damage = Answers.damage(problem);
            return new CorruptRecordException(damage);
        }
        return new LogException(code, detail);
    }

    private LogException noAnswer(String path, Exception e) {
        return new LogException(
                Code.UNAVAILABLE,
                "%s does not answer as a Millrace server does, at %s: %s"
                        .formatted(server, path, e.getMessage()),
                e);
    }

    private LogException unreachable(Throwable thrown) {
        Throwable e =
                thrown instanceof CompletionException && thrown.getCause() != null
                        ? thrown.getCause()
                        : thrown;
        if (e instanceof LogException known) {
            return known;
        }
        if (closed) {
            return new LogException(
                    Code.CLOSED, "the connection to %s is closed".formatted(server));
        }
        return new LogException(
                Code.UNAVAILABLE,
                "%s cannot be reached: %s. `millrace serve` starts a server"
                        .formatted(
                                server,
                                e.getMessage() == null
                                        ? e.getClass().getSimpleName()
                                        : e.getMessage()),
                e);
    }

    private LogException interrupted(InterruptedException e) {
        Thread.currentThread().interrupt();
        return new LogException(Code.CLOSED, "interrupted while asking " + server, e);
    }

    @Override
    public void close() {
        closed = true;
        client.shutdownNow();
    }
}
