package dev.millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.log.Header;
import dev.millrace.log.LocalLog;
import dev.millrace.log.LogRecord;
import dev.millrace.log.TopicSpec;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProduceConsumeTest {
    private static final String ORDERS =
            """
            {"order":1,"customer":"ada","at":"2026-03-27T13:00:00Z"}
            {"order":2,"customer":"bob","at":"2026-03-27T13:00:01.500Z"}
            {"order":3,"customer":"ada","at":"2026-03-27T13:00:02Z"}
            """;

    @TempDir Path data;

    private Millrace.Result produce(String lines, Object... arguments) {
        return Millrace.withInput(lines, false, with("produce", arguments));
    }

    private Millrace.Result consume(Object... arguments) {
        return Millrace.run(with("consume", arguments));
    }

    private Object[] with(String command, Object... arguments) {
        Object[] all = new Object[arguments.length + 3];
        all[0] = command;
        System.arraycopy(arguments, 0, all, 1, arguments.length);
        all[all.length - 2] = "--data";
        all[all.length - 1] = data;
        return all;
    }

    @Test
    void whatGoesInComesOut() {
        Millrace.Result produced = produce(ORDERS, "orders");
        assertThat(produced.code()).isZero();
        assertThat(produced.out()).startsWith("appended 3 records to orders (fsync) in ");
        assertThat(produced.err()).isEqualTo("created topic orders with one partition\n");
        assertThat(consume("orders").out()).isEqualTo(ORDERS);
    }

    @Test
    void takesKeyAndTimeFromFields() {
        produce(ORDERS, "orders", "--key", "customer", "--time", "at");
        assertThat(consume("orders", "--json", "--offset", 1, "--max", 1).out())
                .isEqualTo(
                        "{\"topic\":\"orders\",\"partition\":0,\"offset\":1,"
                                + "\"timestamp\":1774616401500,\"key\":\"bob\",\"value\":"
                                + "\"{\\\"order\\\":2,\\\"customer\\\":\\\"bob\\\","
                                + "\\\"at\\\":\\\"2026-03-27T13:00:01.500Z\\\"}\","
                                + "\"headers\":[]}\n");
    }

    @Test
    void appendsAllLinesOrNoneWhereNothingCameInBetween() {
        assertThat(produce(ORDERS, "orders", "--atomic", "--if-end", 0).out())
                .startsWith("appended 3 records to orders (fsync) in ");

        Millrace.Result late = produce("late\n", "orders", "--atomic", "--if-end", 0);
        assertThat(late.code()).isEqualTo(1);
        assertThat(late.err()).contains("precondition-failed").contains("it saw 3");

        Millrace.Result bad =
                produce(ORDERS + "no object\n", "orders", "--atomic", "--key", "customer");
        assertThat(bad.code()).isEqualTo(1);
        assertThat(bad.err()).contains("standard input:4:").contains("nothing was appended");

        assertThat(produce("x", "orders", "--if-end", 0).code()).isEqualTo(2);
        assertThat(consume("orders").out()).isEqualTo(ORDERS);
    }

    @Test
    void appendsLinesAtOnceThatNeedABatchEach() {
        String lines = ("x".repeat(1000) + "\n" + "y".repeat(900_000) + "\n").repeat(3);
        assertThat(produce(lines, "orders", "--atomic").out()).startsWith("appended 6 records");
        assertThat(consume("orders").out()).isEqualTo(lines);
    }

    @Test
    void appendsAllLinesOverSeveralPartitionsByTheirKeys() {
        Millrace.run("topic", "create", "orders", "--partitions", 3, "--data", data);
        assertThat(produce(ORDERS, "orders", "--atomic", "--key", "customer").out())
                .startsWith("appended 3 records");
        assertThat(consume("orders").out().lines().sorted())
                .containsExactlyElementsOf(ORDERS.lines().toList());
        assertThat(produce("x", "orders", "--atomic", "--if-end", 0).err())
                .contains("one partition");
    }

    @Test
    void readsAFileAndReportsInJson() throws IOException {
        Path file =
                Files.writeString(
                        data.resolve("../in-%s.txt".formatted(data.getFileName())), "a\r\n\nb");
        Millrace.Result result = Millrace.run(with("produce", "t", "--file", file, "--json"));
        assertThat(result.out())
                .startsWith("[{\"topic\":\"t\",\"records\":2,\"bytes\":2,\"blankLines\":1,")
                .contains("\"durability\":\"fsync\"")
                .endsWith("}]\n");
        assertThat(consume("t").out()).isEqualTo("a\nb\n");
        Files.delete(file);
    }

    @Test
    void stopsAtABadLineAndLosesNothingBeforeIt() {
        String lines = "{\"k\":\"a\"}\n{\"k\":7}\n{\"k\":tru\n{\"k\":\"d\"}\n";
        Millrace.Result result = produce(lines, "t", "--key", "k");
        assertThat(result.code()).isEqualTo(1);
        assertThat(result.err())
                .contains("standard input:3: ", "2 records were acknowledged before it")
                .contains("tail -n +3", "[bad-line]");
        assertThat(consume("t").out()).isEqualTo("{\"k\":\"a\"}\n{\"k\":7}\n");
    }

    @Test
    void aLineWithoutTheFieldIsABadLine() {
        for (String line : List.of("{\"x\":1}", "{\"k\":null}", "{\"k\":{}}", "[1]", "{} {}")) {
            Millrace.Result result = produce(line, "t", "--key", "k", "--json");
            assertThat(result.code()).as(line).isEqualTo(1);
            assertThat(result.err()).as(line).contains("\"code\":\"bad-line\"", "input:1: ");
        }
        assertThat(produce("{\"k\":\"noon\"}", "t", "--time", "k").err()).contains("no time");
    }

    @Test
    void aRecordTooLargeIsABadLine() {
        Millrace.run("topic", "create", "t", "--config", "max.record.bytes=10", "--data", data);
        Millrace.Result result = produce("short\nmuch too long a line\n", "t");
        assertThat(result.code()).isEqualTo(1);
        assertThat(result.err())
                .contains("standard input:2: ", "one record was acknowledged before it");
        assertThat(consume("t").out()).isEqualTo("short\n");
    }

    @Test
    void aMissingFileIsWrongUsage() {
        Millrace.Result result = produce("", "t", "--file", data.resolve("none"));
        assertThat(result.code()).isEqualTo(2);
        assertThat(result.err()).contains("there is no file", "[no-file]");
    }

    @Test
    void readsEveryPartitionOrTheOneAskedFor() {
        Millrace.run("topic", "create", "t", "--partitions", 3, "--data", data);
        String lines =
                IntStream.range(0, 300)
                        .mapToObj(i -> "{\"k\":\"key-" + i + "\"}\n")
                        .collect(Collectors.joining());
        produce(lines, "t", "--key", "k");
        assertThat(consume("t").out().lines())
                .containsExactlyInAnyOrderElementsOf(lines.lines().toList());
        long[] counts = new long[3];
        for (int p = 0; p < 3; p++) {
            counts[p] = consume("t", "--partition", p).out().lines().count();
        }
        assertThat(counts[0] + counts[1] + counts[2]).isEqualTo(300);
        assertThat(consume("t", "--partition", 1, "--offset", 5).out().lines())
                .hasSize((int) counts[1] - 5);
        assertThat(consume("t", "--max", 7).out().lines()).hasSize(7);
    }

    @Test
    void refusesPlacesThatAreNotThere() {
        Millrace.run("topic", "create", "t", "--partitions", 2, "--data", data);
        produce("a\nb\n", "t");
        assertThat(consume("t", "--offset", 1).code()).isEqualTo(2);
        assertThat(consume("t", "--partition", 2).err())
                .contains("only 0 to 1", "[unknown-partition]");
        Millrace.Result beyond = consume("t", "--partition", 0, "--offset", 99);
        assertThat(beyond.code()).isEqualTo(1);
        assertThat(beyond.err()).contains("earliest 0, latest ", "[offset-out-of-range]");
        assertThat(consume("none").err()).contains("[unknown-topic]");
        assertThat(consume("t", "--partition", 0, "--offset", 0, "--from-time", 0).code())
                .isEqualTo(2);
        assertThat(consume("t", "--from-time", "yesterday").err())
                .contains("'yesterday' is no time");
    }

    @Test
    void beginsAtATime() {
        produce(ORDERS, "orders", "--time", "at");
        assertThat(consume("orders", "--from-time", "2026-03-27T13:00:01Z").out().lines())
                .hasSize(2);
        assertThat(consume("orders", "--from-time", 1774616402000L).out().lines()).hasSize(1);
        assertThat(consume("orders", "--from-time", "2027-01-01").out()).isEmpty();
    }

    @Test
    void printsBytesThatAreNoText() {
        try (LocalLog log = LocalLog.open(data)) {
            log.createTopic(TopicSpec.named("t"));
            byte[] noText = {(byte) 0xff, 0};
            log.append(
                            "t",
                            new LogRecord(
                                    5,
                                    noText,
                                    null,
                                    List.of(
                                            new Header("h", "é".getBytes(StandardCharsets.UTF_8)),
                                            new Header("n", null))))
                    .join();
        }
        assertThat(consume("t", "--json").out())
                .isEqualTo(
                        "{\"topic\":\"t\",\"partition\":0,\"offset\":0,\"timestamp\":5,"
                                + "\"keyBase64\":\"/wA=\",\"value\":null,\"headers\":"
                                + "[{\"key\":\"h\",\"value\":\"é\"},{\"key\":\"n\",\"value\":null}]}\n");
        assertThat(consume("t").out()).isEqualTo("\n");
    }
}
