package dev.millrace.cli.consume;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.cli.console.Console;
import dev.millrace.log.LocalLog;
import dev.millrace.log.LogRecord;
import dev.millrace.log.TopicPartition;
import dev.millrace.log.TopicSpec;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class ConsumptionTest {
    @Test
    @Timeout(30)
    void followGoesOnWithWhatArrivesInAnyPartition() throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Console console = new Console(InputStream.nullInputStream(), out, System.err, false);
        try (LocalLog log = LocalLog.inMemory()) {
            log.createTopic(TopicSpec.named("t").partitions(2));
            TopicPartition first = new TopicPartition("t", 0);
            TopicPartition second = new TopicPartition("t", 1);
            log.append(first, LogRecord.of((String) null, "a")).join();
            Consumption consumption = new Consumption(log, console, new ValuePrinter(console), 3);
            consumption.add(first, 0);
            consumption.add(second, 0);
            assertThat(consumption.toPresentEnd()).isTrue();
            assertThat(out.toString()).isEqualTo("a\n");
            CompletableFuture<Void> later =
                    CompletableFuture.runAsync(
                            () -> {
                                pause();
                                log.append(second, LogRecord.of((String) null, "b")).join();
                                pause();
                                log.append(first, LogRecord.of((String) null, "c")).join();
                            });
            assertThat(consumption.follow()).isTrue();
            later.join();
            assertThat(out.toString()).isEqualTo("a\nb\nc\n");
        }
    }

    @Test
    void followEndsWithTheLog() throws Exception {
        Console console =
                new Console(
                        InputStream.nullInputStream(),
                        new ByteArrayOutputStream(),
                        new PrintStream(new ByteArrayOutputStream()),
                        false);
        LocalLog log = LocalLog.inMemory();
        log.createTopic(TopicSpec.named("t"));
        Consumption consumption = new Consumption(log, console, new ValuePrinter(console), 3);
        consumption.add(new TopicPartition("t", 0), 0);
        CompletableFuture.runAsync(
                () -> {
                    pause();
                    log.close();
                });
        assertThat(consumption.follow()).isTrue();
    }

    private static void pause() {
        try {
            Thread.sleep(100);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
