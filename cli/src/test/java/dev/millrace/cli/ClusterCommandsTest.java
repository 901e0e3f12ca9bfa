package dev.millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.testkit.cluster.KafkaCluster;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The commands on a log that a cluster keeps.
class ClusterCommandsTest {
    private static final List<Logger> BROKER =
            Stream.of("kafka", "org.apache.kafka", "state.change.logger")
                    .map(Logger::getLogger)
                    .toList();
    private static KafkaCluster cluster;

    @BeforeAll
    static void start() throws Exception {
        BROKER.forEach(logger -> logger.setLevel(Level.OFF));
        cluster = KafkaCluster.start(1);
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    private static Millrace.Result on(String log, String input, Object... arguments) {
        Object[] all =
                Stream.concat(Stream.of(arguments), Stream.of("--log", log)).toArray(Object[]::new);
        return Millrace.withInput(input, false, all);
    }

    private static Millrace.Result run(Object... arguments) {
        return on("kafka://" + cluster.bootstrap(), "", arguments);
    }

    private static Millrace.Result produce(String input, Object... arguments) {
        return on("kafka://" + cluster.bootstrap(), input, arguments);
    }

    @Test
    void topicsGoThroughTheirWholeLife() {
        assertThat(run("topic", "create", "orders", "--partitions", 2).out())
                .isEqualTo("created topic orders: 2 partitions, durability os\n");
        assertThat(produce("{\"id\":\"a\"}\n{\"id\":\"b\"}\n", "produce", "orders").err())
                .isEmpty();
        assertThat(run("topic", "list").out())
                .containsPattern("TOPIC +PARTITIONS +DURABILITY +RECORDS +BYTES")
                .containsPattern("orders +2 +os +2 +\\d+ B");
        assertThat(run("topic", "alter", "orders", "--config", "retention.ms=5000").out())
                .containsPattern("retention.ms +-1 +5000");
        assertThat(run("topic", "add-partitions", "orders", "--partitions", 3).out())
                .isEqualTo("topic orders has 3 partitions\n");
        assertThat(run("topic", "describe", "orders").out())
                .contains("deleted when older than 5000 ms")
                .containsPattern(" 2 +0 +0 +0 B\n");
        assertThat(
                        run("topic", "delete-records", "orders", "--partition", 0, "--before", -1)
                                .code())
                .isZero();
        assertThat(run("topic", "delete", "orders", "--yes").out()).startsWith("deleted topic");
        Millrace.Result gone = run("topic", "describe", "orders");
        assertThat(gone.code()).isEqualTo(1);
        assertThat(gone.err()).contains("there is no topic 'orders'", "[unknown-topic]");
    }

    @Test
    void whatIsProducedIsConsumed() {
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < 1000; i++) {
            lines.append("{\"id\":").append(i).append("}\n");
        }
        assertThat(produce(lines.toString(), "produce", "events", "--key", "id").out())
                .startsWith("appended 1,000 records to events (os)");
        assertThat(run("consume", "events").out()).isEqualTo(lines.toString());
        assertThat(run("consume", "events", "--offset", 999).out()).isEqualTo("{\"id\":999}\n");
        assertThat(run("consume", "events", "--follow", "--max", 3).out().lines()).hasSize(3);
    }

    @Test
    void linesAreAppendedAtOnce() {
        assertThat(produce("one\ntwo\n", "produce", "atomic", "--atomic").code()).isZero();
        assertThat(run("consume", "atomic").out()).isEqualTo("one\ntwo\n");
        Millrace.Result conditional =
                produce("three\n", "produce", "atomic", "--atomic", "--if-end", 2);
        assertThat(conditional.code()).isEqualTo(1);
        assertThat(conditional.err()).contains("a cluster knows no conditions", "[not-supported]");
        assertThat(run("consume", "atomic").out()).isEqualTo("one\ntwo\n");
    }

    @Test
    void whatNeedsADirectorySaysSo() {
        for (String command :
                List.of("log verify", "log clean", "log metrics", "view list", "log dump x")) {
            Millrace.Result refused = run((Object[]) command.split(" "));
            assertThat(refused.code()).as(command).isEqualTo(2);
            assertThat(refused.err()).as(command).contains("[needs-directory]");
        }
        for (String option : List.of("--metrics", "--producer=new")) {
            Millrace.Result refused = produce("x\n", "produce", "nothing", option);
            assertThat(refused.code()).as(option).isEqualTo(2);
            assertThat(refused.err()).as(option).contains("[needs-directory]");
        }
        assertThat(run("topic", "list").out()).doesNotContain("nothing");
    }

    @Test
    void whatNamesNoLogIsRefused(@TempDir Path folder) throws Exception {
        assertThat(on("localhost:9092", "", "topic", "list").err())
                .contains("'localhost:9092' names no log", "[usage]");
        assertThat(run("topic", "list", "--data", folder).err())
                .contains("--data, --server and --log exclude each other", "[usage]");
        Path config = folder.resolve("cluster.properties");
        assertThat(run("topic", "list", "--log-config", config).err()).contains("[no-file]");
        Files.writeString(config, "cluster.read.quorum=2\n");
        assertThat(run("topic", "list", "--log-config", config).err())
                .contains("can only be 1", "[invalid-config]");
        Files.writeString(config, "cluster.client.linger.ms=5\n");
        assertThat(run("topic", "list", "--log-config", config).err())
                .contains("cluster.client.linger.ms cannot be given", "[invalid-config]");
        assertThat(Millrace.run("topic", "list", "--log-config", config).err())
                .contains("--log-config needs --log", "[usage]");
    }

    @Test
    void whereNoBrokerAnswersTheErrorSaysWhatToDo(@TempDir Path folder) throws Exception {
        Path config = folder.resolve("cluster.properties");
        Files.writeString(config, "cluster.timeout.ms=1500\n");
        Millrace.Result nobody =
                on("kafka://127.0.0.1:1", "", "topic", "list", "--log-config", config);
        assertThat(nobody.code()).isEqualTo(1);
        assertThat(nobody.err())
                .startsWith("millrace: asking the cluster at 127.0.0.1:1 failed")
                .contains("look whether the brokers run", "[unavailable]");
        assertThat(nobody.err().lines()).hasSize(1);
    }
}
