package dev.millrace.log;

import static dev.millrace.log.TestLog.EVENTS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.log.LocalLog.VerifyProgress;
import dev.millrace.log.SegmentBatches.Place;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VerifyTest {
    private static final TopicPartition SECOND = new TopicPartition("events", 1);

    @TempDir Path directory;

    @BeforeEach
    void write() {
        try (LocalLog log = TestLog.open(directory)) {
            log.createTopic(TestLog.events(Durability.FSYNC).partitions(2));
            log.createTopic(TopicSpec.named("a-topic"));
            TestLog.fill(log, EVENTS, 300, 10);
            TestLog.fill(log, SECOND, 300, 10);
            TestLog.fill(log, new TopicPartition("a-topic", 0), 50, 10);
        }
    }

    @Test
    void aSoundLogHasNoDamage() {
        try (LocalLog log = TestLog.open(directory)) {
            assertThat(log.verify(progress -> {})).isEmpty();
        }
    }

    @Test
    void allDamageIsFoundInOrderOfTopicPartitionAndOffset() {
        damage(new TopicPartition("a-topic", 0), 2);
        damage(EVENTS, 29);
        damage(EVENTS, 4);
        damage(SECOND, 0);
        try (LocalLog log = TestLog.open(directory)) {
            assertThat(log.verify(progress -> {}))
                    .extracting(damage -> damage.partition() + "@" + damage.fromOffset())
                    .containsExactly("a-topic-0@20", "events-0@40", "events-0@290", "events-1@0");
        }
    }

    private void damage(TopicPartition partition, int batch) {
        Place place = SegmentBatches.of(directory, partition).get(batch);
        LogFiles.flip(place.file(), place.position() + 65, 1);
    }

    @Test
    void batchesThatWereReadBeforeAreReadAgain() {
        try (LocalLog log = TestLog.open(directory)) {
            assertThat(TestLog.read(log, EVENTS)).hasSize(300);
            damage(EVENTS, 7);
            assertThat(log.verify(progress -> {}))
                    .singleElement()
                    .satisfies(damage -> assertThat(damage.fromOffset()).isEqualTo(70));
        }
    }

    @Test
    void progressGoesForwardToTheTotal() {
        try (LocalLog log = TestLog.open(directory)) {
            long total =
                    log.sizeInBytes(EVENTS)
                            + log.sizeInBytes(SECOND)
                            + log.sizeInBytes(new TopicPartition("a-topic", 0))
                            + log.sizeInBytes(new TopicPartition("__topics", 0));
            List<VerifyProgress> progress = new ArrayList<>();
            log.verify(progress::add);
            assertThat(progress).isSortedAccordingTo((a, b) -> Long.compare(a.bytes(), b.bytes()));
            assertThat(progress).allMatch(p -> p.totalBytes() == total);
            assertThat(progress.getLast().bytes()).isEqualTo(total);
        }
    }

    @Test
    void progressStaysWithinTheTotalWhileRecordsAreAppended() {
        try (LocalLog log = TestLog.open(directory)) {
            List<VerifyProgress> progress = new ArrayList<>();
            log.verify(
                    p -> {
                        progress.add(p);
                        TestLog.fill(log, SECOND, log.latestOffset(SECOND) + 100, 10);
                    });
            assertThat(progress).allMatch(p -> p.bytes() <= p.totalBytes());
        }
    }

    @Test
    void whatIsAppendedMeanwhileIsLeftForTheNextTime() {
        try (LocalLog log = LocalLog.inMemory()) {
            log.createTopic(TopicSpec.named("events"));
            TestLog.fill(log, EVENTS, 40_000, 1000);
            List<VerifyProgress> progress = new ArrayList<>();
            log.verify(
                    p -> {
                        progress.add(p);
                        TestLog.fill(log, EVENTS, log.latestOffset(EVENTS) + 40_000, 1000);
                    });
            assertThat(progress).hasSizeLessThan(8);
        }
    }

    @Test
    void aTopicThatIsDeletedMeanwhileIsPassedOver() {
        try (LocalLog log = TestLog.open(directory)) {
            damage(SECOND, 3);
            assertThat(
                            log.verify(
                                    p -> {
                                        if (p.partition().topic().equals("a-topic")) {
                                            log.deleteTopic("events");
                                        }
                                    }))
                    .isEmpty();
            assertThat(log.topics()).hasSize(2);
        }
    }
}
