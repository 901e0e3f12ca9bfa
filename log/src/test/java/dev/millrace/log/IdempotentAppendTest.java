package dev.millrace.log;

import static dev.millrace.log.TestLog.EVENTS;
import static dev.millrace.log.TestLog.numbered;
import static dev.millrace.log.TestLog.numberedTexts;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.log.LogException.Code;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Batches that name a producer are appended once, however often they are sent.
class IdempotentAppendTest {
    private static final TopicPartition OTHER = new TopicPartition("events", 1);

    @TempDir Path root;
    private Path directory;

    @org.junit.jupiter.api.BeforeEach
    void place() {
        directory = root.resolve("log");
    }

    /// Records numbered from `first` on, which is their sequence too.
    private static RecordBatch batch(ProducerId producer, int first, int count) {
        return batch(producer, first, first, count);
    }

    private static RecordBatch batch(ProducerId producer, int sequence, long first, int count) {
        RecordBatch.Builder builder = RecordBatch.builder();
        builder.producer(producer.id(), producer.epoch(), sequence);
        for (int i = 0; i < count; i++) {
            builder.add(numbered(first + i));
        }
        return builder.build();
    }

    private static @Nullable Code refusal(CompletableFuture<AppendResult> append) {
        try {
            append.join();
            return null;
        } catch (CompletionException e) {
            return ((LogException) e.getCause()).code();
        }
    }

    private LocalLog create(Durability durability) {
        LocalLog log = TestLog.open(directory);
        log.createTopic(TestLog.events(durability).partitions(2));
        return log;
    }

    @ParameterizedTest
    @EnumSource(
            value = Durability.class,
            names = {"OS", "FSYNC"})
    void aBatchSentAgainIsAnsweredWithItsPlace(Durability durability) {
        try (LocalLog log = create(durability)) {
            ProducerId producer = log.newProducer();
            RecordBatch first = batch(producer, 0, 3);
            CompletableFuture<AppendResult> sent = log.append(EVENTS, first);
            CompletableFuture<AppendResult> again = log.append(EVENTS, first);
            assertThat(again.join()).isEqualTo(sent.join());
            for (int i = 0; i < 4; i++) {
                log.append(EVENTS, batch(producer, 3 + i, 1)).join();
            }
            assertThat(log.append(EVENTS, first).join()).isEqualTo(sent.join());
            assertThat(TestLog.read(log, EVENTS)).isEqualTo(numberedTexts(0, 7));
            assertThat(log.append(OTHER, first).join().baseOffset()).isZero();
        }
    }

    @Test
    void theSixthLastIsNotKnownAnyMore() {
        try (LocalLog log = create(Durability.OS)) {
            ProducerId producer = log.newProducer();
            for (int i = 0; i < 6; i++) {
                log.append(EVENTS, batch(producer, i, 1)).join();
            }
            assertThat(refusal(log.append(EVENTS, batch(producer, 0, 1))))
                    .isEqualTo(Code.OUT_OF_ORDER_SEQUENCE);
            assertThat(log.append(EVENTS, batch(producer, 1, 1)).join().baseOffset()).isEqualTo(1);
            assertThat(log.latestOffset(EVENTS)).isEqualTo(6);
        }
    }

    @Test
    void aGapAndAnOverlapAreRefused() {
        try (LocalLog log = create(Durability.FSYNC)) {
            ProducerId producer = log.newProducer();
            log.append(EVENTS, batch(producer, 0, 3)).join();
            for (RecordBatch wrong :
                    List.of(
                            batch(producer, 4, 1),
                            batch(producer, 2, 2),
                            batch(producer, 0, 2),
                            batch(producer, 1, 2))) {
                assertThat(refusal(log.append(EVENTS, wrong)))
                        .isEqualTo(Code.OUT_OF_ORDER_SEQUENCE);
            }
            assertThat(log.append(EVENTS, batch(producer, 3, 1)).join().baseOffset()).isEqualTo(3);
        }
    }

    @Test
    void aHigherEpochFencesTheOneBefore() {
        try (LocalLog log = create(Durability.FSYNC)) {
            ProducerId old = log.newProducer();
            ProducerId now = old.nextEpoch();
            log.append(EVENTS, batch(old, 0, 2)).join();
            assertThat(refusal(log.append(EVENTS, batch(now, 2, 1))))
                    .isEqualTo(Code.OUT_OF_ORDER_SEQUENCE);
            assertThat(log.append(EVENTS, batch(now, 0, 2, 1)).join().baseOffset()).isEqualTo(2);
            assertThat(refusal(log.append(EVENTS, batch(old, 2, 1))))
                    .isEqualTo(Code.PRODUCER_FENCED);
            assertThat(refusal(log.append(EVENTS, batch(old, 0, 2))))
                    .isEqualTo(Code.PRODUCER_FENCED);
            assertThat(log.append(EVENTS, batch(now, 1, 3, 1)).join().baseOffset()).isEqualTo(3);
        }
    }

    @Test
    void aProducerThatIsNotKnownMayBeginAnywhereAndSequencesBeginAgain() {
        try (LocalLog log = create(Durability.OS)) {
            ProducerId producer = new ProducerId(77, 3);
            log.append(EVENTS, batch(producer, Integer.MAX_VALUE - 1, 0, 4)).join();
            RecordBatch behind = batch(producer, 2, 4, 1);
            assertThat(log.append(EVENTS, behind).join().baseOffset()).isEqualTo(4);
            assertThat(log.append(EVENTS, behind).join().baseOffset()).isEqualTo(4);
        }
    }

