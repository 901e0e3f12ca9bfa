package dev.millrace.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.cli.console.Console;
import dev.millrace.log.Cursor;
import dev.millrace.log.LocalLog;
import dev.millrace.log.LogRecord;
import dev.millrace.log.TopicPartition;
import dev.millrace.testkit.RealData;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The demo with its real child process, really killed.
@Timeout(120)
class DemoTest {
    @TempDir Path folder;

    private DemoReport run(List<Path> files, String entity, int events) throws IOException {
        DemoOptions options = new DemoOptions(folder.resolve("demo"), files, entity, events, 42);
        Console console =
                new Console(
                        InputStream.nullInputStream(),
                        OutputStream.nullOutputStream(),
                        new PrintStream(OutputStream.nullOutputStream()),
                        false);
        DemoReport report = new Demo(options, console, Narrator.SILENT).run();
        assertThat(report.proven()).isTrue();
        assertThat(report.load().exitCode()).as("ended by SIGKILL").isEqualTo(137);
        assertThat(report.proof().found()).isEqualTo(report.load().records());
        return report;
    }

    private List<LogRecord> stored() {
        List<LogRecord> records = new ArrayList<>();
        try (LocalLog log = LocalLog.open(folder.resolve("demo"))) {
            for (int p = 0; p < log.describeTopic(Demo.TOPIC).partitions(); p++) {
                try (Cursor cursor = log.read(new TopicPartition(Demo.TOPIC, p), 0)) {
                    while (cursor.next()) {
                        records.add(cursor.record().copy());
                    }
                }
            }
        }
        return records;
    }

    private static String text(byte[] bytes) {
        return bytes == null ? null : new String(bytes, StandardCharsets.UTF_8);
    }

    @Test
    void theStoryIsLoadedOnceThoughTheLoadIsKilled() throws IOException {
        DemoReport report = run(List.of(), null, 40_000);
        assertThat(report.load().records()).isBetween(20_000L, 31_250L);
        assertThat(report.completion().appended()).isPositive();
        assertThat(report.readBack().records()).isEqualTo(40_000);
        assertThat(stored().stream().map(record -> text(record.value())).distinct())
                .hasSize(40_000);
        assertThat(stored())
                .allMatch(r -> text(r.value()).contains("\"subject\":\"" + text(r.key())));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 15, 16, 17, 100})
    void smallInputsAreKilledInTheMiddleToo(int lines) throws IOException {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < lines; i++) {
            text.append("{\"host\":\"h").append(i % 3).append("\",\"n\":").append(i).append("}\n");
        }
        Path file = Files.writeString(folder.resolve("small.json"), text);
        DemoReport report = run(List.of(file), null, 0);
        assertThat(report.completion().appended()).isPositive();
        assertThat(stored()).hasSize(lines);
    }

    @Test
    void readsPlainGzipAndZipFiles() throws IOException {
        Path plain = Files.writeString(folder.resolve("a.ndjson"), lines("plain", 300));
        Path gzip = folder.resolve("b.json.gz");
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(gzip))) {
            out.write(lines("gzip", 200).getBytes(StandardCharsets.UTF_8));
        }
        Path zip = folder.resolve("c.zip");
        try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(zip))) {
            entry(out, "one.json", lines("zip-one", 100));
            entry(out, "readme.txt", "no event");
            entry(out, "folder/two.jsonl", lines("zip-two", 50).strip());
        }
        DemoReport report = run(List.of(plain, gzip, zip), null, 0);
        assertThat(report.inventory().lines()).isEqualTo(650);
        assertThat(report.inventory().top())
                .containsExactly(
                        new TopEntities.Count("plain", 300),
                        new TopEntities.Count("gzip", 200),
                        new TopEntities.Count("zip-one", 100),
                        new TopEntities.Count("zip-two", 50));
    }

    private static String lines(String host, int count) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < count; i++) {
            text.append("{\"n\":%d,\"Hostname\":\"%s\"}\n".formatted(i, host));
        }
        return text.toString();
    }

    private static void entry(ZipOutputStream out, String name, String text) throws IOException {
        out.putNextEntry(new ZipEntry(name));
        out.write(text.getBytes(StandardCharsets.UTF_8));
        out.closeEntry();
    }

    @Test
    void keepsMalformedLinesAndSaysWhereTheyAre() throws IOException {
        Path file =
                Files.writeString(
                        folder.resolve("bad.ndjson"),
                        """
                        {"id":"a","user":"u1"}

                        {"id":"b","user":
                        not JSON at all
                        {"id":"c"}
                        {"id":"d","user":"u1"}
                        {"id":"d","user":"u1"}
                        """);
        DemoReport report = run(List.of(file), "user", 0);
        Inventory inventory = report.inventory();
        assertThat(inventory.lines()).isEqualTo(6);
        assertThat(inventory.malformed()).isEqualTo(2);
        assertThat(inventory.withoutEntity()).isEqualTo(1);
        assertThat(inventory.complaints()).hasSize(2);
        assertThat(inventory.complaints().getFirst()).startsWith(file + ":3: ");
        assertThat(stored().stream().map(record -> text(record.value())))
                .containsExactlyInAnyOrder(
                        "{\"id\":\"a\",\"user\":\"u1\"}",
                        "{\"id\":\"b\",\"user\":",
                        "not JSON at all",
                        "{\"id\":\"c\"}",
                        "{\"id\":\"d\",\"user\":\"u1\"}",
                        "{\"id\":\"d\",\"user\":\"u1\"}");
        assertThat(stored().stream().filter(record -> record.key() == null)).hasSize(3);
    }

    @Test
    void recordsCarryTheTimeOfTheirEvent() throws IOException {
        Path file =
                Files.writeString(
                        folder.resolve("t.json"),
                        "{\"host\":\"a\",\"@timestamp\":\"2020-09-20T16:17:05.123Z\"}\n");
        run(List.of(file), null, 0);
        assertThat(stored().getFirst().timestampMillis()).isEqualTo(1600618625123L);
    }

    @Test
    void eachRunReplacesTheLast() throws IOException {
        run(List.of(), null, 1_000);
        run(List.of(), null, 2_000);
        assertThat(stored()).hasSize(2_000);
    }

    @Test
    void realEventsOfAWindowsHostAreLoadedOnce() throws IOException {
        Path capture =
                RealData.require(
                        "captures/empire_psexec_dcerpc_tcp_svcctl.zip",
                        "that the demo loads a capture of a real host, each event exactly once");
        DemoReport report = run(List.of(capture), null, 0);
        assertThat(report.inventory().malformed()).isZero();
        assertThat(report.inventory().withoutEntity()).isZero();
        assertThat(report.inventory().bytes()).isGreaterThan(12_000_000);
        assertThat(report.inventory().lines()).isEqualTo(report.readBack().records());
    }

    @Test
    void tellsTheStory() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Console console = new Console(InputStream.nullInputStream(), out, System.err, false);
        DemoOptions options = new DemoOptions(folder.resolve("demo"), List.of(), null, 5_000, 1);
        assertThat(new Demo(options, console, new Storyteller(console)).run().proven()).isTrue();
        console.flush();
        assertThat(out.toString(StandardCharsets.UTF_8))
                .contains("5,000 generated events: an online shop on Kubernetes")
                .contains("kill -9")
                .contains("of 5,000 events acknowledged (exit code 137)")
                .contains("acknowledged events are there")
                .contains("Nothing acknowledged was lost, and each event is there exactly once.");
    }
}
