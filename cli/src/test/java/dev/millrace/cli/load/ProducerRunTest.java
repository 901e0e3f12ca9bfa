package dev.millrace.cli.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.cli.console.CommandException;
import dev.millrace.log.Appender;
import dev.millrace.log.LocalLog;
import dev.millrace.log.LogRecord;
import dev.millrace.log.TopicDescription;
import dev.millrace.log.TopicPartition;
import dev.millrace.log.TopicSpec;
import java.nio.charset.StandardCharsets;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ProducerRunTest {
    private static final long DAY_MILLIS = 86_400_000;

    private final LocalLog log = LocalLog.inMemory();
    private final TopicDescription topic = log.createTopic(TopicSpec.named("t").partitions(2));
    private long number;

    @AfterEach
    void close() {
        log.close();
    }

    private int next(ProducerRun run, String value) {
        byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
        Line line = new Line();
        line.set(bytes, 0, bytes.length, "in", ++number);
        return run.next(line, null, bytes);
    }

    private void append(ProducerRun run, String... values) {
        try (Appender appender = log.appender("t", run.producer())) {
            for (String value : values) {
                int partition = next(run, value);
                if (partition >= 0) {
                    appender.append(partition, LogRecord.of(null, value));
                }
            }
        }
    }

    private static void refused(String code, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        CommandException.class, e -> assertThat(e.code()).isEqualTo(code));
    }

    @Test
    void aPartitionTakesNoMoreThanItsSequencesTell() {
        ProducerRun begun = ProducerRun.begin(log, topic);
        append(begun, "a", "b", "c", "d", "e");
        ProducerRun again = ProducerRun.again(log, topic, begun.producer().id(), DAY_MILLIS, 3);
        append(again, "a", "b", "c", "d", "e", "f");
        assertThat(again.skipped()).isEqualTo(5);
        refused("too-many-records", () -> next(again, "g"));
        assertThat(ProducerRun.MOST_RECORDS - 1).isEqualTo(Integer.MAX_VALUE);
    }

    @Test
    void aRunThatMayBeForgottenIsNotBegunAnew() {
        ProducerRun begun = ProducerRun.begin(log, topic);
        append(begun, "a");
        long id = begun.producer().id();
        refused("producer-expired", () -> ProducerRun.again(log, topic, id, 0));
        append(begun, "b");
        assertThat(next(ProducerRun.again(log, topic, id, 0), "a")).isEqualTo(-1);
    }

    @Test
    void whatWasDeletedIsSkippedAllTheSame() {
        ProducerRun begun = ProducerRun.begin(log, topic);
        append(begun, "a", "b", "c", "d");
        log.deleteRecords(new TopicPartition("t", 0), 2);
        ProducerRun again = ProducerRun.again(log, topic, begun.producer().id(), DAY_MILLIS);
        append(again, "a", "b", "c", "d", "e");
        assertThat(again.skipped()).isEqualTo(4);
        assertThat(log.latestOffset(new TopicPartition("t", 0))).isEqualTo(3);
        again.requireWhole();
    }
}
