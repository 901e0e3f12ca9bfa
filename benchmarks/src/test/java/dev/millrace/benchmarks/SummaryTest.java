package dev.millrace.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// From the figures of three rounds to the section of a document.
class SummaryTest {
    @TempDir Path folder;

    @Test
    void aTableShowsMedianSpreadAndRatio() {
        List<Figure> figures = new ArrayList<>(run());
        for (double rate : new double[] {200_000, 180_000, 210_000}) {
            figures.add(figure("millrace", "append.single.fsync", "throughput", rate));
        }
        for (double rate : new double[] {90_000, 100_000, 110_000}) {
            figures.add(figure("artemis-nio-default", "append.single.fsync", "throughput", rate));
        }

        List<String> lines = new Summary(figures).markdown("./build bench log");

        assertThat(lines)
                .anyMatch(l -> l.contains("**Millrace** | 200,000/s (180,000 to 210,000)"))
                .anyMatch(
                        l -> l.contains("100,000/s (90,000 to 110,000)") && l.endsWith("| 0.50 |"));
    }

    @Test
    void aMissedGoalIsShownAsOne() {
        List<Figure> figures = new ArrayList<>(run());
        figures.add(figure("millrace-alone", "read.single", "p50", 1.5));
        figures.add(
                figure("millrace-alone", "read.single", "throughput", 150_000)
                        .with("floor", 200_000L)
                        .with("aim", 1_000_000L)
                        .with("better", "more"));

        assertThat(new Summary(figures).markdown("x"))
                .anyMatch(l -> l.contains("throughput ≥ 200,000 → 1,000,000: **missed**"));
    }

    @Test
    void aLongRowShowsWhatItIsAbout() {
        List<Figure> figures = new ArrayList<>(run());
        figures.add(figure("millrace-full", "codec.zstd.story", "p50", 900));
        figures.add(figure("millrace-full", "codec.zstd.story", "ratio", 5.25));

        assertThat(new Summary(figures).markdownOfFull("./build bench log --full"))
                .anyMatch(l -> l.contains("`codec.zstd.story`") && l.endsWith("| ratio 5.25 |"));
    }

    @Test
    void figuresSurviveTheirFile() throws Exception {
        Path file = folder.resolve("figures.json");
        List<Figure> figures = List.of(figure("millrace", "read.single", "p50", 1.25));

        Figure.write(file, figures);

        assertThat(Figure.read(file)).isEqualTo(figures);
    }

    @Test
    void onlyWhatStandsBetweenTheMarksIsReplaced() throws Exception {
        Path document = folder.resolve("D.md");
        Files.write(
                document,
                List.of(
                        "before",
                        "<!-- generated: bench log -->",
                        "old",
                        "<!-- end of generated: bench log -->",
                        "after"));

        new GeneratedSection(document, "log").replace(List.of("new"));

        assertThat(Files.readAllLines(document))
                .containsExactly(
                        "before",
                        "<!-- generated: bench log -->",
                        "",
                        "new",
                        "",
                        "<!-- end of generated: bench log -->",
                        "after");
    }

    @Test
    void aDocumentWithoutMarksIsLeftAlone() throws Exception {
        Path document = folder.resolve("D.md");
        Files.writeString(document, "precious");

        assertThatThrownBy(() -> new GeneratedSection(document, "log").replace(List.of("new")))
                .isInstanceOf(IOException.class);
        assertThat(document).hasContent("precious");
    }

    private static List<Figure> run() {
        List<Figure> facts = new ArrayList<>();
        for (String metric : List.of("cores", "memory", "force.p50", "force.p99")) {
            facts.add(
                    figure("millrace", "run", metric, 2)
                            .with("date", "2026-01-02T03:04:05Z")
                            .with("cpuModel", "a machine"));
        }
        return facts;
    }

    private static Figure figure(String contender, String name, String metric, double value) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("contender", contender);
        fields.put("case", name);
        fields.put("metric", metric);
        fields.put("value", value);
        return new Figure(fields);
    }
}
