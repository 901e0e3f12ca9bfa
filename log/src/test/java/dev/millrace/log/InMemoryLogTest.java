package dev.millrace.log;

import static dev.millrace.log.TestLog.EVENTS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class InMemoryLogTest {
    @Test
    void keepsRecordsLikeAnyLog() {
        try (LocalLog log = LocalLog.inMemory()) {
            log.createTopic(TestLog.events(Durability.FSYNC));
            TestLog.fill(log, EVENTS, 3000, 11);
            assertThat(TestLog.read(log, EVENTS)).isEqualTo(TestLog.numberedTexts(0, 3000));
            assertThat(log.offsetForTime(EVENTS, TestLog.numbered(1234).timestampMillis()))
                    .hasValue(1234);
            assertThat(log.awaitOffset(EVENTS, 2999, Duration.ZERO)).isTrue();
            TestLog.requireSound(log);
        }
    }

    @Test
    void promisesNoMoreThanMemory() {
        try (LocalLog log = LocalLog.inMemory()) {
            TopicDescription created = log.createTopic(TestLog.events(Durability.FSYNC));
            assertThat(created.config().durability()).isEqualTo(Durability.MEMORY);
            assertThat(log.topics())
                    .allMatch(topic -> topic.config().durability() == Durability.MEMORY);
            assertThat(log.append(EVENTS, TestLog.numbered(0)).join().durability())
                    .isEqualTo(Durability.MEMORY);
        }
    }

    @Test
    void twoLogsHaveNothingInCommon() {
        try (LocalLog one = LocalLog.inMemory();
                LocalLog other = LocalLog.inMemory()) {
            one.createTopic(TestLog.events(Durability.MEMORY));
            TestLog.fill(one, EVENTS, 10, 5);
            assertThat(other.topics()).hasSize(1);
            assertThatThrownBy(() -> other.latestOffset(EVENTS)).isInstanceOf(LogException.class);
        }
    }

    @Test
    void topicsAreDeletedToo() {
        try (LocalLog log = LocalLog.inMemory()) {
            for (int i = 0; i < 5; i++) {
                log.createTopic(TestLog.events(Durability.MEMORY));
                assertThat(log.latestOffset(EVENTS)).isZero();
                TestLog.fill(log, EVENTS, 500, 10);
                log.deleteTopic("events");
            }
            assertThat(log.topics()).hasSize(1);
        }
    }

    @Test
    void aMappedViewStaysRightWhileTheSegmentGrows() {
        try (LocalLog log = LocalLog.inMemory()) {
            log.createTopic(TopicSpec.named("events"));
            try (Cursor cursor = log.read(EVENTS, 0)) {
                for (int i = 0; i < 100; i++) {
                    byte[] value = new byte[100_000];
                    java.util.Arrays.fill(value, (byte) i);
                    log.append(EVENTS, LogRecord.of(null, value)).join();
                    assertThat(cursor.next()).isTrue();
                    assertThat(cursor.record().copy().value()).isEqualTo(value);
                }
            }
        }
    }
}
