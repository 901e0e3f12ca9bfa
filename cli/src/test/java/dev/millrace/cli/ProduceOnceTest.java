package dev.millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.log.Appender;
import dev.millrace.log.Cursor;
import dev.millrace.log.LocalLog;
import dev.millrace.log.LogRecord;
import dev.millrace.log.TopicPartition;
import dev.millrace.log.TopicSpec;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// `produce --producer`: each line once, however often the command is run.
@Timeout(120)
class ProduceOnceTest {
    private static final int PARTITIONS = 3;

    @TempDir Path folder;

    private Path data() {
        return folder.resolve("d");
    }

    private Millrace.Result produce(String lines, Object... options) {
        List<Object> all = new ArrayList<>(List.of("produce", "t", "--data", data()));
        all.addAll(List.of(options));
        return Millrace.withInput(lines, false, all.toArray());
    }

    private void createTopic() {
        Millrace.run("topic", "create", "t", "--partitions", PARTITIONS, "--data", data());
    }

    private static String lines(int from, int to) {
        return IntStream.range(from, to)
                .mapToObj(i -> "{\"k\":\"key-%d\",\"n\":%d}\n".formatted(i % 31, i))
                .collect(Collectors.joining());
    }

    /// The values of each partition, in order.
    private List<List<String>> stored() {
        List<List<String>> stored = new ArrayList<>();
        try (LocalLog log = LocalLog.open(data())) {
            for (int i = 0; i < log.describeTopic("t").partitions(); i++) {
                List<String> values = new ArrayList<>();
                try (Cursor cursor = log.read(new TopicPartition("t", i), 0)) {
                    while (cursor.next()) {
                        byte[] value = cursor.record().copy().value();
                        values.add(new String(value, StandardCharsets.UTF_8));
                    }
                }
                stored.add(values);
            }
        }
        return stored;
    }

    @Test
    void theSameInputAgainAppendsWhatIsMissing() {
        createTopic();
        Millrace.Result first = produce(lines(0, 50), "--producer", "new", "--key", "k");
        assertThat(first.code()).as(first.err()).isZero();
        assertThat(first.err())
                .isEqualTo("to go on after a crash, with the same input: --producer 0\n");
        List<List<String>> before = stored();

        Millrace.Result again = produce(lines(0, 50), "--producer", 0, "--key", "k", "--json");
        assertThat(again.err()).isEmpty();
        assertThat(again.out())
                .contains("\"records\":0,")
                .contains("\"producer\":0,\"skipped\":50,");
        assertThat(stored()).isEqualTo(before);

        Millrace.Result longer = produce(lines(0, 80), "--producer", 0, "--key", "k");
        assertThat(longer.out())
                .startsWith("appended 30 records to t (fsync) in ")
                .endsWith("; skipped 50 lines that were stored before\n");
        assertThat(stored().stream().flatMap(List::stream).sorted().toList())
                .isEqualTo(lines(0, 80).lines().sorted().toList());
    }

    @Test
    void linesWithoutKeysGoToThePartitionsInTurn() {
        createTopic();
        produce("a\n\nb\nc\nd\n", "--producer", "new");
        assertThat(stored()).containsExactly(List.of("a", "d"), List.of("b"), List.of("c"));
        assertThat(produce("a\nb\nc\nd\ne\n", "--producer", 0).out()).startsWith("appended one ");
        assertThat(stored()).containsExactly(List.of("a", "d"), List.of("b", "e"), List.of("c"));
    }

    @Test
    void aCorrectedLineIsTheFirstThatIsMissing() {
        createTopic();
        String good = lines(0, 20);
        Millrace.Result bad = produce(good + "no object\n", "--producer", "new", "--key", "k");
        assertThat(bad.code()).isEqualTo(1);
        assertThat(bad.err()).contains("input:21:", "with all lines: --producer 0 [bad-line]");
        assertThat(produce(lines(0, 25), "--producer", 0, "--key", "k").out())
                .startsWith("appended 5 records")
                .contains("skipped 20 lines");
    }

    @Test
    void anotherInputIsRefused() {
        createTopic();
        produce(lines(0, 40), "--producer", "new", "--key", "k");
        List<List<String>> before = stored();

        String changed = lines(0, 39) + "{\"k\":\"key-8\",\"n\":-1}\n";
        Millrace.Result other = produce(changed, "--producer", 0, "--key", "k");
        assertThat(other.code()).isEqualTo(1);
        assertThat(other.err())
                .contains("not the line that producer 0 has stored", "[other-input]");

        Millrace.Result shorter = produce(lines(0, 30), "--producer", 0, "--key", "k");
        assertThat(shorter.code()).isEqualTo(1);
        assertThat(shorter.err()).contains("is not the input of the first run", "[other-input]");
        assertThat(stored()).isEqualTo(before);
    }

