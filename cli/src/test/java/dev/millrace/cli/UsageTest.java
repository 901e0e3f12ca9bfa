package dev.millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class UsageTest {
    @Test
    void helpIsNotAnError() {
        for (String[] command :
                new String[][] {{"--help"}, {"topic", "-h"}, {"topic", "create", "--help"}}) {
            Millrace.Result result = Millrace.run((Object[]) command);
            assertThat(result.code()).isZero();
            assertThat(result.out()).startsWith("Usage: millrace ");
            assertThat(result.err()).isEmpty();
        }
    }

    @Test
    void helpHidesWhatIsNotForPeople() {
        assertThat(Millrace.run("--help").out()).contains("demo").doesNotContain("demo-load");
    }

    @Test
    void wrongUsageIsCodeTwoAndSaysWhereHelpIs() {
        for (String[] command :
                new String[][] {
                    {},
                    {"topic"},
                    {"topic", "create"},
                    {"produce"},
                    {"consume", "t", "--max", "many"},
                    {"log", "verify", "--no-such-option"}
                }) {
            Millrace.Result result = Millrace.run((Object[]) command);
            assertThat(result.code()).isEqualTo(2);
            assertThat(result.out()).isEmpty();
            assertThat(result.err())
                    .startsWith("millrace: ")
                    .contains("--help")
                    .endsWith("[usage]\n");
        }
    }

    @Test
    void aMistypedCommandGetsASuggestion() {
        assertThat(Millrace.run("topci").err()).contains("topic");
    }

    @Test
    void errorsAreJsonWhereTheResultWouldBe() {
        assertThat(Millrace.run("topic", "create", "--json").err())
                .startsWith("{\"code\":\"usage\",\"message\":\"")
                .endsWith("\"}\n");
    }

    @Test
    void versionNamesJavaAndMachine() {
        assertThat(Millrace.run("version").out()).contains("millrace ", "java ", "machine ");
        assertThat(Millrace.run("version", "--json").out())
                .startsWith("[{\"millrace\":\"")
                .contains("\"cpus\":")
                .endsWith("}]\n");
    }
}
