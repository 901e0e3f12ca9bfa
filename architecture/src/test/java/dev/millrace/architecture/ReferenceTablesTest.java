package dev.millrace.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.kafka.KafkaLogOptions;
import dev.millrace.kafka.KafkaServerOptions;
import dev.millrace.log.ConfigKey;
import dev.millrace.log.LogException;
import dev.millrace.log.LogMetric;
import dev.millrace.log.LogOptions;
import dev.millrace.log.Profile;
import dev.millrace.log.TopicConfig;
import dev.millrace.server.ServerOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// The tables of the reference say what the code says.
class ReferenceTablesTest {

    @Test
    void everyTopicKeyStandsInTheReferenceAsItIs() throws IOException {
        requireTable("## Of a topic", TopicConfig.keys());
    }

    @Test
    void everyLogKeyStandsInTheReferenceAsItIs() throws IOException {
        requireTable("## Of a log", LogOptions.keys());
    }

    @Test
    void everyClusterKeyStandsInTheReferenceAsItIs() throws IOException {
        requireTable("## Of a log on a cluster", KafkaLogOptions.keys());
    }

    @Test
    void everyKafkaServerKeyStandsInTheReferenceAsItIs() throws IOException {
        requireTable("## Of a Kafka server", KafkaServerOptions.keys());
    }

    @Test
    void everyServerKeyStandsInTheReferenceAsItIs() throws IOException {
        requireTable("## Of a server", ServerOptions.ownKeys());
    }

    private static void requireTable(String heading, List<ConfigKey> keys) throws IOException {
        Map<String, String> types = new LinkedHashMap<>();
        Map<String, String> defaults = new LinkedHashMap<>();
        Map<String, String> ranges = new LinkedHashMap<>();
        for (ConfigKey key : keys) {
            types.put(key.name(), key.type().name().toLowerCase(Locale.ROOT));
            defaults.put(key.name(), key.defaultValue());
            ranges.put(key.name(), key.range());
        }
        assertThat(column("configuration.md", heading, 1)).containsExactlyEntriesOf(types);
        assertThat(column("configuration.md", heading, 2)).containsExactlyEntriesOf(defaults);
        assertThat(column("configuration.md", heading, 3)).containsExactlyEntriesOf(ranges);
    }

    @Test
    void everyErrorCodeStandsInTheReferenceWithWhoseItIs() throws IOException {
        Map<String, String> kinds = column("errors.md", "# Errors", 1);

        Map<String, String> expected = new LinkedHashMap<>();
        for (LogException.Code code : LogException.Code.values()) {
            String kind = code.kind().name().toLowerCase(Locale.ROOT).replace('_', ' ');
            expected.put(code.key(), kind);
        }
        assertThat(kinds).isEqualTo(expected);
    }

    @Test
    void everyProfileSetsWhatTheReferenceSays() throws IOException {
        for (Profile profile : Profile.values()) {
            Map<String, String> expected = new LinkedHashMap<>();
            for (String key : Profile.keys()) {
                String ofTopic = profile.topicKeys().getOrDefault(key, "");
                expected.put(key, profile.logKeys().getOrDefault(key, ofTopic));
            }
            assertThat(column("configuration.md", "## Profiles", profile.ordinal() + 1))
                    .as(profile.key())
                    .containsExactlyEntriesOf(expected);
        }
    }

    @Test
    void everyMetricStandsInTheReferenceAsItIs() throws IOException {
        Map<String, String> kinds = new LinkedHashMap<>();
        Map<String, String> units = new LinkedHashMap<>();
        Map<String, String> labels = new LinkedHashMap<>();
        for (LogMetric metric : LogMetric.values()) {
            kinds.put(metric.key(), metric.kind().name().toLowerCase(Locale.ROOT));
            units.put(metric.key(), metric.unit());
            labels.put(metric.key(), String.join(", ", metric.labels()));
        }
        assertThat(column("metrics.md", "## Of a log", 1)).containsExactlyEntriesOf(kinds);
        assertThat(column("metrics.md", "## Of a log", 2)).containsExactlyEntriesOf(units);
        assertThat(column("metrics.md", "## Of a log", 3)).containsExactlyEntriesOf(labels);
    }

    /// First column to another, of the first table behind a heading.
    private static Map<String, String> column(String page, String heading, int number)
            throws IOException {
        List<String> lines =
                Files.readAllLines(Repository.root().resolve("docs/reference").resolve(page));
        Map<String, String> cells = new LinkedHashMap<>();
        List<String> table = new ArrayList<>();
        for (String line : lines.subList(lines.indexOf(heading) + 1, lines.size())) {
            if (line.startsWith("|")) {
                table.add(line);
            } else if (!table.isEmpty()) {
                break;
            }
        }
        for (String row : table.subList(2, table.size())) {
            List<String> cell =
                    Arrays.stream(row.split("\\|")).map(c -> c.strip().replace("`", "")).toList();
            cells.put(cell.get(1), cell.get(1 + number));
        }
        return cells;
    }
}
