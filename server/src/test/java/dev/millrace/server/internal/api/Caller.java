package dev.millrace.server.internal.api;

import dev.millrace.kafka.KafkaServer;
import dev.millrace.kafka.KafkaServerOptions;
import dev.millrace.log.LocalLog;
import dev.millrace.server.internal.http.HttpLimits;
import dev.millrace.server.internal.http.HttpServer;
import dev.millrace.server.internal.json.JsonInput;
import dev.millrace.server.internal.json.JsonObject;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/// A real server over a log, and a real client of it.
final class Caller implements AutoCloseable {
    static final long MAX_BODY_BYTES = 1 << 20;

    final LocalLog log;
    final KafkaServer kafka;
    final HttpServer server;
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private Caller(LocalLog log) throws IOException {
        this.log = log;
        this.kafka =
                KafkaServer.start(
                        log, KafkaServerOptions.of(Map.of("kafka.listen", "127.0.0.1:0")));
        this.server =
                HttpServer.start(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                        Api.routes(log, kafka.groups()),
                        new HttpLimits(MAX_BODY_BYTES, 8 * MAX_BODY_BYTES));
    }

    static Caller over(Path directory) throws IOException {
        return new Caller(LocalLog.open(directory));
    }

    /// What was answered.
    record Answer(int status, String type, String text) {
        JsonObject json() {
            try {
                return JsonInput.object(
                        new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        List<String> lines() {
            return text.lines().toList();
        }
    }

    HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(uri(path)).timeout(Duration.ofSeconds(60));
    }

    URI uri(String path) {
        return URI.create("http://localhost:" + server.address().getPort() + path);
    }

    Answer send(HttpRequest request) {
        try {
            HttpResponse<String> response =
                    client.send(request, HttpResponse.BodyHandlers.ofString());
            return new Answer(
                    response.statusCode(),
                    response.headers().firstValue("Content-Type").orElse(""),
                    response.body());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    HttpResponse<InputStream> open(HttpRequest request) throws IOException, InterruptedException {
        return client.send(request, HttpResponse.BodyHandlers.ofInputStream());
    }

    Answer get(String path) {
        return send(request(path).build());
    }

    Answer lines(String path) {
        return send(request(path).header("Accept", "application/x-ndjson").build());
    }

    Answer post(String path, String json) {
        return send("POST", path, "application/json", json);
    }

    Answer send(String method, String path, String type, String body) {
        return send(
                request(path)
                        .header("Content-Type", type)
                        .method(method, HttpRequest.BodyPublishers.ofString(body))
                        .build());
    }

    Answer delete(String path) {
        return send(request(path).DELETE().build());
    }

    @Override
    public void close() {
        client.close();
        server.close();
        kafka.close();
        log.close();
    }
}
