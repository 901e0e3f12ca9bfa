package dev.millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// `millrace serve` as a process: started, told to end, killed, started again.
@Timeout(120)
class ServeTest {
    @TempDir private Path folder;
    private final HttpClient client = HttpClient.newHttpClient();
    private final List<Served> started = new ArrayList<>();

    /// A server, and what it has said so far.
    private record Served(Process process, BufferedReader err, List<String> said, URI http) {
        String rest() throws IOException {
            for (String line = err.readLine(); line != null; line = err.readLine()) {
                said.add(line);
            }
            return String.join("\n", said);
        }

        int end() throws InterruptedException {
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
            return process.exitValue();
        }
    }

    private Served serve(String... more) throws IOException {
        List<Object> arguments =
                new ArrayList<>(
                        List.of(
                                "serve",
                                "--data",
                                folder.resolve("data"),
                                "--http",
                                "127.0.0.1:0",
                                "--kafka",
                                "127.0.0.1:0"));
        arguments.addAll(List.of(more));
        Process process = Millrace.process(arguments.toArray()).directory(folder.toFile()).start();
        BufferedReader err =
                new BufferedReader(
                        new InputStreamReader(process.getErrorStream(), StandardCharsets.UTF_8));
        List<String> said = new ArrayList<>();
        String address = "";
        while (address.isEmpty()) {
            String line = err.readLine();
            assertThat(line).as("after " + said).isNotNull();
            said.add(line);
            int at = line.indexOf("HTTP on ");
            address = at < 0 ? "" : line.substring(at + 8).replaceAll("[\"}].*", "");
        }
        Served served = new Served(process, err, said, URI.create(address));
        started.add(served);
        return served;
    }

    @AfterEach
    void stop() throws IOException {
        for (Served each : started) {
            each.process().destroyForcibly();
            each.err().close();
        }
        client.close();
    }

    private HttpResponse<String> post(Served served, String path, String json) throws Exception {
        return client.send(
                HttpRequest.newBuilder(served.http().resolve(path))
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(json))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    @Test
    void saysWhatItServesAndEndsInOrderWhenToldTo() throws Exception {
        Served served = serve();
        assertThat(post(served, "/v1/topics", "{\"name\":\"t\"}").statusCode()).isEqualTo(201);
        served.process().toHandle().destroy(); // SIGTERM
        assertThat(served.end()).isZero();
        assertThat(served.rest())
                .contains("INFO opened " + folder.resolve("data") + ": durability fsync")
                .contains("INFO Kafka protocol on 127.0.0.1:")
                .contains("INFO HTTP on http://127.0.0.1:")
                .endsWith("INFO closed " + folder.resolve("data"));
        assertThat(Millrace.run("topic", "list", "--data", folder.resolve("data")).out())
                .contains("t ");
    }

    @Test
    void whatWasAcknowledgedIsThereAfterAKill() throws Exception {
        Served first = serve();
        post(first, "/v1/topics", "{\"name\":\"t\"}");
        Thread killer =
                Thread.ofVirtual().unstarted(() -> first.process().toHandle().destroyForcibly());
        int acknowledged = 0;
        try {
            while (true) {
                String record = "{\"records\":[{\"value\":\"%d\"}]}".formatted(acknowledged);
                HttpResponse<String> answer = post(first, "/v1/topics/t/records", record);
                assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
                acknowledged++;
                if (acknowledged == 100) {
                    killer.start();
                }
            }
        } catch (IOException e) {
            killer.join();
        }
        assertThat(first.end()).isNotZero();

        Served second = serve();
        HttpResponse<String> page =
                client.send(
                        HttpRequest.newBuilder(
                                        second.http().resolve("/v1/topics/t/records?limit=10000"))
                                .header("Accept", "application/x-ndjson")
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
        List<String> lines = page.body().lines().toList();
        assertThat(lines).hasSizeGreaterThanOrEqualTo(acknowledged);
        for (int i = 0; i < acknowledged; i++) {
            assertThat(lines.get(i)).contains("\"value\":\"" + i + "\"");
        }
    }

    @Test
    void logsJsonWhereAsked() throws Exception {
        Served served = serve("--log-json");
        served.process().toHandle().destroy();
        assertThat(served.end()).isZero();
        assertThat(served.rest().lines())
                .allSatisfy(
                        line ->
                                assertThat(line)
                                        .startsWith("{\"time\":\"")
                                        .contains("\"level\":\"INFO\"")
                                        .endsWith("}"));
    }

    @Test
    void aRequestInWorkIsAnsweredBeforeTheEnd() throws Exception {
        Served served = serve();
        post(served, "/v1/topics", "{\"name\":\"t\"}");
        var follower =
                client.send(
                        HttpRequest.newBuilder(
                                        served.http().resolve("/v1/topics/t/records?follow=true"))
                                .header("Accept", "application/x-ndjson")
                                .build(),
                        HttpResponse.BodyHandlers.ofInputStream());
        post(served, "/v1/topics/t/records", "{\"records\":[{\"value\":\"x\"}]}");
        served.process().toHandle().destroy();
        assertThat(new String(follower.body().readAllBytes(), StandardCharsets.UTF_8))
                .contains("\"value\":\"x\"")
                .endsWith("\n");
        assertThat(served.end()).isZero();
    }

    @Test
    void aSecondSignalQuitsAtOnce() throws Exception {
        Served served = serve();
        try (Socket half = new Socket("127.0.0.1", served.http().getPort())) {
            half.getOutputStream()
                    .write(
                            "POST /v1/topics HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"
                                    .getBytes(StandardCharsets.US_ASCII));
            assertThat(post(served, "/v1/topics", "{\"name\":\"t\"}").statusCode()).isEqualTo(201);
            served.process().toHandle().destroy(); // waits for the rest of the request
            String line = served.err().readLine();
            while (!line.endsWith("INFO closing")) {
                line = served.err().readLine();
            }
            assertThat(served.process().isAlive()).isTrue();
            new ProcessBuilder("kill", "-TERM", Long.toString(served.process().pid()))
                    .start()
                    .waitFor();
            assertThat(served.end()).isEqualTo(128 + 15);
        }
        assertThat(Millrace.run("topic", "list", "--data", folder.resolve("data")).out())
                .contains("t ");
    }

    @Test
    void theConfigurationFileIsReadAndOptionsGoOverIt() throws Exception {
        Files.writeString(
                folder.resolve("millrace.yaml"),
                "log:\n  durability: os\nhttp.listen: 1.2.3.4:5\n");
        Served served = serve();
        assertThat(served.said().getFirst()).contains("durability os");
        HttpResponse<String> created = post(served, "/v1/topics", "{\"name\":\"t\"}");
        assertThat(created.body()).contains("\"durability\":\"os\"");
    }

    @Test
    void configurationIsShownAndChecked() throws Exception {
        Path file = Files.writeString(folder.resolve("m.yaml"), "log.leaks: silent\n");
        assertThat(Millrace.run("config", "show", "--config", file).out())
                .containsPattern("log\\.leaks +silent +" + file + ", line 1");
        assertThat(Millrace.run("config", "check", "--config", file).code()).isZero();
        Files.writeString(file, "log.leek: silent\n");
        Millrace.Result wrong = Millrace.run("config", "check", "--config", file, "--json");
        assertThat(wrong.code()).isEqualTo(1);
        assertThat(wrong.out()).contains("line 1: unknown configuration key 'log.leek'");
        assertThat(Millrace.run("config", "show", "--config", file).code()).isEqualTo(2);
        assertThat(Millrace.run("serve", "--config", file).err()).contains("log.leek");
    }
}
