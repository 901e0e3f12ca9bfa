package dev.millrace.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.log.ConfigKey;
import dev.millrace.log.LogException;
import dev.millrace.server.Configuration.Entry;
import dev.millrace.server.Configuration.Given;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigurationTest {
    @TempDir private Path folder;

    private Path file(String yaml) throws IOException {
        return Files.writeString(folder.resolve("m.yaml"), yaml);
    }

    private Configuration read(String yaml) throws IOException {
        return Configuration.read(file(yaml), Map.of(), List.of());
    }

    private static Entry entry(Configuration configuration, String key) {
        return configuration.entries().stream()
                .filter(entry -> entry.key().name().equals(key))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void optionsGoOverVariablesOverTheFileOverDefaults() throws IOException {
        Path file = file("http:\n  listen: 127.0.0.1:1\nlog.leaks: places\nserver.drain.ms: 7\n");
        Configuration configuration =
                Configuration.read(
                        file,
                        Map.of(
                                "MILLRACE_HTTP_LISTEN",
                                "127.0.0.1:2",
                                "MILLRACE_LOG_LEAKS",
                                "Silent"),
                        List.of(new Given("http.listen", "127.0.0.1:3", "--http")));
        assertThat(configuration.problems()).isEmpty();
        assertThat(entry(configuration, "http.listen").value()).isEqualTo("127.0.0.1:3");
        assertThat(entry(configuration, "http.listen").origin()).isEqualTo("--http");
        assertThat(entry(configuration, "log.leaks").value()).isEqualTo("silent");
        assertThat(entry(configuration, "log.leaks").origin()).isEqualTo("MILLRACE_LOG_LEAKS");
        assertThat(entry(configuration, "server.drain.ms").origin()).isEqualTo(file + ", line 4");
        assertThat(entry(configuration, "kafka.listen").origin()).isEqualTo("default");
        assertThat(configuration.options().drainMillis()).isEqualTo(7);
        assertThat(configuration.options().httpListen().getPort()).isEqualTo(3);
    }

    @Test
    void nestedAndDottedKeysAreTheSame() throws IOException {
        ServerOptions nested =
                read("log:\n  journal:\n    file.bytes: 8192\n  min-free-bytes: 5\n").options();
        ServerOptions dotted =
                read("log.journal.file.bytes: 8192\nlog.min-free-bytes: 5\n").options();
        assertThat(nested.log().asMap()).isEqualTo(dotted.log().asMap());
        assertThat(nested.log().journalFileBytes()).isEqualTo(8192);
    }

    @Test
    void newTopicsGetWhatIsConfigured() throws IOException {
        ServerOptions options =
                read("log.durability: os\ntopic:\n  compression.type: lz4\n  segment.ms: 60000\n")
                        .options();
        assertThat(options.log().topicDefaults())
                .containsExactlyInAnyOrderEntriesOf(
                        Map.of(
                                "durability", "os",
                                "compression.type", "lz4",
                                "segment.ms", "60000"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    log:\\n  min-free-byte: 5          | line 2: unknown configuration key 'log.min-free-byte'; did you mean 'log.min-free-bytes'?
                    http.listen: a:1\\nhttp.listn: b:1 | line 2: unknown configuration key 'http.listn'; did you mean 'http.listen'?
                    log.leaks: loud                    | line 1: log.leaks must be one of silent, count, places, not 'loud'
                    log.min-free-bytes: 5MB            | line 1: log.min-free-bytes must be a number from 0, not '5MB'
                    log.leaks: [silent]                | line 1: log.leaks must have one value, not a list
                    log.leaks:                         | log.leaks has no value
                    log.leaks: silent\\nlog:\\n  leaks: count | line 3: log.leaks has a value already, in
                    - a                                | line 1: keys with values are expected
                    a: [                               | line
                    http.listen: nowhere               | http.listen must be HOST:PORT
                    topic.durability: os               | unknown configuration key 'topic.durability'
                    kafka.listen: ':x'                 | kafka.listen must be HOST:PORT
                    """)
    void whatIsWrongIsSaidWithItsPlace(String yaml, String problem) throws IOException {
        Configuration configuration = read(yaml.replace("\\n", "\n"));
        assertThat(configuration.problems()).singleElement().asString().contains(problem);
        assertThatThrownBy(configuration::options)
                .isInstanceOf(LogException.class)
                .hasMessageContaining(problem);
    }

    @Test
    void allThatIsWrongIsSaidAtOnce() throws IOException {
        assertThat(read("a: 1\nb: 2\n").problems()).hasSize(2);
    }

    @Test
    void aMisspeltVariableIsRefusedAndOthersAreLeftAlone() throws IOException {
        Configuration configuration =
                Configuration.read(
                        file(""),
                        Map.of(
                                "MILLRACE_LOG_DURABLITY", "os",
                                "MILLRACE_JAVA_OPTS", "-Xmx1g",
                                "MILLRACE_DATA", "/captures",
                                "PATH", "/bin"),
                        List.of());
        assertThat(configuration.problems())
                .containsExactly(
                        "MILLRACE_LOG_DURABLITY: no configuration key has this variable; did you mean MILLRACE_LOG_DURABILITY?");
    }

    @Test
    void everyKeyHasAVariableOfItsOwn() {
        assertThat(ServerOptions.keys())
                .extracting(Configuration::variable)
                .doesNotHaveDuplicates()
                .contains("MILLRACE_LOG_DURABILITY", "MILLRACE_LOG_MIN_FREE_BYTES");
        assertThat(ServerOptions.keys()).extracting(ConfigKey::name).doesNotHaveDuplicates();
    }

    @Test
    void aFileThatIsNamedMustBeThere() {
        Path missing = folder.resolve("none.yaml");
        assertThatThrownBy(() -> Configuration.read(missing, Map.of(), List.of()))
                .hasMessage("there is no file " + missing);
    }
}
