package dev.millrace.server.internal.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.kafka.KafkaServer;
import dev.millrace.kafka.KafkaServerOptions;
import dev.millrace.log.LocalLog;
import dev.millrace.log.LogException;
import dev.millrace.server.internal.http.HttpProblem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/// `docs/reference/http.md` says what the code says.
class HttpDocumentTest {
    private static final Path PAGE =
            Path.of(System.getProperty("millrace.root", "..")).resolve("docs/reference/http.md");

    @Test
    void everyRouteStandsInTheReference() throws IOException {
        try (LocalLog log = LocalLog.inMemory();
                KafkaServer kafka =
                        KafkaServer.start(
                                log,
                                KafkaServerOptions.of(Map.of("kafka.listen", "127.0.0.1:0")))) {
            assertThat(rows("## Routes").stream().map(row -> row.get(0) + " " + row.get(1)))
                    .containsExactlyInAnyOrderElementsOf(
                            Api.routes(log, kafka.groups()).stream()
                                    .map(route -> route.method() + " " + route.pattern())
                                    .toList());
        }
    }

    @Test
    void everyCodeStandsInTheReferenceWithItsStatus() throws IOException {
        TreeSet<String> expected = new TreeSet<>();
        for (LogException.Code code : LogException.Code.values()) {
            expected.add(HttpProblem.status(code) + " " + code.key());
        }
        TreeSet<String> found = new TreeSet<>();
        for (List<String> row : rows("## Problems")) {
            for (String code : row.get(1).split(", ")) {
                found.add(row.get(0) + " " + code);
            }
        }
        assertThat(found).isEqualTo(expected);
    }

    /// Cells of the first table behind a heading.
    private static List<List<String>> rows(String heading) throws IOException {
        List<String> lines = Files.readAllLines(PAGE);
        List<List<String>> rows = new ArrayList<>();
        for (String line : lines.subList(lines.indexOf(heading) + 1, lines.size())) {
            if (line.startsWith("|")) {
                rows.add(
                        Arrays.stream(line.substring(1).split("\\|"))
                                .map(cell -> cell.strip().replace("`", ""))
                                .toList());
            } else if (!rows.isEmpty()) {
                break;
            }
        }
        return rows.subList(2, rows.size());
    }
}