    @Test
    void anotherNumberOfPartitionsIsRefused() {
        createTopic();
        produce(lines(0, 40), "--producer", "new", "--key", "k");
        Millrace.run("topic", "add-partitions", "t", "--partitions", 5, "--data", data());
        Millrace.Result refused = produce(lines(0, 50), "--producer", 0, "--key", "k");
        assertThat(refused.code()).isEqualTo(1);
        assertThat(refused.err())
                .contains("when t had 3 partitions, and it has 5", "[other-partitions]");
        assertThat(stored().stream().mapToInt(List::size).sum()).isEqualTo(40);
    }

    @Test
    void whatIsNoProducerIsWrongUsage() {
        for (String wrong : List.of("old", "-1", "", "1e3", "9999999999999999999")) {
            assertThat(produce("x\n", "--producer=" + wrong).code()).as(wrong).isEqualTo(2);
        }
        Millrace.Result unknown = produce("x\n", "--producer", 7);
        assertThat(unknown.code()).isEqualTo(2);
        assertThat(unknown.err()).contains("there is no producer 7", "[unknown-producer]");
        Millrace.Result atomic = produce("x\n", "--producer", "new", "--atomic");
        assertThat(atomic.code()).isEqualTo(2);
        assertThat(atomic.err()).contains("--atomic", "[usage]");
    }

    @Test
    void othersMayAppendInBetween() {
        createTopic();
        produce(lines(0, 10), "--producer", "new", "--key", "k");
        try (LocalLog log = LocalLog.open(data());
                Appender appender = log.appender("t")) {
            for (int i = 0; i < PARTITIONS; i++) {
                appender.append(i, LogRecord.of(null, "other"));
            }
        }
        produce(lines(0, 30), "--producer", 0, "--key", "k");
        assertThat(
                        stored().stream()
                                .flatMap(List::stream)
                                .filter(value -> !value.equals("other"))
                                .sorted()
                                .toList())
                .isEqualTo(lines(0, 30).lines().sorted().toList());
    }

    /// The process is killed for real, again and again, in the middle of what it does.
    @Test
    @Tag("slow")
    void killedInTheMiddleItGoesOn() throws Exception {
        try (LocalLog log = LocalLog.open(data())) {
            log.createTopic(TopicSpec.named("t").partitions(PARTITIONS));
        }
        String id = "new";
        for (int kill = 1; kill <= 3; kill++) {
            Process process =
                    Millrace.process(
                                    "produce",
                                    "t",
                                    "--producer",
                                    id,
                                    "--key",
                                    "k",
                                    "--data",
                                    data())
                            .start();
            long before = storedBytes();
            try (OutputStream in = process.getOutputStream();
                    BufferedReader err = errors(process)) {
                if (id.equals("new")) {
                    String said = err.readLine();
                    id = said.substring(said.lastIndexOf(' ') + 1);
                }
                in.write(lines(0, kill * 20_000).getBytes(StandardCharsets.UTF_8));
                in.flush();
                while (storedBytes() == before) {
                    Thread.onSpinWait();
                }
                process.toHandle().destroyForcibly();
                assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
                assertThat(process.exitValue()).isEqualTo(137);
            } catch (IOException e) {
                assertThat(e).hasMessageContaining("Broken pipe"); // at the close behind the kill
            }
        }
        Millrace.Result last = produce(lines(0, 70_000), "--producer", id, "--key", "k", "--json");
        assertThat(last.code()).as(last.err()).isZero();
        assertThat(last.out()).doesNotContain("\"skipped\":0,");

        folder = folder.resolve("whole");
        createTopic();
        produce(lines(0, 70_000), "--key", "k");
        List<List<String>> whole = stored();
        folder = folder.getParent();
        assertThat(stored()).isEqualTo(whole);
    }

    private long storedBytes() throws IOException {
        long bytes = 0;
        for (int i = 0; i < PARTITIONS; i++) {
            try (Stream<Path> files = Files.list(data().resolve("log/default/t-" + i))) {
                for (Path file : files.filter(f -> f.toString().endsWith(".log")).toList()) {
                    bytes += Files.size(file);
                }
            }
        }
        return bytes;
    }

    private static BufferedReader errors(Process process) {
        return new BufferedReader(
                new InputStreamReader(process.getErrorStream(), StandardCharsets.UTF_8));
    }
}
