package dev.millrace.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The two commands where something is missing, in a copy that wants what no machine has. */
class CommandsTest {
    private static final String SCRIPT = "etc/build.sh";

    @TempDir Path copy;

    @BeforeEach
    void copyCommands() throws IOException {
        Files.createDirectory(copy.resolve("etc"));
        for (String file : List.of("millrace", "build", SCRIPT)) {
            Files.copy(Repository.root().resolve(file), copy.resolve(file));
        }
    }

    @ParameterizedTest
    @CsvSource({"millrace, version", "build, test", "build, quick", "build, format"})
    void sayInOneLineThatTheJdkIsMissing(String command, String argument) throws Exception {
        replace("JDK_WANTED=25", "JDK_WANTED=999");

        Finished finished = run(command, argument);

        assertThat(finished.exitCode()).isEqualTo(1);
        assertThat(finished.output().lines())
                .singleElement()
                .asString()
                .startsWith("Millrace needs a JDK 999: install Temurin 999")
                .contains("found only: ");
    }

    @ParameterizedTest
    @CsvSource({"millrace, version", "build, test", "build, quick", "build, format"})
    void sayInOneLineThatMavenIsMissing(String command, String argument) throws Exception {
        replace("[ -x \"$MVN\" ]", "false");

        Finished finished = run(command, argument);

        assertThat(finished.exitCode()).isEqualTo(1);
        assertThat(finished.output().lines())
                .singleElement()
                .asString()
                .startsWith(
                        "Millrace is built with Maven, and there is no mvn on PATH: install it");
    }

    @Test
    void refuseAnUnknownCommandAsWrongUsage() throws Exception {
        Finished finished = run("build", "nonsense");

        assertThat(finished.exitCode()).isEqualTo(2);
        assertThat(finished.output()).startsWith("build: no such command: nonsense");
    }

    private void replace(String wanted, String by) throws IOException {
        String script = Files.readString(copy.resolve(SCRIPT));
        assertThat(script).contains(wanted);
        Files.writeString(copy.resolve(SCRIPT), script.replace(wanted, by));
    }

    private Finished run(String command, String argument) throws Exception {
        ProcessBuilder builder = new ProcessBuilder(copy.resolve(command).toString(), argument);
        builder.redirectErrorStream(true);
        // Else the copy would take itself for part of the build that runs this test.
        builder.environment().remove("MILLRACE_BUILDING");
        Process process = builder.start();
        String output = new String(process.getInputStream().readAllBytes());
        return new Finished(process.waitFor(), output);
    }

    private record Finished(int exitCode, String output) {}
}