    @Test
    void manyMayBeOnTheirWayAtOnce() {
        try (LocalLog log = create(Durability.FSYNC)) {
            ProducerId producer = log.newProducer();
            List<RecordBatch> batches = new ArrayList<>();
            List<CompletableFuture<AppendResult>> sent = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                batches.add(batch(producer, i, 1));
                sent.add(log.append(EVENTS, batches.getLast()));
                sent.add(log.append(EVENTS, batches.getLast()));
            }
            for (int i = 0; i < sent.size(); i++) {
                assertThat(sent.get(i).join().baseOffset()).isEqualTo(i / 2);
            }
            assertThat(TestLog.read(log, EVENTS)).isEqualTo(numberedTexts(0, 200));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"closed", "killed", "snapshots missing", "snapshots damaged"})
    void whatWasAppendedIsKnownAfterARestart(String how) throws IOException {
        ProducerId producer;
        try (LocalLog log = create(Durability.OS)) {
            producer = log.newProducer();
            for (int i = 0; i < 300; i++) {
                log.append(EVENTS, batch(producer, i, 1)).join();
            }
            if (how.equals("killed")) {
                directory = LogFiles.killed(directory, root.resolve("killed"));
            }
        }
        for (Path snapshot : LogFiles.files(directory, EVENTS, ".snapshot")) {
            if (how.equals("snapshots missing")) {
                Files.delete(snapshot);
            } else if (how.equals("snapshots damaged")) {
                byte[] bytes = Files.readAllBytes(snapshot);
                bytes[bytes.length - 1] ^= 1;
                Files.write(snapshot, bytes);
            }
        }
        try (LocalLog log = TestLog.open(directory)) {
            for (int i = 295; i < 300; i++) {
                assertThat(log.append(EVENTS, batch(producer, i, 1)).join().baseOffset())
                        .isEqualTo(i);
            }
            assertThat(refusal(log.append(EVENTS, batch(producer, 294, 1))))
                    .isEqualTo(Code.OUT_OF_ORDER_SEQUENCE);
            assertThat(log.latestOffset(EVENTS)).isEqualTo(300);
            assertThat(log.append(EVENTS, batch(producer, 300, 1)).join().baseOffset())
                    .isEqualTo(300);
            assertThat(log.producers(EVENTS))
                    .singleElement()
                    .satisfies(
                            known -> {
                                assertThat(known.producer()).isEqualTo(producer);
                                assertThat(known.lastSequence()).isEqualTo(300);
                                assertThat(known.lastOffset()).isEqualTo(300);
                            });
        }
    }

    @Test
    void snapshotsAreFewAndGoWithTheirTopic() throws IOException {
        try (LocalLog log = create(Durability.OS)) {
            ProducerId producer = log.newProducer();
            for (int i = 0; i < 300; i++) {
                log.append(EVENTS, batch(producer, i, 1)).join();
            }
            assertThat(LogFiles.files(directory, EVENTS, ".log")).hasSizeGreaterThan(4);
            assertThat(LogFiles.files(directory, EVENTS, ".snapshot")).hasSize(2);
        }
    }

    @Test
    void producersAreNeverGivenTwice() {
        Set<ProducerId> given = new HashSet<>();
        for (int restart = 0; restart < 3; restart++) {
            try (LocalLog log = TestLog.open(directory)) {
                for (int i = 0; i < 10; i++) {
                    assertThat(given.add(log.newProducer())).isTrue();
                }
                assertThat(refusal(log.append("__producers", numbered(1))))
                        .isEqualTo(Code.INVALID_TOPIC);
            }
        }
    }

    @Test
    void aRepetitionIsAnsweredWhateverItsConditionsSayByNow() {
        try (LocalLog log = create(Durability.FSYNC)) {
            ProducerId producer = log.newProducer();
            Precondition empty = Precondition.endsAt(0);
            List<PartitionAppend> parts =
                    List.of(
                            new PartitionAppend(EVENTS, batch(producer, 0, 2), empty),
                            new PartitionAppend(OTHER, batch(producer, 0, 3), empty));
            List<AppendResult> first = log.appendAtomically(parts).join();
            assertThat(log.appendAtomically(parts).join()).isEqualTo(first);
            assertThat(log.append(EVENTS, batch(producer, 0, 2), empty).join())
                    .isEqualTo(first.getFirst());
        }
    }

    @Test
    void anAtomicAppendIsThereOnceToo() {
        try (LocalLog log = create(Durability.FSYNC)) {
            ProducerId producer = log.newProducer();
            List<PartitionAppend> parts =
                    List.of(
                            new PartitionAppend(EVENTS, batch(producer, 0, 2)),
                            new PartitionAppend(OTHER, batch(producer, 0, 3)),
                            new PartitionAppend(EVENTS, batch(producer, 2, 1)));
            List<AppendResult> first = log.appendAtomically(parts).join();
            assertThat(log.appendAtomically(parts).join()).isEqualTo(first);
            assertThat(log.latestOffset(EVENTS)).isEqualTo(3);
            CompletableFuture<List<AppendResult>> mixed =
                    log.appendAtomically(
                            List.of(
                                    parts.get(1),
                                    new PartitionAppend(EVENTS, batch(producer, 3, 1))));
            assertThat(mixed)
                    .failsWithin(java.time.Duration.ofMinutes(1))
                    .withThrowableThat()
                    .withMessageContaining("some were appended before");
            assertThat(log.append(EVENTS, batch(producer, 3, 1)).join().baseOffset()).isEqualTo(3);
        }
    }
}
