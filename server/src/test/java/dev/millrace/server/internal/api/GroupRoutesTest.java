package dev.millrace.server.internal.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.log.LogRecord;
import dev.millrace.log.TopicPartition;
import dev.millrace.log.TopicSpec;
import dev.millrace.server.internal.api.Caller.Answer;
import dev.millrace.server.internal.json.JsonObject;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Groups of Kafka's own consumers, over HTTP.
@Timeout(120)
class GroupRoutesTest {
    @TempDir private Path directory;
    private Caller caller;

    @BeforeEach
    void start() throws Exception {
        caller = Caller.over(directory);
        caller.log.createTopic(TopicSpec.named("orders").partitions(2));
        TopicPartition first = new TopicPartition("orders", 0);
        for (int i = 0; i < 10; i++) {
            byte[] value = {(byte) ('0' + i)};
            caller.log.append(first, new LogRecord(1000 + i, null, value, List.of())).join();
        }
    }

    @AfterEach
    void stop() {
        caller.close();
    }

    private KafkaConsumer<String, String> consumer(String group) {
        Map<String, Object> settings =
                Map.of(
                        "bootstrap.servers",
                        "127.0.0.1:" + caller.kafka.address().getPort(),
                        "group.id",
                        group,
                        "client.id",
                        "reader");
        return new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer());
    }

    private void commit(String group, long offset) {
        try (KafkaConsumer<String, String> consumer = consumer(group)) {
            var first = new org.apache.kafka.common.TopicPartition("orders", 0);
            consumer.assign(List.of(first));
            consumer.commitSync(Map.of(first, new OffsetAndMetadata(offset, "so far")));
        }
    }

    private Answer put(String json) {
        return caller.send("PUT", "/v1/groups/g/offsets", "application/json", json);
    }

    private List<Long> offsets() {
        return caller.get("/v1/groups/g/offsets").json().objects("items").stream()
                .map(item -> item.number("offset"))
                .toList();
    }

    private static void refused(Answer answer, int status, String code) {
        assertThat(answer.status()).as(answer.text()).isEqualTo(status);
        assertThat(answer.json().text("code")).isEqualTo(code);
    }

    @Test
    void groupsAreListedInPagesAndDescribed() {
        List.of("g", "a/b", "h").forEach(group -> commit(group, 4));
        JsonObject page = caller.get("/v1/groups?limit=2").json();
        assertThat(page.objects("items"))
                .extracting(item -> item.text("id"))
                .containsExactly("a/b", "g");
        JsonObject rest = caller.get("/v1/groups?after=" + page.text("next")).json();
        assertThat(rest.objects("items")).extracting(item -> item.text("id")).containsExactly("h");
        assertThat(rest.textOrNull("next")).isNull();

        JsonObject group = caller.get("/v1/groups/a%2Fb").json();
        assertThat(group.text("state")).isEqualTo("Empty");
        assertThat(group.objects("members")).isEmpty();
        JsonObject offset = group.objects("offsets").getFirst();
        assertThat(offset.text("topic")).isEqualTo("orders");
        assertThat(offset.number("partition")).isZero();
        assertThat(offset.number("offset")).isEqualTo(4);
        assertThat(offset.number("endOffset")).isEqualTo(10);
        assertThat(offset.number("lag")).isEqualTo(6);
        assertThat(offset.text("metadata")).isEqualTo("so far");
        assertThat(offset.number("committedAt")).isPositive();
    }

    @Test
    void offsetsAreSetAndForgotten() {
        commit("g", 4);
        Answer set = put("{\"partitions\":[{\"topic\":\"orders\"}],\"to\":\"latest\"}");
        assertThat(set.json().objects("items"))
                .extracting(item -> item.number("offset"))
                .containsExactly(10L, 0L);
        put("{\"to\":\"earliest\"}");
        assertThat(offsets()).containsExactly(0L, 0L);
        put("{\"partitions\":[{\"topic\":\"orders\",\"partition\":0}],\"offset\":3}");
        assertThat(offsets()).containsExactly(3L, 0L);
        put("{\"time\":\"1970-01-01T00:00:01.007Z\"}");
        assertThat(offsets()).containsExactly(7L, 0L);
        assertThat(caller.delete("/v1/groups/g/offsets?topic=orders&partition=1").status())
                .isEqualTo(204);
        assertThat(offsets()).containsExactly(7L);
        assertThat(caller.delete("/v1/groups/g/offsets").status()).isEqualTo(204);
        assertThat(offsets()).isEmpty();
        assertThat(caller.delete("/v1/groups/g").status()).isEqualTo(204);
        refused(caller.get("/v1/groups/g"), 404, "unknown-group");
    }

    @Test
    void whatCannotBeSetIsRefused() {
        refused(put("{\"to\":\"earliest\"}"), 404, "unknown-group");
        commit("g", 4);
        refused(put("{\"to\":\"middle\"}"), 400, "invalid-request");
        refused(put("{}"), 400, "invalid-request");
        refused(put("{\"to\":\"latest\",\"offset\":1}"), 400, "invalid-request");
        refused(put("{\"offset\":11}"), 400, "offset-out-of-range");
        refused(put("{\"partitions\":[{\"topic\":\"x\"}],\"offset\":1}"), 404, "unknown-topic");
        refused(caller.delete("/v1/groups/g/offsets?partition=0"), 400, "invalid-request");
        assertThat(offsets()).containsExactly(4L);
    }

    @Test
    void aGroupWithMembersIsShownAndNotChanged() {
        try (KafkaConsumer<String, String> consumer = consumer("g")) {
            consumer.subscribe(List.of("orders"));
            while (consumer.assignment().isEmpty()) {
                consumer.poll(Duration.ofMillis(100));
            }
            JsonObject group = caller.get("/v1/groups/g").json();
            assertThat(group.text("state")).isEqualTo("Stable");
            JsonObject member = group.objects("members").getFirst();
            assertThat(member.text("clientId")).isEqualTo("reader");
            assertThat(member.objects("assigned"))
                    .extracting(of -> of.text("topic") + "-" + of.number("partition"))
                    .containsExactly("orders-0", "orders-1");
            refused(caller.delete("/v1/groups/g"), 409, "group-not-empty");
            refused(
                    put("{\"partitions\":[{\"topic\":\"orders\"}],\"to\":\"latest\"}"),
                    409,
                    "group-not-empty");
            refused(caller.delete("/v1/groups/g/offsets"), 409, "group-not-empty");
        }
    }
}
