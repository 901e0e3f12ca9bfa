package dev.millrace.log;

import static dev.millrace.log.TestLog.EVENTS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.log.LogException.Code;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// An appender whose batches name a producer.
class ProducerAppenderTest {
    @TempDir Path directory;

    private LocalLog create(Durability durability) {
        LocalLog log = TestLog.open(directory);
        log.createTopic(TestLog.events(durability).partitions(2));
        return log;
    }

    private static void append(Appender appender, int from, int to) {
        for (int i = from; i < to; i++) {
            appender.append(0, TestLog.numbered(i));
        }
    }

    private static void refused(Code code, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        LogException.class, e -> assertThat(e.code()).isEqualTo(code));
    }

    @ParameterizedTest
    @EnumSource(
            value = Durability.class,
            names = {"OS", "FSYNC"})
    void batchesCountTheirPartitionsRecords(Durability durability) {
        ProducerId producer;
        try (LocalLog log = create(durability)) {
            producer = log.newProducer();
            try (Appender appender = log.appender("events", producer)) {
                for (int i = 0; i < 500; i++) {
                    appender.append(i % 5 == 0 ? 1 : 0, TestLog.numbered(i));
                }
            }
            assertThat(log.producers(EVENTS))
                    .singleElement()
                    .satisfies(
                            known -> {
                                assertThat(known.producer()).isEqualTo(producer);
                                assertThat(known.lastSequence()).isEqualTo(399);
                            });
            assertThat(log.producers(new TopicPartition("events", 1)))
                    .singleElement()
                    .satisfies(known -> assertThat(known.lastSequence()).isEqualTo(99));
        }
        assertThat(SegmentBatches.of(directory, EVENTS)).hasSizeGreaterThan(3);
    }

    @Test
    void anotherGoesOnBehindItAlsoAfterARestart() {
        ProducerId producer;
        try (LocalLog log = create(Durability.FSYNC)) {
            producer = log.newProducer();
            try (Appender appender = log.appender("events", producer)) {
                append(appender, 0, 100);
            }
            try (Appender appender = log.appender("events", producer)) {
                append(appender, 100, 200);
            }
        }
        try (LocalLog log = TestLog.open(directory)) {
            try (Appender appender = log.appender("events", producer)) {
                append(appender, 200, 300);
            }
            assertThat(TestLog.read(log, EVENTS)).isEqualTo(TestLog.numberedTexts(0, 300));
            assertThat(log.producers(EVENTS).getFirst().lastSequence()).isEqualTo(299);
        }
    }

    @Test
    void theOlderEpochIsFencedAndSaysSoUntilItIsClosed() {
        try (LocalLog log = create(Durability.FSYNC)) {
            ProducerId producer = log.newProducer();
            Appender older = log.appender("events", producer);
            append(older, 0, 10);
            older.flush();
            try (Appender newer = log.appender("events", producer.nextEpoch())) {
                append(newer, 10, 20);
                newer.flush();
                CompletableFuture<AppendResult> late = older.append(0, TestLog.numbered(99));
                refused(Code.PRODUCER_FENCED, older::flush);
                assertThat(late).isCompletedExceptionally();
                refused(Code.PRODUCER_FENCED, () -> older.append(0, TestLog.numbered(99)));
                refused(Code.PRODUCER_FENCED, older::flush);
                older.append(1, TestLog.numbered(5)); // nobody has fenced it there
                refused(Code.PRODUCER_FENCED, older::close);
                append(newer, 20, 30);
            }
            assertThat(TestLog.read(log, EVENTS)).isEqualTo(TestLog.numberedTexts(0, 30));
            assertThat(log.latestOffset(new TopicPartition("events", 1))).isEqualTo(1);
            try (Appender late = log.appender("events", producer)) {
                refused(Code.PRODUCER_FENCED, () -> late.append(0, TestLog.numbered(99)));
            }
        }
    }

    @Test
    void sequencesBeginAgainBehindTheLast() {
        try (LocalLog log = create(Durability.OS)) {
            ProducerId producer = new ProducerId(77, 3);
            int last = Integer.MAX_VALUE - 7;
            log.append(
                            EVENTS,
                            RecordBatch.builder()
                                    .producer(77, 3, last)
                                    .add(TestLog.numbered(0))
                                    .build())
                    .join();
            try (Appender appender = log.appender("events", producer)) {
                append(appender, 1, 5);
                appender.flush();
                append(appender, 5, 11); // from 2^31 - 3 to 2
                appender.flush();
                append(appender, 11, 20);
            }
            assertThat(TestLog.read(log, EVENTS)).isEqualTo(TestLog.numberedTexts(0, 20));
            assertThat(log.producers(EVENTS).getFirst().lastSequence()).isEqualTo(11);
        }
    }

    @Test
    void aClosedLogIsTheEnd() {
        LocalLog log = create(Durability.FSYNC);
        Appender appender = log.appender("events", log.newProducer());
        append(appender, 0, 3);
        appender.flush();
        append(appender, 3, 4);
        log.close();
        refused(Code.CLOSED, appender::flush);
        refused(Code.CLOSED, appender::close);
    }

    @Test
    void whatIsNoProducerOrNoPartitionIsRefused() {
        try (LocalLog log = create(Durability.FSYNC)) {
            for (ProducerId none : List.of(new ProducerId(-1, 0), new ProducerId(0, 1 << 15))) {
                assertThatIllegalArgumentException().isThrownBy(() -> log.appender("events", none));
            }
            try (Appender appender = log.appender("events")) {
                refused(Code.UNKNOWN_TOPIC, () -> appender.append(2, TestLog.numbered(0)));
                refused(Code.UNKNOWN_TOPIC, () -> appender.append(-1, TestLog.numbered(0)));
            }
        }
    }
}
