package dev.millrace.server.internal.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.log.LogRecord;
import dev.millrace.log.TopicPartition;
import dev.millrace.log.TopicSpec;
import dev.millrace.server.internal.api.Caller.Answer;
import dev.millrace.server.internal.json.JsonObject;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(120)
class ApiTest {
    private static final String RECORDS = "/v1/topics/orders/records";

    @TempDir private Path directory;
    private Caller caller;

    @BeforeEach
    void start() throws Exception {
        caller = Caller.over(directory);
    }

    @AfterEach
    void stop() {
        caller.close();
    }

    private void topic(int partitions) {
        caller.log.createTopic(TopicSpec.named("orders").partitions(partitions));
    }

    private static void requireProblem(Answer answer, int status, String code) {
        assertThat(answer.type()).as(answer.text()).isEqualTo("application/problem+json");
        assertThat(answer.status()).as(answer.text()).isEqualTo(status);
        assertThat(answer.json().text("code")).isEqualTo(code);
        assertThat(answer.json().number("status")).isEqualTo(status);
        assertThat(answer.json().text("type")).isEqualTo("urn:millrace:" + code);
        assertThat(answer.json().text("detail")).isNotBlank();
    }

    @Test
    void aTopicIsCreatedDescribedAlteredGrownAndDeleted() {
        Answer created =
                caller.post(
                        "/v1/topics",
                        "{\"name\":\"orders\",\"partitions\":2,\"config\":{\"durability\":\"os\",\"retention.ms\":1000}}");
        assertThat(created.status()).isEqualTo(201);
        assertThat(created.json().textMap("config"))
                .containsEntry("durability", "os")
                .containsEntry("retention.ms", "1000");

        Answer altered =
                caller.send(
                        "PATCH",
                        "/v1/topics/orders",
                        "application/json",
                        "{\"config\":{\"segment.ms\":\"5000\"},\"reset\":[\"retention.ms\"]}");
        assertThat(altered.status()).isEqualTo(200);
        assertThat(altered.json().textMap("config"))
                .containsEntry("segment.ms", "5000")
                .containsEntry("retention.ms", "-1");

        assertThat(caller.post("/v1/topics/orders/partitions", "{\"count\":3}").status())
                .isEqualTo(200);
        JsonObject described = caller.get("/v1/topics/orders").json();
        assertThat(described.number("partitions")).isEqualTo(3);
        assertThat(described.objects("offsets")).hasSize(3);

        assertThat(caller.delete("/v1/topics/orders").status()).isEqualTo(204);
        requireProblem(caller.get("/v1/topics/orders"), 404, "unknown-topic");
    }

    @Test
    void topicsAreListedInPages() {
        List.of("a", "b", "c").forEach(name -> caller.log.createTopic(TopicSpec.named(name)));
        JsonObject first = caller.get("/v1/topics?limit=2").json();
        assertThat(first.objects("items"))
                .extracting(item -> item.text("name"))
                .containsExactly("a", "b");
        JsonObject second = caller.get("/v1/topics?limit=2&after=" + first.text("next")).json();
        assertThat(second.objects("items"))
                .extracting(item -> item.text("name"))
                .containsExactly("c");
        assertThat(second.textOrNull("next")).isNull();
        assertThat(caller.get("/v1/topics?internal=true").json().objects("items"))
                .extracting(item -> item.text("name"))
                .contains("__topics");
    }

    @Test
    void whatIsAppendedAsJsonIsReadBack() {
        topic(1);
        Answer appended =
                caller.post(
                        RECORDS,
                        """
                        {"records":[
                          {"key":"k","value":"zwölf","timestamp":17,
                           "headers":[{"key":"h","value":"x"},{"key":"b","valueBase64":"/w=="}]},
                          {"keyBase64":"//4=","value":null}]}""");
        assertThat(appended.status()).as(appended.text()).isEqualTo(200);
        assertThat(appended.json().text("durability")).isEqualTo("fsync");
        JsonObject where = appended.json().objects("appended").getFirst();
        assertThat(where.number("baseOffset")).isZero();
        assertThat(where.number("count")).isEqualTo(2);

        LogRecord stored = caller.log.get(new TopicPartition("orders", 0), 0).orElseThrow();
        assertThat(stored.value()).isEqualTo("zwölf".getBytes(StandardCharsets.UTF_8));
        JsonObject page = caller.get(RECORDS).json();
        List<JsonObject> items = page.objects("items");
        assertThat(items.get(0).text("value")).isEqualTo("zwölf");
        assertThat(items.get(0).number("timestamp")).isEqualTo(17);
        assertThat(items.get(0).objects("headers").get(1).text("valueBase64")).isEqualTo("/w==");
        assertThat(items.get(1).text("keyBase64")).isEqualTo("//4=");
        assertThat(items.get(1).textOrNull("value")).isNull();
        assertThat(page.number("next")).isEqualTo(2);
        assertThat(page.number("latest")).isEqualTo(2);
    }

