package dev.millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.log.LocalLog;
import dev.millrace.log.LogRecord;
import dev.millrace.log.TopicSpec;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// The command as a process: pipes, signals, a second process.
@Timeout(60)
class ProcessTest {
    @TempDir Path data;

    @Test
    void worksInPipes() throws Exception {
        Millrace.Result result =
                Millrace.shell(
                        data,
                        "seq 1 1000 | millrace produce n --data d && millrace consume n --data d"
                                + " | tail -n 1");
        assertThat(result.code()).isZero();
        assertThat(result.out()).endsWith("\n1000\n");
    }

    @Test
    void aReaderThatLeavesIsNoFailure() throws Exception {
        Millrace.Result result =
                Millrace.shell(
                        data,
                        "seq 1 300000 | millrace produce n --data d >&2\n"
                                + "{ millrace consume n --data d; echo $? > code; } | head -n 2\n"
                                + "cat code");
        assertThat(result.out()).isEqualTo("1\n2\n0\n");
        assertThat(result.err()).doesNotContain("Exception", "Broken");
    }

    @Test
    void exitCodesReachTheShell() throws Exception {
        assertThat(Millrace.shell(data, "millrace topic list --data none").code()).isEqualTo(1);
        assertThat(Millrace.shell(data, "millrace topic").code()).isEqualTo(2);
    }

    @Test
    void aSecondProcessIsToldThatTheDirectoryIsInUse() throws Exception {
        try (LocalLog log = LocalLog.open(data.resolve("d"))) {
            log.createTopic(TopicSpec.named("t"));
            Millrace.Result result = Millrace.shell(data, "millrace topic list --data d");
            assertThat(result.code()).isEqualTo(1);
            assertThat(result.err()).endsWith("[log-in-use]\n");
        }
    }

    @Test
    void followPrintsWhatIsThereAndLeavesACleanLog() throws Exception {
        try (LocalLog log = LocalLog.open(data.resolve("d"))) {
            log.createTopic(TopicSpec.named("t"));
            log.append("t", LogRecord.of("k", "first")).join();
        }
        Process process =
                Millrace.process("consume", "t", "--follow", "--data", data.resolve("d")).start();
        try (BufferedReader lines = reader(process)) {
            assertThat(lines.readLine()).isEqualTo("first");
            process.destroy();
            assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
        }
        try (LocalLog log = LocalLog.open(data.resolve("d"))) {
            assertThat(log.recovery().clean()).isTrue();
        }
    }

    @Test
    void aSlowProducerMakesWhatItHasDurable() throws Exception {
        Process process = Millrace.process("produce", "t", "--data", data.resolve("d")).start();
        try (OutputStream in = process.getOutputStream()) {
            in.write("one\n".getBytes(StandardCharsets.UTF_8));
            in.flush();
            Path segment = data.resolve("d/log/default/t-0/00000000000000000000.log");
            while (!holds(segment, "one")) {
                Thread.sleep(50);
            }
            process.toHandle().destroyForcibly();
        }
        assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
        assertThat(Millrace.run("consume", "t", "--data", data.resolve("d")).out())
                .isEqualTo("one\n");
    }

    private static boolean holds(Path file, String text) {
        return Millrace.run("log", "dump", file, "--records").out().contains(text);
    }

    private static BufferedReader reader(Process process) throws IOException {
        return new BufferedReader(
                new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    }
}
