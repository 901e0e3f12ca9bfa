package dev.millrace.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.log.LogException.Code;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Whose directory it is, and whether it may be opened.
class LogDirectoryTest {
    @TempDir Path directory;

    @Test
    void aNewDirectoryIsMadeWithThoseAboveIt() {
        Path deep = directory.resolve("a").resolve("b").resolve("c");
        try (LocalLog log = LocalLog.open(deep)) {
            assertThat(log.directory()).isEqualTo(deep);
            assertThat(log.recovery().clean()).isTrue();
        }
        assertThat(deep.resolve("format.json"))
                .content()
                .matches("\\{\"formatVersion\":1,\"logId\":\"[0-9a-f-]{36}\"\\}\\n");
    }

    @Test
    void theSecondOpeningIsRefusedWithTheOwnersPid() {
        try (LocalLog log = LocalLog.open(directory)) {
            requireRefused(Code.LOG_IN_USE, "(pid " + ProcessHandle.current().pid() + ")");
            assertThat(log.topics()).hasSize(1);
        }
        LocalLog.open(directory).close();
    }

    @Test
    void anotherProcessIsRefusedWithTheOwnersPid() throws Exception {
        try (LocalLog log = LocalLog.open(directory)) {
            assertThat(log.topics()).hasSize(1);
            Process other =
                    new ProcessBuilder(
                                    Path.of(System.getProperty("java.home"), "bin", "java")
                                            .toString(),
                                    "-cp",
                                    System.getProperty("java.class.path"),
                                    Opener.class.getName(),
                                    directory.toString())
                            .redirectErrorStream(true)
                            .start();
            String output = new String(other.getInputStream().readAllBytes(), "UTF-8");
            assertThat(other.waitFor(30, TimeUnit.SECONDS)).isTrue();
            assertThat(output)
                    .contains("LOG_IN_USE")
                    .contains("(pid " + ProcessHandle.current().pid() + ")");
        }
    }

    /// What the other process does.
    static final class Opener {
        public static void main(String[] args) {
            try (LocalLog log = LocalLog.open(Path.of(args[0]))) {
                System.out.println("opened " + log.directory());
            } catch (LogException e) {
                System.out.println(e.code() + " " + e.getMessage());
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"formatVersion\":2,\"logId\":\"00000000-0000-0000-0000-000000000001\"}",
                "{\"formatVersion\":2,\"logId\":\"new\",\"encryption\":{\"key\":\"x\"}}",
                "{ \"what\": \"else\",\n  \"formatVersion\" : 17 }\n"
            })
    void aNewerFormatIsRefusedWhateverElseItSays(String format) throws IOException {
        LocalLog.open(directory).close();
        Files.writeString(directory.resolve("format.json"), format);
        requireRefused(Code.FORMAT_TOO_NEW, "Use a newer Millrace");
        assertThat(directory.resolve("format.json")).hasContent(format);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{",
                "not json",
                "{\"formatVersion\":1}",
                "{\"formatVersion\":1,\"logId\":\"000000000000000000000000000000000000\"}",
                "{\"formatVersion\":0,\"logId\":\"00000000-0000-0000-0000-000000000001\"}"
            })
    void aDamagedFormatFileIsRefusedAndLeftAlone(String format) throws IOException {
        LocalLog.open(directory).close();
        Files.writeString(directory.resolve("format.json"), format);
        requireRefused(Code.NOT_A_LOG, "damaged");
        assertThat(directory.resolve("format.json")).hasContent(format);
    }

    @Test
    void aForeignDirectoryIsRefusedAndLeftAsItIs() throws IOException {
        Files.writeString(directory.resolve("letter.txt"), "dear");
        requireRefused(Code.NOT_A_LOG, "is no log of Millrace");
        assertThat(LogFiles.files(directory, "")).hasSize(1);
    }

    @Test
    void aLogWithoutItsFormatFileIsRefused() throws IOException {
        LocalLog.open(directory).close();
        Files.delete(directory.resolve("format.json"));
        requireRefused(Code.NOT_A_LOG, "format.json");
    }

    @Test
    void aFileInPlaceOfTheDirectoryIsRefused() throws IOException {
        Path file = Files.writeString(directory.resolve("file"), "dear");
        assertThatThrownBy(() -> LocalLog.open(file))
                .isInstanceOf(LogException.class)
                .hasMessageContaining(file.toString());
        assertThat(file).hasContent("dear");
    }

    @Test
    void whatACrashLeavesOfTheVeryFirstOpeningIsANewLog() throws IOException {
        Files.writeString(directory.resolve("lock"), "pid 1");
        Files.writeString(directory.resolve("format.json.new"), "{\"format");
        try (LocalLog log = LocalLog.open(directory)) {
            log.createTopic(TopicSpec.named("events"));
        }
        try (LocalLog log = LocalLog.open(directory)) {
            assertThat(log.topics()).hasSize(2);
        }
    }

    @Test
    void aRefusedDirectoryIsNotLocked() throws IOException {
        LocalLog.open(directory).close();
        String format = Files.readString(directory.resolve("format.json"));
        Files.writeString(directory.resolve("format.json"), "nonsense");
        requireRefused(Code.NOT_A_LOG, "damaged");
        Files.writeString(directory.resolve("format.json"), format);
        LocalLog.open(directory).close();
    }

    @Test
    void filesThatAreNotOursAreLeftAlone() throws IOException {
        LocalLog.open(directory).close();
        List<Path> foreign =
                List.of(
                        directory.resolve("notes.txt"),
                        directory.resolve("journal").resolve("notes.txt"),
                        directory.resolve("log").resolve("default").resolve("notes.txt"));
        for (Path file : foreign) {
            Files.writeString(file, "mine");
        }
        try (LocalLog log = LocalLog.open(directory)) {
            assertThat(log.recovery().orphans()).hasSize(1);
        }
        assertThat(foreign).allSatisfy(file -> assertThat(file).hasContent("mine"));
    }

    private void requireRefused(Code code, String message) {
        assertThatThrownBy(() -> LocalLog.open(directory))
                .isInstanceOf(LogException.class)
                .hasMessageContaining(directory.toString())
                .hasMessageContaining(message)
                .satisfies(e -> assertThat(((LogException) e).code()).isEqualTo(code));
    }
}