    @Test
    void linesAreAppendedWhereTheirKeysGoAndReadByPages() {
        topic(4);
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < 100; i++) {
            lines.append("{\"key\":\"k")
                    .append(i)
                    .append("\",\"value\":\"")
                    .append(i)
                    .append("\"}\n");
        }
        Answer appended = caller.send("POST", RECORDS, "application/x-ndjson", lines.toString());
        assertThat(appended.json().objects("appended")).hasSize(4);
        int read = 0;
        for (int partition = 0; partition < 4; partition++) {
            long next = 0;
            while (true) {
                String at = "?partition=%d&offset=%d&limit=7".formatted(partition, next);
                List<String> page = caller.lines(RECORDS + at).lines();
                if (page.isEmpty()) {
                    break;
                }
                read += page.size();
                next += page.size();
            }
            TopicPartition id = new TopicPartition("orders", partition);
            assertThat(next).isEqualTo(caller.log.latestOffset(id));
        }
        assertThat(read).isEqualTo(100);
        byte[] key = "k42".getBytes(StandardCharsets.UTF_8);
        int owner = caller.log.partitionFor("orders", key).partition();
        assertThat(caller.lines(RECORDS + "?partition=" + owner).text()).contains("\"k42\"");
    }

    @Test
    void anAppendWithAnExpectedEndHoldsAgainstOthers() {
        topic(1);
        String one = "{\"records\":[{\"value\":\"x\"}]}";
        assertThat(caller.post(RECORDS + "?if-end=0", one).status()).isEqualTo(200);
        Answer refused = caller.post(RECORDS + "?if-end=0", one);
        requireProblem(refused, 412, "precondition-failed");
        assertThat(refused.json().number("seen")).isEqualTo(1);
        assertThat(caller.post(RECORDS + "?atomic=true&if-end=1", one).status()).isEqualTo(200);
        requireProblem(
                caller.post(RECORDS + "?atomic=true&if-end=1", one), 412, "precondition-failed");
    }

    @Test
    void aBatchOfAProducerThatIsSentAgainIsAppendedOnce() {
        topic(2);
        long id = caller.post("/v1/producers", "").json().number("id");
        String path = RECORDS + "?partition=1&epoch=0&sequence=0&producer=" + id;
        String two = "{\"records\":[{\"value\":\"x\"},{\"value\":\"y\"}]}";
        Answer first = caller.post(path, two);
        Answer again = caller.post(path, two);
        assertThat(first.status()).isEqualTo(200);
        assertThat(again.text()).isEqualTo(first.text());
        assertThat(caller.log.latestOffset(new TopicPartition("orders", 1))).isEqualTo(2);
        JsonObject known =
                caller.get("/v1/topics/orders/partitions/1/producers")
                        .json()
                        .objects("items")
                        .getFirst();
        assertThat(known.number("id")).isEqualTo(id);
        assertThat(known.number("lastSequence")).isEqualTo(1);
        requireProblem(
                caller.post(RECORDS + "?partition=1&sequence=7&producer=" + id, two),
                409,
                "out-of-order-sequence");
    }

    @Test
    void aLongPollWakesWhenARecordArrives() throws Exception {
        topic(1);
        CompletableFuture<Answer> polled =
                CompletableFuture.supplyAsync(() -> caller.get(RECORDS + "?wait=60000"));
        caller.log.append("orders", LogRecord.of("k", "late")).join();
        assertThat(polled.get().json().objects("items")).hasSize(1);
        assertThat(caller.get(RECORDS + "?offset=1&wait=10").json().objects("items")).isEmpty();
    }

    @Test
    void aFollowerSeesRecordsAsTheyArrive() throws Exception {
        topic(1);
        caller.log.append("orders", LogRecord.of("k", "early")).join();
        HttpResponse<java.io.InputStream> response =
                caller.open(
                        caller.request(RECORDS + "?follow=true&limit=2")
                                .header("Accept", "application/x-ndjson")
                                .build());
        try (BufferedReader lines =
                new BufferedReader(
                        new InputStreamReader(response.body(), StandardCharsets.UTF_8))) {
            assertThat(lines.readLine()).contains("early");
            caller.log.append("orders", LogRecord.of("k", "late")).join();
            assertThat(lines.readLine()).contains("late");
            assertThat(lines.readLine()).isNull();
        }
    }

    @Test
    void closingTheServerEndsWhoeverWaits() throws Exception {
        topic(1);
        HttpResponse<java.io.InputStream> follower =
                caller.open(
                        caller.request(RECORDS + "?follow=true")
                                .header("Accept", "application/x-ndjson")
                                .build());
        CompletableFuture<Answer> polled =
                CompletableFuture.supplyAsync(() -> caller.get(RECORDS + "?wait=60000"));
        assertThat(follower.statusCode()).isEqualTo(200);
        while (caller.server.inWork() < 2) {
            Thread.onSpinWait();
        }
        caller.server.close(java.time.Duration.ofSeconds(30));
        assertThat(follower.body().readAllBytes()).isEmpty();
        assertThat(polled.get().status()).isEqualTo(200);
    }

    @Test
    void recordsAreReadFromATimeOn() {
        topic(1);
        for (long time : List.of(1000L, 2000L, 3000L)) {
            LogRecord record = new LogRecord(time, null, new byte[] {'x'}, List.of());
            caller.log.append("orders", record).join();
        }
        assertThat(caller.get(RECORDS + "?from-time=1970-01-01T00:00:02Z").json().objects("items"))
                .hasSize(2);
        assertThat(caller.get(RECORDS + "?from-time=3001").json().objects("items")).isEmpty();
        JsonObject partition = caller.get("/v1/topics/orders/partitions/0?time=1500").json();
        assertThat(partition.number("offsetForTime")).isEqualTo(1);
    }

    @Test
    void recordsAreDeletedBeforeAnOffset() {
        topic(1);
        for (int i = 0; i < 5; i++) {
            caller.log.append("orders", LogRecord.of("k", "v")).join();
        }
        assertThat(caller.delete(RECORDS + "?before=3").json().number("earliest")).isEqualTo(3);
        Answer below = caller.get(RECORDS + "?offset=1");
        requireProblem(below, 400, "offset-out-of-range");
        assertThat(below.json().number("earliest")).isEqualTo(3);
        assertThat(below.json().number("latest")).isEqualTo(5);
    }

    @Test
    void theLogIsVerifiedCleanedCountedAndMeasured() {
        topic(1);
        caller.log.append("orders", LogRecord.of("k", "v")).join();
        List<String> lines = caller.send("POST", "/v1/log/verify", "text/plain", "").lines();
        assertThat(lines.getLast()).isEqualTo("{\"done\":true}");
        assertThat(caller.post("/v1/topics/orders/clean", "").status()).isEqualTo(200);
        JsonObject count = caller.post("/v1/topics/orders/count", "").json();
        assertThat(count.objects("items").getFirst().number("records")).isEqualTo(1);
        assertThat(caller.get("/v1/views").json().objects("items"))
                .extracting(view -> view.text("name"))
                .containsExactly("count-orders");
        assertThat(caller.delete("/v1/views/count-orders").status()).isEqualTo(204);
        requireProblem(caller.delete("/v1/views/count-orders"), 404, "unknown-view");
        assertThat(caller.get("/v1/log/metrics").json().objects("items")).isNotEmpty();
        assertThat(caller.get("/v1/log").json().text("directory"))
                .isEqualTo(directory.toAbsolutePath().toString());
    }

    @Test
    void metricsAreThereForPrometheus() {
        topic(1);
        caller.log.append("orders", LogRecord.of("k", "v")).join();
        Answer metrics = caller.get("/metrics");
        assertThat(metrics.type()).startsWith("text/plain; version=0.0.4");
        assertThat(metrics.lines())
                .contains(
                        "# TYPE millrace_append_records_total counter",
                        "millrace_append_records_total{topic=\"orders\",partition=\"0\"} 1",
                        "# TYPE millrace_append_latency_seconds summary")
                .anyMatch(line -> line.startsWith("millrace_append_latency_seconds_count"));
    }

    @Test
    void segmentsCanBeTakenAway() throws Exception {
        topic(1);
        caller.log.append("orders", LogRecord.of("k", "v")).join();
        String path = "/v1/topics/orders/partitions/0/segments";
        JsonObject only = caller.get(path).json().objects("items").getFirst();
        assertThat(only.number("bytes")).isPositive();
        byte[] bytes =
                caller.open(caller.request(path + "/" + only.text("file")).build())
                        .body()
                        .readAllBytes();
        assertThat(bytes).hasSize((int) only.number("bytes"));
        requireProblem(caller.get(path + "/..%2F..%2Fformat.json"), 404, "not-found");
    }

    @Test
    void healthIsTold() {
        assertThat(caller.get("/health/live").status()).isEqualTo(200);
        assertThat(caller.get("/health/ready").status()).isEqualTo(200);
        caller.log.close();
        assertThat(caller.get("/health/live").status()).isEqualTo(200);
        requireProblem(caller.get("/health/ready"), 503, "closed");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    POST  | /v1/topics                                 | {"name":"orders"}           | 409 | topic-exists
                    POST  | /v1/topics                                 | {"name":"__x"}              | 400 | invalid-topic
                    POST  | /v1/topics                                 | {"name":"x","config":{"segment.byte":1}} | 400 | invalid-config
                    POST  | /v1/topics                                 | {"nam":"x"}                 | 400 | invalid-request
                    POST  | /v1/topics                                 | {"name":5}                  | 400 | invalid-request
                    POST  | /v1/topics                                 | {"name":"x"                 | 400 | invalid-request
                    POST  | /v1/topics                                 | {"name":"x"}{}              | 400 | invalid-request
                    POST  | /v1/topics                                 | []                          | 400 | invalid-request
                    POST  | /v1/topics?x=1                             | {"name":"x"}                | 400 | invalid-request
                    PATCH | /v1/topics/orders                          | {"config":{"durability":"os"}} | 400 | invalid-config
                    POST  | /v1/topics/orders/partitions               | {"count":1}                 | 400 | invalid-config
                    POST  | /v1/topics/orders/records                  | {"records":[{"value":1}]}   | 400 | invalid-request
                    POST  | /v1/topics/orders/records                  | {"records":[{"partition":9}]} | 404 | unknown-topic
                    POST  | /v1/topics/orders/records                  | {"records":[{"valueBase64":"?"}]} | 400 | invalid-request
                    POST  | /v1/topics/orders/records?partition=2      | {"records":[{}]}              | 404 | unknown-topic
                    POST  | /v1/topics/orders/records?sequence=2       | {"records":[]}              | 400 | invalid-request
                    POST  | /v1/topics/orders/records?producer=2       | {"records":[]}              | 400 | invalid-request
                    POST  | /v1/topics/orders/records?atomic=yes       | {"records":[]}              | 400 | invalid-request
                    POST  | /v1/topics/__producers/records             | {"records":[{"value":"x"}]} | 400 | invalid-topic
                    POST  | /v1/topics/nope/records                    | {"records":[]}              | 404 | unknown-topic
                    """)
    void whatIsWrongIsAnsweredWithItsCode(
            String method, String path, String body, int status, String code) {
        topic(2);
        caller.log.newProducer(); // so that __producers is there
        requireProblem(caller.send(method, path, "application/json", body), status, code);
    }

    @ParameterizedTest
    @CsvSource({
        "/v1/topics/orders/records, 400, invalid-request",
        "/v1/topics/orders/records?partition=0&offset=9, 400, offset-out-of-range",
        "/v1/topics/orders/records?partition=0&limit=0, 400, invalid-request",
        "/v1/topics/orders/records?partition=0&limit=10001, 400, invalid-request",
        "/v1/topics/orders/records?partition=0&wait=60001, 400, invalid-request",
        "/v1/topics/orders/records?partition=0&follow=true, 400, invalid-request",
        "/v1/topics/orders/records?partition=0&from-time=tomorrow, 400, invalid-request",
        "/v1/topics/orders/records?partition=0&from-time=1&offset=1, 400, invalid-request",
        "/v1/topics/orders/records?partition=7, 404, unknown-topic",
        "/v1/topics/orders/partitions/7, 404, unknown-topic",
        "/v1/topics/orders/partitions/x, 400, invalid-request",
        "/v1/topics/orders/partitions/7/segments, 404, unknown-topic",
        "/v1/topics/orders/partitions/0/segments/x, 404, not-found",
        "/v1/topics?limit=x, 400, invalid-request",
        "/v2/topics, 404, not-found",
        "/, 404, not-found",
    })
    void whatCannotBeReadIsAnsweredWithItsCode(String path, int status, String code) {
        topic(2);
        requireProblem(caller.get(path), status, code);
    }

    @Test
    void aBodyOfAnotherKindIsRefused() {
        topic(1);
        requireProblem(
                caller.send("POST", RECORDS, "text/csv", "a,b"), 415, "unsupported-media-type");
    }

    @Test
    void aBodyThatIsTooLargeIsRefusedAndNothingOfItAppended() {
        topic(1);
        String value = "x".repeat((int) Caller.MAX_BODY_BYTES);
        requireProblem(
                caller.post(RECORDS, "{\"records\":[{\"value\":\"" + value + "\"}]}"),
                413,
                "body-too-large");
        assertThat(caller.log.latestOffset(new TopicPartition("orders", 0))).isZero();
    }

    @Test
    void aRecordThatIsTooLargeIsRefusedByTheTopic() {
        caller.log.createTopic(TopicSpec.named("orders").config("max.record.bytes", "100"));
        String value = "x".repeat(200);
        requireProblem(
                caller.post(RECORDS, "{\"records\":[{\"value\":\"" + value + "\"}]}"),
                413,
                "record-too-large");
    }
}
