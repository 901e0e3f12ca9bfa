package dev.millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class DemoCommandTest {
    @TempDir Path folder;

    @Test
    void reportsInJson() throws IOException {
        Millrace.Result result =
                Millrace.run("demo", "--events", 3_000, "--data", folder.resolve("d"), "--json");
        assertThat(result.code()).isZero();
        assertThat(result.err()).isEmpty();
        Map<String, String> report = scalars(result.out());
        assertThat(report)
                .containsEntry("proven", "true")
                .containsEntry("durability", "fsync")
                .containsEntry("lines", "3000")
                .containsEntry("readRecords", "3000")
                .containsEntry("acknowledgedLost", "0")
                .containsEntry("duplicates", "0")
                .containsEntry("exitCode", "137")
                .containsKeys("reopenSeconds", "storedBytesPerRecord", "totalSeconds");
        Millrace.Result three =
                Millrace.run("consume", "demo", "--max", 3, "--data", folder.resolve("d"));
        assertThat(three.out().lines())
                .hasSize(3)
                .allMatch(line -> line.contains("\"source\":\"/generated/story/"));
    }

    private static Map<String, String> scalars(String json) throws IOException {
        Map<String, String> scalars = new HashMap<>();
        try (JsonParser parser = new JsonFactory().createParser(json)) {
            assertThat(parser.nextToken()).isEqualTo(JsonToken.START_ARRAY);
            assertThat(parser.nextToken()).isEqualTo(JsonToken.START_OBJECT);
            while (parser.nextToken() != JsonToken.END_OBJECT) {
                String name = parser.currentName();
                if (parser.nextToken().isScalarValue()) {
                    scalars.put(name, parser.getText());
                }
                parser.skipChildren();
            }
            assertThat(parser.nextToken()).isEqualTo(JsonToken.END_ARRAY);
        }
        return scalars;
    }

    @Test
    void refusesADirectoryThatIsNotItsOwn() throws IOException {
        Files.writeString(folder.resolve("letter"), "Dear Sir");
        Millrace.Result result = Millrace.run("demo", "--data", folder);
        assertThat(result.code()).isEqualTo(2);
        assertThat(result.err()).contains("is not empty").endsWith("[directory-not-empty]\n");
        assertThat(folder.resolve("letter")).exists();
    }

    @Test
    void refusesWhatIsNoEventFile() throws IOException {
        Path file = Files.writeString(folder.resolve("a.csv"), "a,b\n");
        Millrace.Result result =
                Millrace.run("demo", "--input", file, "--data", folder.resolve("d"));
        assertThat(result.code()).isEqualTo(2);
        assertThat(result.err()).endsWith("[file-type]\n");
        Path empty = Files.writeString(folder.resolve("a.json"), "\n\n");
        result = Millrace.run("demo", "--input", empty, "--data", folder.resolve("d"));
        assertThat(result.code()).isEqualTo(1);
        assertThat(result.err()).endsWith("[no-events]\n");
        assertThat(Millrace.run("demo", "--events", 5, "--data", folder.resolve("e")).err())
                .endsWith("the story needs at least 1000 [usage]\n");
    }

    @Test
    void theLoadingProcessSaysWhyItFailed() throws IOException {
        Path file = folder.resolve("long.json");
        Files.writeString(file, "{\"a\":\"%s\"}\n{}\n{}\n".formatted("x".repeat(1_000)));
        Millrace.Result result =
                Millrace.run(
                        "demo-load",
                        "--flush-every",
                        1,
                        "--hold-at",
                        2,
                        "--data",
                        folder,
                        "--input",
                        file);
        assertThat(result.code()).isEqualTo(1);
        assertThat(result.err()).contains("[not-a-log]");
    }
}
