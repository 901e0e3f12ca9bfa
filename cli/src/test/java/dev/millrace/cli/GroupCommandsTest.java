package dev.millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.cli.Millrace.Result;
import dev.millrace.server.MillraceServer;
import dev.millrace.server.ServerOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Groups of Kafka's own consumers, from the command line.
@Timeout(120)
class GroupCommandsTest {
    @TempDir private Path folder;
    private MillraceServer server;

    @BeforeEach
    void serve() {
        server =
                MillraceServer.start(
                        ServerOptions.of(
                                Map.of(
                                        "log.directory", folder.resolve("d").toString(),
                                        "http.listen", "127.0.0.1:0",
                                        "kafka.listen", "127.0.0.1:0")));
        done("topic", "create", "orders", "--partitions", 2);
        String lines =
                "{\"t\":1000}\n{\"t\":2000}\n{\"t\":3000}\n{\"t\":4000}\n"
                        .replace("}", ",\"k\":1}");
        Result produced =
                Millrace.withInput(
                        lines,
                        false,
                        "produce",
                        "orders",
                        "--time",
                        "t",
                        "--key",
                        "k",
                        "--data",
                        folder.resolve("d"));
        assertThat(produced.code()).as(produced.err()).isZero();
    }

    @AfterEach
    void close() {
        server.close();
    }

    private Result run(Object... arguments) {
        Object[] all = java.util.Arrays.copyOf(arguments, arguments.length + 2);
        all[arguments.length] = "--data";
        all[arguments.length + 1] = folder.resolve("d");
        return Millrace.run(all);
    }

    private String done(Object... arguments) {
        Result result = run(arguments);
        assertThat(result.code()).as(result.err()).isZero();
        return result.out();
    }

    private void refused(int code, String words, Object... arguments) {
        Result result = run(arguments);
        assertThat(result.code()).as(result.err()).isEqualTo(code);
        assertThat(result.err()).contains(words);
    }

    private KafkaConsumer<String, String> consumer(String group) {
        Map<String, Object> settings =
                Map.of(
                        "bootstrap.servers",
                        "127.0.0.1:" + server.kafkaAddress().getPort(),
                        "group.id",
                        group,
                        "client.id",
                        "reader");
        return new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer());
    }

    /// The partition that has the records.
    private int full() {
        var first = new dev.millrace.log.TopicPartition("orders", 0);
        return server.log().latestOffset(first) > 0 ? 0 : 1;
    }

    private void commit(String group, long offset) {
        try (KafkaConsumer<String, String> consumer = consumer(group)) {
            TopicPartition partition = new TopicPartition("orders", full());
            consumer.assign(List.of(partition));
            consumer.commitSync(Map.of(partition, new OffsetAndMetadata(offset)));
        }
    }

    private String offset(String offset) {
        return "\"partition\":%d,\"offset\":%s,\"endOffset\":4,".formatted(full(), offset);
    }

    @Test
    void whatAConsumerCommittedIsShown() {
        assertThat(done("group", "list")).startsWith("no groups");
        commit("billing", 1);
        assertThat(done("group", "list")).containsPattern("billing +Empty");
        assertThat(done("group", "list", "--json")).contains("{\"id\":\"billing\",");
        assertThat(done("group", "describe", "billing"))
                .contains("no members")
                .containsPattern("orders +%d +1 +4 +3 ".formatted(full()));
        assertThat(done("group", "describe", "billing", "--json"))
                .contains(offset("1") + "\"lag\":3");
        Result named =
                Millrace.run(
                        "group",
                        "list",
                        "--server",
                        "http://127.0.0.1:" + server.httpAddress().getPort());
        assertThat(named.out()).contains("billing");
    }

    @Test
    void offsetsAreResetAndGroupsDeleted() {
        commit("billing", 1);
        assertThat(done("group", "reset-offsets", "billing", "--to-latest", "--json"))
                .contains(offset("4") + "\"lag\":0");
        assertThat(done("group", "reset-offsets", "billing", "--to-time", "3000", "--json"))
                .contains(offset("2"));
        Object[] whole = {
            "group", "reset-offsets", "billing", "--topic", "orders", "--to-earliest", "--json"
        };
        assertThat(done(whole).lines()).hasSize(2);
        done(
                "group",
                "reset-offsets",
                "billing",
                "--topic",
                "orders",
                "--partition",
                full(),
                "--to-offset",
                3);
        assertThat(done("group", "describe", "billing", "--json")).contains(offset("3"));
        assertThat(done("group", "delete", "billing")).isEqualTo("deleted group billing\n");
        refused(1, "[unknown-group]", "group", "describe", "billing");
        refused(1, "`millrace group list`", "group", "delete", "billing");
    }

    @Test
    void whatCannotBeResetIsRefused() {
        refused(1, "[unknown-group]", "group", "reset-offsets", "none", "--to-latest");
        commit("billing", 1);
        refused(1, "[offset-out-of-range]", "group", "reset-offsets", "billing", "--to-offset", 9);
        refused(2, "[usage]", "group", "reset-offsets", "billing");
        refused(2, "[usage]", "group", "reset-offsets", "billing", "--to-latest", "--to-earliest");
        refused(2, "--to-time", "group", "reset-offsets", "billing", "--to-time", "yesterday");
        Object[] first = {"group", "reset-offsets", "billing", "--to-latest", "--partition", "0"};
        refused(2, "--partition needs --topic", first);
        Object[] seventh = {
            "group",
            "reset-offsets",
            "billing",
            "--to-latest",
            "--topic",
            "orders",
            "--partition",
            7
        };
        refused(2, "[unknown-partition]", seventh);
    }

    @Test
    void aGroupWithMembersIsShownAndNotChanged() {
        try (KafkaConsumer<String, String> consumer = consumer("billing")) {
            consumer.subscribe(List.of("orders"));
            while (consumer.assignment().isEmpty()) {
                consumer.poll(Duration.ofMillis(100));
            }
            assertThat(done("group", "describe", "billing"))
                    .containsPattern("state +Stable")
                    .containsPattern("reader +/?127.0.0.1 +orders-0 orders-1 +reader-");
            refused(1, "[group-not-empty]", "group", "delete", "billing");
            Object[] reset = {
                "group", "reset-offsets", "billing", "--topic", "orders", "--to-latest"
            };
            refused(1, "[group-not-empty]", reset);
        }
    }

    @Test
    void whereNothingIsServedItIsSaidWhatToDo() {
        server.close();
        refused(1, "start `millrace serve --data " + folder.resolve("d") + "`", "group", "list");
        Result cluster = Millrace.run("group", "list", "--log", "kafka://localhost:1");
        assertThat(cluster.code()).isEqualTo(2);
        assertThat(cluster.err()).contains("[needs-directory]");
    }
}
