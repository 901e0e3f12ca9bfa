package dev.millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ViewCommandsTest {
    @TempDir Path data;

    @BeforeEach
    void createTopic() {
        run("topic", "create", "orders", "--partitions", 2);
    }

    private Millrace.Result run(Object... arguments) {
        return withInput("", arguments);
    }

    private Millrace.Result withInput(String input, Object... arguments) {
        Object[] all =
                Stream.concat(
                                Stream.of(arguments),
                                Stream.of("--data", data.resolve("log").toString()))
                        .toArray();
        return Millrace.withInput(input, false, all);
    }

    @Test
    void countsAndGoesOnWhereItWas() {
        withInput(
                "{\"k\":\"a\"}\n{\"k\":\"a\"}\n{\"k\":\"a\"}\n", "produce", "orders", "--key", "k");
        Millrace.Result first = run("view", "count", "orders", "--json");
        assertThat(first.code()).isZero();
        assertThat(first.out())
                .contains("\"records\":3,\"keyed\":3,\"tombstones\":0,\"keyBytes\":3")
                .contains("\"valueBytes\":27,\"largestBytes\":10,\"nextOffset\":3,\"lag\":0")
                .contains("\"foldedNow\":3");
        withInput("{\"k\":\"a\"}\n", "produce", "orders", "--key", "k");
        assertThat(run("view", "count", "orders", "--json").out())
                .contains("\"records\":4", "\"foldedNow\":1");
        assertThat(run("view", "count", "orders").out())
                .containsPattern("PARTITION +RECORDS +KEYED")
                .containsPattern("\\d +4 +4 +0 +4 B +36 B +10 B +4 +0");
    }

    @Test
    void listsAndDeletes() {
        assertThat(run("view", "list").out()).startsWith("no views in ");
        withInput("one\ntwo\n", "produce", "orders");
        run("view", "count", "orders");
        withInput("three\n", "produce", "orders");
        assertThat(run("view", "list").out())
                .containsPattern("VIEW +VERSION +GENERATION +SAVED")
                .containsPattern("count-orders +1 +1 +20.* +1 +0\n");
        assertThat(run("view", "list", "--json").out())
                .contains("\"name\":\"count-orders\"", "\"topic\":\"orders\"", "\"lag\":");
        assertThat(run("view", "delete", "count-orders").code()).isZero();
        assertThat(run("view", "list", "--json").out()).isEqualTo("[]\n");
        Millrace.Result again = run("view", "delete", "count-orders");
        assertThat(again.code()).isEqualTo(1);
        assertThat(again.err())
                .contains("nothing is stored of a view 'count-orders'; `millrace view list`")
                .endsWith("[unknown-view]\n");
        assertThat(run("view", "count", "orders", "--json").out()).contains("\"foldedNow\":");
    }

    @Test
    void saysWhereItStoppedAtDamageAndGoesOnBehindItWhereToldTo() throws Exception {
        for (int i = 0; i < 3; i++) {
            withInput("{\"k\":\"a\",\"n\":" + i + "}\n", "produce", "orders", "--key", "k");
        }
        Path segment;
        try (Stream<Path> files = Files.walk(data)) {
            List<Path> filled =
                    files.filter(file -> file.toString().contains("orders-"))
                            .filter(file -> file.toString().endsWith(".log"))
                            .filter(file -> file.toFile().length() > 0)
                            .toList();
            segment = filled.getFirst();
        }
        byte[] bytes = Files.readAllBytes(segment);
        bytes[bytes.length / 2] ^= 4;
        Files.write(segment, bytes);

        Millrace.Result stopped = run("view", "count", "orders", "--json");
        assertThat(stopped.code()).isEqualTo(1);
        assertThat(stopped.out()).contains("\"records\":1", "\"stoppedAt\":1,\"error\":");
        Millrace.Result parked = run("view", "count", "orders", "--park");
        assertThat(parked.code()).isEqualTo(1);
        assertThat(parked.err()).contains("parked: orders-", "offsets 1 to 1");
        assertThat(parked.out()).containsPattern("\\d +2 +2 +0");
    }
}
