package dev.millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.cli.Millrace.Result;
import dev.millrace.server.MillraceServer;
import dev.millrace.server.ServerOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Every command that works on a log, over the server that has it open.
@Timeout(120)
class ServedCommandsTest {
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
    }

    @AfterEach
    void close() {
        server.close();
    }

    private Result asked(String input, Object... arguments) {
        List<Object> all = new ArrayList<>(List.of(arguments));
        all.add("--server");
        all.add("http://127.0.0.1:" + server.httpAddress().getPort());
        return Millrace.withInput(input, false, all.toArray());
    }

    private String done(String input, Object... arguments) {
        Result result = asked(input, arguments);
        assertThat(result.code()).as(result.err()).isZero();
        return result.out();
    }

    private Result refused(int code, String words, Object... arguments) {
        Result result = asked("", arguments);
        assertThat(result.code()).as(result.err()).isEqualTo(code);
        assertThat(result.err()).contains(words);
        return result;
    }

    @Test
    void topicsAreMadeChangedAndDeleted() {
        assertThat(done("", "topic", "create", "t", "--partitions", 2, "--durability", "os"))
                .contains("2 partitions, durability os");
        assertThat(done("", "topic", "alter", "t", "--config", "segment.ms=5000")).contains("5000");
        done("", "topic", "add-partitions", "t", "--partitions", 3);
        done("1\n2\n3\n4\n5\n6\n", "produce", "t");
        assertThat(done("", "topic", "list", "--json")).contains("\"records\":6");
        assertThat(done("", "topic", "describe", "t")).contains("PARTITION");
        done("", "topic", "delete-records", "t", "--partition", 0, "--before", -1);
        assertThat(done("", "topic", "list", "--json")).contains("\"records\":4");
        done("", "topic", "delete", "t", "--yes");
        refused(1, "[unknown-topic]", "topic", "describe", "t");
    }

    @Test
    void recordsAreProducedAndConsumed() {
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < 20_000; i++) {
            lines.append("{\"k\":\"").append(i % 100).append("\",\"n\":").append(i).append("}\n");
        }
        done("", "topic", "create", "t", "--partitions", 3);
        done(lines.toString(), "produce", "t", "--key", "k");
        List<String> read = done("", "consume", "t").lines().toList();
        assertThat(read).containsExactlyInAnyOrderElementsOf(lines.toString().lines().toList());
        assertThat(done("", "consume", "t", "--partition", 1, "--offset", 5, "--max", 1, "--json"))
                .contains("\"partition\":1,\"offset\":5");
        refused(1, "[offset-out-of-range]", "consume", "t", "--partition", 1, "--offset", 999_999);
        done("x\n", "produce", "t", "--metrics");
    }

    @Test
    void linesAreAppendedAtOnceWhereTheTopicEndsAsExpected() {
        done("", "topic", "create", "t");
        done("1\n2\n3\n", "produce", "t", "--atomic", "--if-end", 0);
        Result late = asked("4\n", "produce", "t", "--atomic", "--if-end", 0);
        assertThat(late.code()).isEqualTo(1);
        assertThat(late.err()).contains("it saw 3").contains("[precondition-failed]");
        assertThat(done("", "consume", "t")).isEqualTo("1\n2\n3\n");
    }

    @Test
    void aProducersLinesAreAppendedOnce() {
        done("", "topic", "create", "t", "--partitions", 2);
        done("1\n2\n3\n", "produce", "t", "--producer", "new");
        Result again = asked("1\n2\n3\n4\n", "produce", "t", "--producer", 0);
        assertThat(again.code()).as(again.err()).isZero();
        assertThat(again.out()).contains("appended one record").contains("skipped 3 lines");
        assertThat(done("", "consume", "t").lines().sorted()).containsExactly("1", "2", "3", "4");
        Result other = asked("1\n9\n3\n4\n", "produce", "t", "--producer", 0);
        assertThat(other.err()).doesNotContain("internal");
    }

    @Test
    void theLogIsVerifiedCleanedMeasuredAndDumped() throws Exception {
        done("1\n2\n3\n", "produce", "t");
        assertThat(done("", "log", "verify")).startsWith("all is well");
        assertThat(done("", "log", "clean")).contains("t ");
        assertThat(done("", "log", "metrics", "--json")).contains("\"append.latency\"");
        assertThat(done("", "log", "metrics")).contains("t-0");
        Path segment = folder.resolve("d/log/default/t-0/00000000000000000000.log");
        String local = Millrace.run("log", "dump", segment, "--records").out();
        String remote = done("", "log", "dump", "t", "--records");
        assertThat(remote.lines().skip(1))
                .containsExactlyElementsOf(local.lines().skip(1).toList());
    }

    @Test
    void damageIsReportedAndReadOver() throws Exception {
        done("1\n", "produce", "t");
        done("22222222222222222222222222222222\n", "produce", "t");
        done("3\n", "produce", "t");
        server.close();
        Path segment = folder.resolve("d/log/default/t-0/00000000000000000000.log");
        byte[] bytes = Files.readAllBytes(segment);
        int at = new String(bytes, java.nio.charset.StandardCharsets.ISO_8859_1).indexOf("22222");
        bytes[at] ^= 1;
        Files.write(segment, bytes);
        serve();
        Result read = asked("", "consume", "t");
        assertThat(read.code()).isEqualTo(1);
        assertThat(read.out()).isEqualTo("1\n3\n");
        assertThat(read.err()).contains("[corrupt-record]");
        assertThat(asked("", "log", "verify").out()).contains("t-0").contains("damaged");
        assertThat(asked("", "view", "count", "t").code()).isEqualTo(1);
        assertThat(asked("", "view", "count", "t", "--park").err()).contains("parked");
    }

    @Test
    void viewsAreCountedListedAndDeleted() {
        done("1\n2\n3\n", "produce", "t");
        assertThat(done("", "view", "count", "t", "--json")).contains("\"records\":3");
        assertThat(done("", "view", "list")).contains("count-t");
        done("", "view", "delete", "count-t");
        refused(1, "[unknown-view]", "view", "delete", "count-t");
    }

    @Test
    void aServedDirectoryIsAskedOverItsServer() {
        done("1\n", "produce", "t");
        Result found = Millrace.run("consume", "t", "--data", folder.resolve("d"));
        assertThat(found.out()).isEqualTo("1\n");
        assertThat(found.err())
                .contains("is being served; asking http://127.0.0.1:")
                .contains(":" + server.httpAddress().getPort());
    }

    @Test
    void aServerThatIsNotThereIsSaid() {
        server.close();
        refused(1, "[unavailable]", "topic", "list");
        Result wrong = Millrace.run("topic", "list", "--server", "ftp://x");
        assertThat(wrong.code()).isEqualTo(2);
        Result both = Millrace.run("topic", "list", "--server", "http://x:1", "--data", folder);
        assertThat(both.err()).contains("exclude each other");
    }
}
