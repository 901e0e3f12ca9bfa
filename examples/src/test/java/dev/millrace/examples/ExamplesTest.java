package dev.millrace.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The examples print what they say.
class ExamplesTest {
    @TempDir Path directory;

    private interface Example {
        void run(String[] arguments) throws Exception;
    }

    private String output(Example example) throws Exception {
        PrintStream out = System.out;
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
        try {
            example.run(new String[] {directory.resolve("log").toString()});
        } finally {
            System.setOut(out);
        }
        return printed.toString(StandardCharsets.UTF_8);
    }

    @Test
    void aRecordIsAppendedAndReadBack() throws Exception {
        assertThat(output(AppendAndRead::main))
                .isEqualTo("acknowledged at offset 0, FSYNC\none tea\n");
    }

    @Test
    void everySeatIsGivenOnce() throws Exception {
        assertThat(output(ReserveSeats::main))
                .isEqualTo("ada has seat 12A\nbob comes too late: it is with ada\n");
    }

    @Test
    void aTransferIsThreeRecordsAtOnce() throws Exception {
        assertThat(output(TransferMoney::main).lines()).hasSize(3).contains("audit-0 at offset 0");
    }
}
