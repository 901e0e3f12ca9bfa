package dev.millrace.log;

import static dev.millrace.log.TestLog.EVENTS;
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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(60)
class ConditionalAppendTest {
    @TempDir Path directory;

    private static LogException failureOf(CompletableFuture<?> future) {
        try {
            future.join();
        } catch (CompletionException e) {
            return (LogException) e.getCause();
        }
        throw new AssertionError("it was appended");
    }

    @ParameterizedTest
    @EnumSource(names = {"OS", "FSYNC"})
    void appendsWhereTheConditionHoldsAndReturnsWhatItSawElse(Durability durability) {
        try (LocalLog log = TestLog.open(directory)) {
            log.createTopic(TestLog.events(durability));
            RecordBatch batch = TestLog.batch(0, 3);

            assertThat(log.append(EVENTS, batch, Precondition.endsAt(0)).join().baseOffset())
                    .isZero();
            LogException refused = failureOf(log.append(EVENTS, batch, Precondition.endsAt(0)));

            assertThat(refused).isInstanceOf(PreconditionFailedException.class);
            assertThat(((PreconditionFailedException) refused).seen()).isEqualTo(3L);
            assertThat(((PreconditionFailedException) refused).partition()).isEqualTo(EVENTS);
            assertThat(refused.code()).isEqualTo(Code.PRECONDITION_FAILED);
            assertThat(refused).hasMessageContaining("events-0").hasMessageContaining("3");
            assertThat(log.latestOffset(EVENTS)).isEqualTo(3);
        }
    }

    @Test
    void conditionsOfOneGroupSeeTheAppendsBeforeThemInIt() {
        try (LocalLog log = TestLog.open(directory)) {
            log.createTopic(TestLog.events(Durability.FSYNC));
            List<CompletableFuture<AppendResult>> sent = new ArrayList<>();
            for (int i = 0; i < 2_000; i++) {
                // each holds only behind the one before it, durable or not
                sent.add(log.append(EVENTS, TestLog.batch(i, 1), Precondition.endsAt(i)));
            }
            for (int i = 0; i < sent.size(); i++) {
                assertThat(sent.get(i).join().baseOffset()).isEqualTo(i);
            }
        }
    }

    @Test
    void aRefusedAppendLeavesNoGapAndNoRoomTaken() {
        LogOptions options = TestLog.options(64 << 10, 256 << 10, 0, 2_000, 1 << 20, 4 << 10);
        try (LocalLog log = LocalLog.open(directory, options)) {
            log.createTopic(TestLog.events(Durability.FSYNC));
            for (int i = 0; i < 200; i++) {
                LogException refused =
                        failureOf(log.append(EVENTS, TestLog.batch(i, 5), nextOffset -> "never"));
                assertThat(((PreconditionFailedException) refused).seen()).isEqualTo("never");
            }
            assertThat(log.append(EVENTS, TestLog.batch(0, 1)).join().baseOffset()).isZero();
        }
    }

    @Test
    void aConditionThatThrowsFailsItsAppendAlone() {
        try (LocalLog log = TestLog.open(directory)) {
            log.createTopic(TestLog.events(Durability.FSYNC));
            Precondition broken =
                    nextOffset -> {
                        throw new IllegalStateException("no index");
                    };

            LogException refused = failureOf(log.append(EVENTS, TestLog.batch(0, 1), broken));

            assertThat(refused.code()).isEqualTo(Code.CALLBACK_FAILED);
            assertThat(refused).hasMessageContaining("no index").hasMessageContaining("events-0");
            assertThat(log.append(EVENTS, TestLog.batch(0, 1)).join().baseOffset()).isZero();
        }
    }

    @Test
    void listenersSeeEveryBatchInOrderOfOffsetsFromTheirOffsetOn() {
        try (LocalLog log = TestLog.open(directory)) {
            log.createTopic(TestLog.events(Durability.FSYNC));
            TestLog.fill(log, EVENTS, 7, 1);
            List<String> shown = new ArrayList<>();
            try (AppendListener.Registration registration =
                    log.listen(EVENTS, new Recording(shown))) {
                assertThat(registration.fromOffset()).isEqualTo(7);
                log.append(EVENTS, TestLog.batch(7, 2)).join();
                log.append(EVENTS, TestLog.numbered(9)).join();
                log.append(EVENTS, TestLog.batch(10, 3), Precondition.endsAt(10)).join();
                failureOf(log.append(EVENTS, TestLog.batch(0, 9), Precondition.endsAt(10)));
            }
            log.append(EVENTS, TestLog.numbered(13)).join();

            assertThat(shown).containsExactly("7+2", "9+1", "10+3");
        }
    }

    @Test
    void aListenerThatThrowsHasItsBatchRefusedAndTheOthersTakeItBack() {
        try (LocalLog log = TestLog.open(directory)) {
            log.createTopic(TestLog.events(Durability.FSYNC));
            List<String> shown = new ArrayList<>();
            log.listen(EVENTS, new Recording(shown));
            try (AppendListener.Registration broken =
                    log.listen(
                            EVENTS,
                            new AppendListener() {
                                @Override
                                public void appended(long baseOffset, RecordBatch batch) {
                                    throw new IllegalArgumentException("not an event");
                                }

                                @Override
                                public void takenBack(long nextOffset) {}
                            })) {
                LogException refused = failureOf(log.append(EVENTS, TestLog.batch(0, 2)));

                assertThat(refused.code()).isEqualTo(Code.CALLBACK_FAILED);
                assertThat(refused).hasMessageContaining("not an event");
                assertThat(broken.fromOffset()).isZero();
            }
            assertThat(log.append(EVENTS, TestLog.batch(0, 1)).join().baseOffset()).isZero();
            assertThat(shown).containsExactly("0+2", "back to 0", "0+1");
        }
    }

    @Test
    void aListenerCannotWaitForTheThreadThatShowsIt() {
        try (LocalLog log = TestLog.open(directory)) {
            log.createTopic(TestLog.events(Durability.FSYNC));
            Precondition listens =
                    nextOffset -> log.listen(EVENTS, new Recording(new ArrayList<>()));

            assertThatThrownBy(() -> log.append(EVENTS, TestLog.batch(0, 1), listens).join())
                    .hasMessageContaining("cannot wait for itself");
        }
    }

    /// Writes down what it is shown.
    record Recording(List<String> shown) implements AppendListener {
        @Override
        public void appended(long baseOffset, RecordBatch batch) {
            shown.add(baseOffset + "+" + batch.count());
        }

        @Override
        public void takenBack(long nextOffset) {
            shown.add("back to " + nextOffset);
        }
    }
}
