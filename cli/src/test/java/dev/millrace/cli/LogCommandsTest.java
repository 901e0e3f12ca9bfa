package dev.millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `log verify`, `log dump`, and `consume` on a damaged log.
class LogCommandsTest {
    private static final int BATCHES = 5;
    private static final int LINES = 10;

    @TempDir Path data;

    @BeforeEach
    void fill() {
        for (int batch = 0; batch < BATCHES; batch++) {
            int from = batch * LINES;
            String lines =
                    IntStream.range(from, from + LINES)
                            .mapToObj(i -> "line " + i + "\n")
                            .collect(Collectors.joining());
            Millrace.withInput(lines, false, "produce", "t", "--data", data);
        }
    }

    private Path segment() {
        return data.resolve("log/default/t-0/00000000000000000000.log");
    }

    /// Flips a bit in the third batch.
    private void damage() throws IOException {
        long at = Files.size(segment()) / 2;
        try (FileChannel file =
                FileChannel.open(segment(), StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            ByteBuffer one = ByteBuffer.allocate(1);
            file.read(one, at);
            one.put(0, (byte) (one.get(0) ^ 4));
            file.write(one.flip(), at);
        }
    }

    @Test
    void verifyFindsASoundLogSound() {
        Millrace.Result result = Millrace.run("log", "verify", "--data", data);
        assertThat(result.code()).isZero();
        assertThat(result.out()).startsWith("all is well: ").contains(" read and checked in ");
        assertThat(Millrace.run("log", "verify", "--json", "--data", data).out()).isEqualTo("[]\n");
    }

    @Test
    void metricsTellWhatTheLogHolds() {
        Millrace.Result result = Millrace.run("log", "metrics", "--data", data);
        assertThat(result.code()).isZero();
        assertThat(result.out())
                .contains("journal.bytes", "recovery.time")
                .containsPattern("t-0 +0 +0 +50 +1 .* ok");
        Millrace.Result json = Millrace.run("log", "metrics", "--json", "--data", data);
        assertThat(json.out())
                .contains(
                        "{\"metric\":\"partition.latest.offset\",\"topic\":\"t\","
                                + "\"partition\":\"0\",\"value\":50,\"unit\":\"1\"}");
    }

    @Test
    void produceShowsItsMetricsWhereAsked() {
        Millrace.Result result =
                Millrace.withInput("a\nb\n", false, "produce", "t", "--metrics", "--data", data);
        assertThat(result.code()).isZero();
        assertThat(result.out())
                .startsWith("appended 2 records to t")
                .contains("append.latency fsync", "force.journal", "group.batches");
        Millrace.Result json =
                Millrace.withInput(
                        "a\n", false, "produce", "t", "--metrics", "--json", "--data", data);
        assertThat(json.out()).contains("\"metrics\":[{\"metric\":\"append.latency\"");
    }

    @Test
    void verifyNamesTheDamage() throws IOException {
        damage();
        Millrace.Result result = Millrace.run("log", "verify", "--data", data);
        assertThat(result.code()).isEqualTo(1);
        assertThat(result.out()).contains("corrupt records in t-0: offsets 20 to 29", "damaged: ");
        Millrace.Result json = Millrace.run("log", "verify", "--json", "--data", data);
        assertThat(json.code()).isEqualTo(1);
        assertThat(json.out())
                .startsWith("[{\"topic\":\"t\",\"partition\":0,\"fromOffset\":20,")
                .contains("\"nextReadableOffset\":30");
    }

    @Test
    void consumeReportsTheDamageAndGoesOnBehindIt() throws IOException {
        damage();
        Millrace.Result result = Millrace.run("consume", "t", "--data", data);
        assertThat(result.code()).isEqualTo(1);
        assertThat(result.err()).contains("offsets 20 to 29 cannot be read", "[corrupt-record]");
        assertThat(result.out().lines())
                .hasSize((BATCHES - 1) * LINES)
                .contains("line 19", "line 30")
                .doesNotContain("line 20");
    }

    @Test
    void dumpShowsEveryBatch() {
        Millrace.Result result = Millrace.run("log", "dump", "t", "--data", data);
        assertThat(result.code()).isZero();
        assertThat(result.out().lines()).hasSize(1 + BATCHES);
        assertThat(result.out())
                .contains("offsets 10 to 19  count 10  epoch 0  none  ")
                .contains("crc ok");
    }

    @Test
    void dumpReadsABareFileAndItsRecords() throws IOException {
        Path copy = Files.copy(segment(), data.resolve("copy.log"));
        Millrace.Result result = Millrace.run("log", "dump", copy, "--records");
        assertThat(result.code()).isZero();
        assertThat(result.out().lines()).hasSize(1 + BATCHES + BATCHES * LINES);
        assertThat(result.out()).contains("key null  value line 42\n");
        assertThat(Millrace.run("log", "dump", copy, "--records", "--json").out().lines())
                .hasSize(BATCHES + BATCHES * LINES)
                .allMatch(line -> line.startsWith("{") && line.endsWith("}"));
        Files.delete(copy);
    }

    @Test
    void dumpShowsDamageAndTornEnds() throws IOException {
        damage();
        Files.write(segment(), new byte[17], StandardOpenOption.APPEND);
        Millrace.Result result = Millrace.run("log", "dump", "t", "--partition", 0, "--data", data);
        assertThat(result.code()).isEqualTo(1);
        assertThat(result.out())
                .contains("offsets 20 to 29")
                .contains("DAMAGED: CRC-32C is ")
                .contains("DAMAGED: the last 17 bytes")
                .contains("offsets 40 to 49");
    }

    @Test
    void dumpRefusesWhatIsNotThere() {
        assertThat(Millrace.run("log", "dump", "none", "--data", data).err())
                .contains("there is no topic 'none'", "[unknown-topic]");
        assertThat(Millrace.run("log", "dump", "t", "--partition", 4, "--data", data).code())
                .isEqualTo(1);
        assertThat(Millrace.run("log", "dump", "t", "--data", data.resolve("no")).err())
                .contains("[no-log]");
        assertThat(Millrace.run("log", "dump", segment(), "--partition", 0).code()).isEqualTo(2);
    }
}
