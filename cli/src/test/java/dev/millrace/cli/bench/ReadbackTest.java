package dev.millrace.cli.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.log.AppendResult;
import dev.millrace.log.LocalLog;
import dev.millrace.log.LogRecord;
import dev.millrace.log.TopicPartition;
import dev.millrace.log.TopicSpec;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// A wrong result fails its row: the check sees what is missing, foreign or in another place.
class ReadbackTest {
    private static final TopicPartition PARTITION = new TopicPartition("t", 0);

    private final Values values = new Values(1);
    private final LocalLog log = LocalLog.inMemory();

    @BeforeEach
    void create() {
        log.createTopic(TopicSpec.named("t"));
    }

    @AfterEach
    void close() {
        log.close();
    }

    @Test
    void allIsWell() throws Exception {
        append(values.get(0));
        AppendResult second = append(values.get(1));

        assertThat(problem(2, new Lane.Sample(second, 1))).isNull();
    }

    @Test
    void aMissingRecordIsSeen() throws Exception {
        append(values.get(0));

        assertThat(problem(2)).contains("2 records were acknowledged, and the log holds 1");
    }

    @Test
    void aForeignValueIsSeen() throws Exception {
        byte[] damaged = values.get(0).clone();
        damaged[50] ^= 1;
        append(damaged);

        assertThat(problem(1)).contains("offset 0 is not what was appended");
    }

    @Test
    void aRecordInAnotherPlaceIsSeen() throws Exception {
        AppendResult first = append(values.get(0));
        append(values.get(1));

        assertThat(problem(2, new Lane.Sample(first, 1))).contains("offset 0 is not the one");
    }

    @Test
    void valuesAreRecognised() {
        assertThat(values.contains(ByteBuffer.wrap(values.get(131_071)))).isTrue();
        assertThat(values.contains(ByteBuffer.wrap(new Values(2).get(0)))).isFalse();
        assertThat(values.contains(ByteBuffer.wrap(values.get(0), 0, 99))).isFalse();
    }

    private AppendResult append(byte[] value) {
        return log.append(PARTITION, LogRecord.of(null, value)).join();
    }

    private String problem(long appended, Lane.Sample... samples) throws Exception {
        return new Readback(log, values).problem(List.of(PARTITION), appended, List.of(samples));
    }
}
