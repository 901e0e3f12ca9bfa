package dev.millrace.cli.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.cli.console.CommandException;
import dev.millrace.testkit.RealData;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Every case on a small scale: that it works, checks its result and reports it. Never how fast.
class LogBenchTest {
    private static final Scale TINY =
            new Scale(
                    Duration.ofMillis(10),
                    Duration.ofMillis(50),
                    Duration.ofMillis(150),
                    Duration.ofMillis(200),
                    8_000,
                    4 << 20);

    @TempDir Path folder;

    private final List<String> report = new ArrayList<>();

    static Stream<String> cases() {
        return LogBench.caseNames().stream();
    }

    @Tag("slow")
    @ParameterizedTest
    @MethodSource("cases")
    void everyCaseIsMeasuredAndChecked(String name) throws Exception {
        if (name.endsWith(".captures")) {
            RealData.require("captures", "that " + name + " is measured and checked");
        }
        Row row = run(name).getFirst();

        assertThat(row.failure()).isNull();
        assertThat(row.records()).isPositive();
        assertThat(row.seconds()).isPositive();
        for (String metric : List.of("p50", "p95", "p99", "p999", "max", "bytes")) {
            assertThat(row.value(metric)).as(metric).isPresent();
        }
        assertThat(row.value("p50").orElseThrow())
                .isLessThanOrEqualTo(row.value("max").orElseThrow());
        if (!name.startsWith("open.")) {
            assertThat(row.value("throughput").orElseThrow()).isPositive();
            assertThat(row.value("cpu").orElseThrow()).isNotNegative(); // in ticks of 10 ms
        }
        assertThat(report).anyMatch(line -> line.startsWith(name + " "));
    }

    @Test
    void theRowsOfTheIssueAreThereAndTheLongOnesOnlyInAFullRun() {
        assertThat(LogBench.caseNames())
                .contains(
                        "append.single.fsync",
                        "append.single.fsync.64p",
                        "append.single.fsync.1000p",
                        "append.single.os",
                        "append.async.os",
                        "append.stream.os",
                        "append.batch100.os",
                        "append.batch1000.os",
                        "append.batch1000.fsync",
                        "read.single",
                        "read.sequential",
                        "open.clean",
                        "open.crashed");
        assertThat(
                        LogCases.all().stream()
                                .filter(one -> !one.longRow())
                                .map(BenchCase::name)
                                .filter(
                                        name ->
                                                name.matches(
                                                        ".*sustained|(sweep|codec|profile|view)\\..*|compact.*|append\\.partitions.*|read\\..*(warm|cold)")))
                .isEmpty();
    }

    @Test
    void thePiecesOfAFullRunAreRight() throws Exception {
        List<Row> rows =
                run(
                        "append.partitions.2",
                        "sweep.batch.10",
                        "sweep.record.10000",
                        "codec.zstd.story",
                        "read.single.mapped.warm",
                        "read.sequential.mapped.cold",
                        "read.single.positional.cold",
                        "profile.latency",
                        "profile.durability.limit");

        assertThat(rows).hasSize(9).allSatisfy(row -> assertThat(row.failure()).isNull());
        Row codec = rows.get(3);
        assertThat(codec.conditions().codec()).isEqualTo("zstd");
        assertThat(codec.value(Metric.RATIO).orElseThrow()).isGreaterThan(2);
        assertThat(codec.value(Metric.VOLUME)).isPresent();
        assertThat(rows.get(5).conditions().warm()).isFalse();
        assertThat(rows.get(5).value(Metric.RESIDENT).orElseThrow()).isPositive();
    }

    @Test
    void aRowWithoutItsInputSaysThatItIsSkipped() throws Exception {
        org.junit.jupiter.api.Assumptions.assumeTrue(System.getenv("MILLRACE_DATA") == null);
        assertThat(run("codec.lz4.captures")).isEmpty();
        assertThat(report).anyMatch(line -> line.contains("SKIPPED: there are no captures"));
    }

    @Test
    void capturesAreThoseThatAreGiven() throws Exception {
        Path file = folder.resolve("events.ndjson");
        Files.writeString(file, "{\"host\":\"a\",\"n\":1}\n{\"host\":\"b\",\"n\":2}\n");
        LogBench.Options options =
                new LogBench.Options(
                        List.of("codec.snappy.captures"),
                        false,
                        List.of(file),
                        null,
                        folder.resolve("data"),
                        TINY);
        List<Row> rows = LogBench.run(options, report::add, _ -> {});
        assertThat(rows).singleElement().satisfies(row -> assertThat(row.failure()).isNull());
    }

    @Test
    void aRowIsComparedWithThePlainOneOfTheSameRun() throws Exception {
        List<Row> rows = run("append.single.fsync", "append.single.fsync.64p");

        assertThat(rows.getLast().value("ratio")).isPresent();
        assertThat(report).anyMatch(line -> line.contains("ratio"));
    }

    @Test
    void figuresForProgramsHaveTheirShape() throws Exception {
        Path json = folder.resolve("figures.json");

        LogBench.run(options(json, "append.single.os"), report::add, _ -> {});

        List<String> lines = Files.readAllLines(json);
        assertThat(lines.getFirst()).isEqualTo("[");
        assertThat(lines.getLast()).isEqualTo("]");
        assertThat(lines)
                .anyMatch(l -> l.contains("\"case\":\"run\",\"metric\":\"force.p50\",\"value\":"));
        for (String metric : List.of("throughput", "p50", "p95", "p99", "p999", "max", "cpu")) {
            assertThat(lines)
                    .anyMatch(
                            l ->
                                    l.contains(
                                            "\"case\":\"append.single.os\",\"metric\":\"%s\",\"value\":"
                                                    .formatted(metric)));
        }
        assertThat(lines)
                .anyMatch(
                        l ->
                                l.contains("\"unit\":\"1/s\"")
                                        && l.contains("\"durability\":\"os\"")
                                        && l.contains("\"codec\":\"none\"")
                                        && l.contains("\"threads\":1,")
                                        && l.contains("\"floor\":100000,\"aim\":200000"));
    }

    @Test
    void theFolderIsLeftEmpty() throws Exception {
        Path data = folder.resolve("data");
        Files.createDirectory(data);

        LogBench.run(
                new LogBench.Options(List.of("append.single.os"), false, null, data, TINY),
                report::add,
                _ -> {});

        assertThat(data).isEmptyDirectory();
    }

    @Test
    void aFolderThatHoldsSomethingIsRefused() throws Exception {
        Files.writeString(folder.resolve("precious"), "x");

        assertThatThrownBy(
                        () ->
                                LogBench.run(
                                        new LogBench.Options(List.of(), false, null, folder, TINY),
                                        report::add,
                                        _ -> {}))
                .isInstanceOf(CommandException.class)
                .hasMessageContaining("is not empty");
        assertThat(folder.resolve("precious")).exists();
    }

    @Test
    void anUnknownCaseIsRefusedWithTheKnownOnes() {
        assertThatThrownBy(() -> run("append.nonsense"))
                .isInstanceOf(CommandException.class)
                .hasMessageContaining("append.nonsense")
                .hasMessageContaining("read.sequential");
    }

    private List<Row> run(String... cases) throws Exception {
        return LogBench.run(options(null, cases), report::add, _ -> {});
    }

    private LogBench.Options options(Path json, String... cases) {
        return new LogBench.Options(List.of(cases), false, json, folder.resolve("data"), TINY);
    }
}
