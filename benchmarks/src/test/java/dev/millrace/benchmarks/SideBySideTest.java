package dev.millrace.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A small round with every contender, from its processes to the tables.
@Tag("slow")
class SideBySideTest {
    @TempDir Path folder;

    @Test
    void everyContenderDoesTheSameWorkAndIsChecked() throws Exception {
        List<String> said = new ArrayList<>();

        List<Figure> figures =
                new SideBySide(
                                folder,
                                1,
                                Duration.ofMillis(100),
                                Duration.ofMillis(300),
                                false,
                                said::add)
                        .run();

        assertThat(figures).noneMatch(figure -> figure.has("failure"));
        assertThat(Contender.names())
                .startsWith("millrace", "artemis-nio-default")
                .allSatisfy(
                        name ->
                                assertThat(figures)
                                        .anyMatch(
                                                f ->
                                                        f.text("contender").equals(name)
                                                                && f.text("metric")
                                                                        .equals("throughput")
                                                                && f.number("value") > 0));
        assertThat(said)
                .as("a line for each case of each contender")
                .hasSize(Contender.names().size() - 2 + 2 * Contender.shared().size() - 1)
                .anyMatch(line -> line.contains("chronicle-queue"));
        assertThat(new Summary(figures).markdown("./build bench log"))
                .anyMatch(line -> line.contains("**Millrace**"))
                .anyMatch(
                        line -> line.contains("artemis-nio-default (NIO, buffer timeout 3.33 ms"));
    }
}
