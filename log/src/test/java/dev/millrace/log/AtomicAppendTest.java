package dev.millrace.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.log.LogException.Code;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class AtomicAppendTest {
    private static final TopicPartition A0 = new TopicPartition("a", 0);
    private static final TopicPartition A1 = new TopicPartition("a", 1);
    private static final TopicPartition B0 = new TopicPartition("b", 0);

    @TempDir Path directory;

    private LocalLog open() {
        LocalLog log = TestLog.open(directory);
        if (log.topics().size() == 1) {
            log.createTopic(TopicSpec.named("a").partitions(2).config("segment.bytes", "4096"));
            log.createTopic(TopicSpec.named("b").config("segment.bytes", "4096"));
        }
        return log;
    }

    @Test
    void allPartsGetTheirOffsetsInTheOrderGiven() {
        try (LocalLog log = open()) {
            log.append(A1, TestLog.numbered(0)).join();

            List<AppendResult> results =
                    log.appendAtomically(
                                    List.of(
                                            new PartitionAppend(B0, TestLog.batch(1, 2)),
                                            new PartitionAppend(A1, TestLog.batch(3, 3)),
                                            new PartitionAppend(B0, TestLog.batch(6, 1))))
                            .join();

            assertThat(results)
                    .containsExactly(
                            new AppendResult(B0, 0, 2, Durability.FSYNC),
                            new AppendResult(A1, 1, 3, Durability.FSYNC),
                            new AppendResult(B0, 2, 1, Durability.FSYNC));
        }
        try (LocalLog log = open()) {
            assertThat(log.latestOffset(B0)).isEqualTo(3);
            assertThat(log.latestOffset(A1)).isEqualTo(4);
            assertThat(log.verify(progress -> {})).isEmpty();
        }
    }

    @Test
    void oneConditionThatDoesNotHoldRefusesAll() {
        try (LocalLog log = open()) {
            List<String> shown = new ArrayList<>();
            log.listen(A0, new ConditionalAppendTest.Recording(shown));

            CompletableFuture<List<AppendResult>> refused =
                    log.appendAtomically(
                            List.of(
                                    new PartitionAppend(
                                            A0, TestLog.batch(0, 2), Precondition.endsAt(0)),
                                    new PartitionAppend(
                                            B0, TestLog.batch(2, 2), Precondition.endsAt(5))));

            assertThatThrownBy(refused::join)
                    .isInstanceOf(CompletionException.class)
                    .cause()
                    .isInstanceOfSatisfying(
                            PreconditionFailedException.class,
                            e -> {
                                assertThat(e.partition()).isEqualTo(B0);
                                assertThat(e.seen()).isEqualTo(0L);
                            });
            assertThat(log.latestOffset(A0)).isZero();
            assertThat(log.latestOffset(B0)).isZero();
            assertThat(shown).isEmpty();
        }
    }

    @Test
    void aListenerThatThrowsTakesBackWhatTheOthersWereShown() {
        try (LocalLog log = open()) {
            List<String> shown = new ArrayList<>();
            log.listen(A0, new ConditionalAppendTest.Recording(shown));
            log.listen(
                    B0,
                    new AppendListener() {
                        @Override
                        public void appended(long baseOffset, RecordBatch batch) {
                            throw new IllegalStateException("no");
                        }

                        @Override
                        public void takenBack(long nextOffset) {}
                    });

            CompletableFuture<List<AppendResult>> refused =
                    log.appendAtomically(
                            List.of(
                                    new PartitionAppend(A0, TestLog.batch(0, 2)),
                                    new PartitionAppend(A0, TestLog.batch(2, 1)),
                                    new PartitionAppend(B0, TestLog.batch(3, 2))));

            assertThatThrownBy(refused::join).hasMessageContaining("threw");
            assertThat(shown).containsExactly("0+2", "2+1", "back to 2", "back to 0");
            assertThat(log.append(A0, TestLog.numbered(0)).join().baseOffset()).isZero();
        }
    }

    @Test
    void manyAtOnceMixedWithOthersAllComeWhole() {
        int rounds = 3_000;
        try (LocalLog log = open()) {
            List<CompletableFuture<?>> sent = new ArrayList<>();
            for (int i = 0; i < rounds; i++) {
                if (i % 3 == 0) {
                    sent.add(log.append(i % 2 == 0 ? A0 : B0, TestLog.batch(i, 40)));
                } else {
                    sent.add(
                            log.appendAtomically(
                                    List.of(
                                            new PartitionAppend(A0, TestLog.batch(i, 1)),
                                            new PartitionAppend(A1, TestLog.batch(i, 20)),
                                            new PartitionAppend(B0, TestLog.batch(i, 1)))));
                }
            }
            sent.forEach(CompletableFuture::join);
            assertThat(log.latestOffset(A1)).isEqualTo(rounds * 2L / 3 * 20);
        }
        try (LocalLog log = open()) {
            assertThat(log.latestOffset(A1)).isEqualTo(rounds * 2L / 3 * 20);
            assertThat(log.verify(progress -> {})).isEmpty();
        }
    }

    @Test
    void nothingToAppendIsDoneAtOnce() {
        try (LocalLog log = open()) {
            assertThat(log.appendAtomically(List.of())).isCompletedWithValue(List.of());
        }
    }

    @Test
    void osTopicsAreRefusedWithWhatToDo() {
        try (LocalLog log = open()) {
            log.createTopic(TopicSpec.named("c").durability(Durability.OS));
            TopicPartition c = new TopicPartition("c", 0);

            assertRefused(log, List.of(A0, c), Code.NOT_SUPPORTED, "durability=fsync");
        }
    }

    @Test
    void anUnknownTopicRefusesAll() {
        try (LocalLog log = open()) {
            TopicPartition none = new TopicPartition("none", 0);

            assertRefused(log, List.of(A0, none), Code.UNKNOWN_TOPIC, "'none'");
        }
    }

    @Test
    void moreThanCanBeAppendedAtOnceIsRefusedWithTheLimit() {
        try (LocalLog log = LocalLog.open(directory)) {
            log.createTopic(TopicSpec.named("a"));
            RecordBatch large = RecordBatch.of(LogRecord.of(new byte[0], new byte[1_000_000]));
            List<PartitionAppend> parts = new ArrayList<>();
            for (int i = 0; i < 34; i++) {
                parts.add(new PartitionAppend(A0, large));
            }

            assertThatThrownBy(() -> log.appendAtomically(parts).join())
                    .cause()
                    .hasMessageContaining("33554432")
                    .extracting(e -> ((LogException) e).code())
                    .isEqualTo(Code.RECORD_TOO_LARGE);
            assertThat(log.appendAtomically(parts.subList(0, 33)).join()).hasSize(33);
        }
    }

    @Test
    void worksInMemory() {
        try (LocalLog log = LocalLog.inMemory()) {
            log.createTopic(TopicSpec.named("a").partitions(2));

            List<AppendResult> results =
                    log.appendAtomically(
                                    List.of(
                                            new PartitionAppend(A0, TestLog.batch(0, 2)),
                                            new PartitionAppend(A1, TestLog.batch(2, 2))))
                            .join();

            assertThat(results)
                    .extracting(AppendResult::durability)
                    .containsOnly(Durability.MEMORY);
        }
    }

    private static void assertRefused(
            LocalLog log, List<TopicPartition> partitions, Code code, String says) {
        List<PartitionAppend> parts =
                partitions.stream()
                        .map(partition -> new PartitionAppend(partition, TestLog.batch(0, 1)))
                        .toList();
        assertThatThrownBy(() -> log.appendAtomically(parts).join())
                .cause()
                .hasMessageContaining(says)
                .extracting(e -> ((LogException) e).code())
                .isEqualTo(code);
        assertThat(log.latestOffset(A0)).isZero();
    }
}
