package dev.millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TopicCommandsTest {
    @TempDir Path data;

    private Millrace.Result topic(Object... arguments) {
        Object[] all = new Object[arguments.length + 3];
        all[0] = "topic";
        System.arraycopy(arguments, 0, all, 1, arguments.length);
        all[all.length - 2] = "--data";
        all[all.length - 1] = data.resolve("log");
        return Millrace.run(all);
    }

    @Test
    void createsWhatItIsTold() {
        assertThat(topic("create", "orders", "--partitions", 3, "--durability", "os").out())
                .isEqualTo("created topic orders: 3 partitions, durability os\n");
        Millrace.Result described = topic("describe", "orders");
        assertThat(described.code()).isZero();
        assertThat(described.out())
                .containsPattern("durability +os\n")
                .containsPattern("PARTITION +EARLIEST +LATEST +BYTES\n")
                .containsPattern(" 2 +0 +0 +0 B\n");
    }

    @Test
    void setsConfigurationKeys() {
        topic("create", "x", "--config", "segment.bytes=65536", "--config=compression.type=lz4");
        assertThat(topic("describe", "x", "--json").out())
                .contains("\"segment.bytes\":\"65536\"", "\"compression.type\":\"lz4\"");
    }

    @Test
    void altersWhatItIsToldAndKeepsTheRest() {
        topic("create", "x", "--config", "segment.bytes=65536", "--config=compression.type=lz4");
        assertThat(
                        topic(
                                        "alter",
                                        "x",
                                        "--config=retention.ms=5000",
                                        "--reset",
                                        "compression.type")
                                .out())
                .isEqualTo(
                        """
                        altered topic x
                        KEY               BEFORE  NOW
                        compression.type  lz4     none
                        retention.ms      -1      5000
                        """);
        assertThat(topic("describe", "x", "--json").out())
                .contains(
                        "\"segment.bytes\":\"65536\"",
                        "\"compression.type\":\"none\"",
                        "\"retention.ms\":\"5000\"");
        assertThat(topic("alter", "x", "--config=retention.ms=5000").out())
                .isEqualTo("topic x is configured so already\n");
    }

    @Test
    void refusesToAlterNothingOrWhatIsNoKey() {
        topic("create", "x");
        assertThat(topic("alter", "x").err()).contains("nothing to change", "--reset KEY");
        Millrace.Result result = topic("alter", "x", "--reset", "retention");
        assertThat(result.code()).isEqualTo(2);
        assertThat(result.err())
                .contains("did you mean 'retention.ms'")
                .endsWith("[invalid-config]\n");
        Millrace.Result durability = topic("alter", "x", "--config", "durability=os");
        assertThat(durability.code()).isEqualTo(2);
        assertThat(durability.err())
                .contains("keeps its durability, fsync", "create another topic");
    }

    @Test
    void addsPartitionsAndWarnsOfKeys() {
        topic("create", "x", "--partitions", 2);
        Millrace.Result result = topic("add-partitions", "x", "--partitions", 5);
        assertThat(result.out()).isEqualTo("topic x has 5 partitions\n");
        assertThat(result.err()).contains("a key of topic x may go to another partition");
        assertThat(topic("describe", "x").out()).containsPattern(" 4 +0 +0 +0 B\n");
        Millrace.Result refused = topic("add-partitions", "x", "--partitions", 5);
        assertThat(refused.code()).isEqualTo(2);
        assertThat(refused.err()).contains("has 5 partitions and can only have more, not 5");
    }

    @Test
    void refusesAnUnknownKeyAsWrongUsage() {
        Millrace.Result result = topic("create", "x", "--config", "segment.byte=65536");
        assertThat(result.code()).isEqualTo(2);
        assertThat(result.err())
                .contains("unknown topic configuration key 'segment.byte'", "segment.bytes")
                .endsWith("[invalid-config]\n");
    }

    @Test
    void refusesATopicThatExists() {
        topic("create", "x");
        Millrace.Result result = topic("create", "x", "--json");
        assertThat(result.code()).isEqualTo(1);
        assertThat(result.out()).isEmpty();
        assertThat(result.err())
                .startsWith("{\"code\":\"topic-exists\",\"message\":\"")
                .contains("x");
    }

    @Test
    void listsTopics() {
        topic("create", "b");
        topic("create", "a", "--partitions", 2);
        assertThat(topic("list").out())
                .matches(
                        """
                        TOPIC  PARTITIONS  DURABILITY  RECORDS  BYTES
                        a               2  fsync             0    0 B
                        b               1  fsync             0    0 B
                        """);
        assertThat(topic("list", "--json").out())
                .startsWith("[{\"name\":\"a\"")
                .contains("{\"name\":\"b\"")
                .endsWith("}]\n")
                .doesNotContain("__");
        assertThat(topic("list", "--all").out()).contains("__");
    }

    @Test
    void listsNothingAsAnEmptyArray() {
        topic("create", "a");
        topic("delete", "a", "--yes");
        assertThat(topic("list", "--json").out()).isEqualTo("[]\n");
        assertThat(topic("list").out()).startsWith("no topics in ");
    }

    @Test
    void createsNoLogInPassing() {
        Millrace.Result result = topic("list");
        assertThat(result.code()).isEqualTo(1);
        assertThat(result.err()).contains("there is no log in", "topic create NAME", "[no-log]");
        assertThat(data.resolve("log")).doesNotExist();
    }

    @Test
    void deletesOnlyWhenTold() {
        topic("create", "x");
        Millrace.Result refused = topic("delete", "x");
        assertThat(refused.code()).isEqualTo(2);
        assertThat(refused.err()).contains("--yes", "[not-confirmed]");
        assertThat(topic("delete", "x", "--yes").out())
                .isEqualTo("deleted topic x and 0 records\n");
        assertThat(topic("describe", "x").err()).contains("millrace topic list", "[unknown-topic]");
    }

    @Test
    void asksAtATerminal() {
        topic("create", "x");
        Object[] delete = {"topic", "delete", "x", "--data", data.resolve("log")};
        Millrace.Result no = Millrace.withInput("n\n", true, delete);
        assertThat(no.code()).isEqualTo(1);
        assertThat(no.err()).contains("Delete topic x and 0 records? [y/N]", "topic 'x' stays");
        Millrace.Result yes = Millrace.withInput("y\n", true, delete);
        assertThat(yes.code()).isZero();
    }

    @Test
    void refusesADirectoryThatHoldsSomethingElse() throws Exception {
        Files.createDirectories(data.resolve("log"));
        Files.writeString(data.resolve("log/letter.txt"), "Dear Sir");
        Millrace.Result result = topic("create", "x");
        assertThat(result.code()).isEqualTo(1);
        assertThat(result.err()).endsWith("[not-a-log]\n");
        assertThat(data.resolve("log/letter.txt")).hasContent("Dear Sir");
    }
}
