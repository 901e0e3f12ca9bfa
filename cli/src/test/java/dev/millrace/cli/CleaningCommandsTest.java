package dev.millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `log clean`, `topic delete-records`, and what `topic describe` says of both.
class CleaningCommandsTest {
    @TempDir Path data;

    @BeforeEach
    void fill() {
        Millrace.run(
                "topic",
                "create",
                "customers",
                "--config",
                "cleanup.policy=compact",
                "--config",
                "segment.bytes=4096",
                "--data",
                data);
        Millrace.run("topic", "create", "t", "--config", "retention.ms=60000", "--data", data);
        for (int i = 0; i < 4; i++) {
            String value = "{\"id\":\"a\",\"text\":\"" + "x".repeat(3000) + i + "\"}\n";
            Millrace.withInput(value, false, "produce", "customers", "--key", "id", "--data", data);
            Millrace.withInput("line " + i + "\n", false, "produce", "t", "--data", data);
        }
    }

    @Test
    void cleanSaysWhatItDid() {
        Millrace.Result result =
                Millrace.run("log", "clean", "customers", "--json", "--data", data);
        assertThat(result.code()).isZero();
        assertThat(result.out())
                .contains("\"topic\":\"customers\"")
                .contains("\"recordsRemoved\":2")
                .contains("\"recordsKept\":1");
        Millrace.Result all = Millrace.run("log", "clean", "--data", data);
        assertThat(all.code()).isZero();
        assertThat(all.out())
                .contains("customers")
                .contains("__topics")
                .contains("RECORDS REMOVED");
    }

    @Test
    void deleteRecordsSaysWhereThePartitionBegins() {
        Millrace.Result result =
                Millrace.run(
                        "topic",
                        "delete-records",
                        "t",
                        "--partition",
                        "0",
                        "--before",
                        "3",
                        "--data",
                        data);
        assertThat(result.out()).isEqualTo("topic t, partition 0: begins at offset 3\n");
        assertThat(Millrace.run("consume", "t", "--data", data).out()).isEqualTo("line 3\n");
        assertThat(Millrace.run("topic", "describe", "t", "--data", data).out())
                .contains("policy deleted when older than 60000 ms");
        assertThat(
                        Millrace.run(
                                        "topic",
                                        "delete-records",
                                        "t",
                                        "--partition",
                                        "0",
                                        "--before",
                                        "9",
                                        "--data",
                                        data)
                                .code())
                .isEqualTo(1);
        assertThat(
                        Millrace.run(
                                        "topic",
                                        "delete-records",
                                        "t",
                                        "--partition",
                                        "7",
                                        "--before",
                                        "1",
                                        "--data",
                                        data)
                                .code())
                .isEqualTo(2);
    }
}
