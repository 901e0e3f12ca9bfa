package dev.millrace.testkit.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.log.EventLog;
import dev.millrace.log.LogException;
import dev.millrace.log.LogException.Code;
import dev.millrace.log.LogRecord;
import dev.millrace.log.RecordBatch;
import dev.millrace.log.RunningView;
import dev.millrace.log.StoredView;
import dev.millrace.log.TopicPartition;
import dev.millrace.log.TopicSpec;
import dev.millrace.log.ViewOptions;
import dev.millrace.log.ViewOptions.OnFailure;
import dev.millrace.log.ViewStatus;
import dev.millrace.log.Views;
import dev.millrace.testkit.views.RecordingView;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What the views over every engine do alike.
@Timeout(60)
public abstract class ViewConformance {
    protected static final Duration SOON = Duration.ofSeconds(30);
    private static final TopicPartition P0 = new TopicPartition("orders", 0);
    private static final TopicPartition P1 = new TopicPartition("orders", 1);

    private EventLog log;
    private Views views;

    /// An empty log.
    protected abstract EventLog openLog() throws Exception;

    /// Its views.
    protected abstract Views viewsOf(EventLog log) throws Exception;

    @BeforeEach
    void open() throws Exception {
        log = openLog();
        views = viewsOf(log);
        log.createTopic(TopicSpec.named("orders").partitions(2));
    }

    @AfterEach
    void close() {
        views.close();
        log.close();
    }

    private void append(TopicPartition partition, int records) {
        RecordBatch.Builder batch = RecordBatch.builder();
        for (int i = 0; i < records; i++) {
            byte[] value =
                    ("value " + log.latestOffset(partition) + "+" + i)
                            .getBytes(StandardCharsets.UTF_8);
            batch.add(1_000 + i, i % 3 == 0 ? null : value, i % 5 == 0 ? null : value);
        }
        log.append(partition, batch.build()).join();
    }

    private static RecordingView view() {
        return new RecordingView("recording", "1", "orders");
    }

    private void requireWhole(RecordingView view) {
        for (TopicPartition partition : List.of(P0, P1)) {
            assertThat(view.recorded(partition))
                    .as(partition.toString())
                    .isEqualTo(RecordingView.expected(log, partition));
        }
    }

    @Test
    void foldsWhatIsThereAndWhatComes() {
        append(P0, 100);
        append(P1, 3);
        try (RunningView<RecordingView> running = views.run(view())) {
            assertThat(running.awaitPresent(SOON)).isTrue();
            requireWhole(running.current());

            for (int i = 0; i < 50; i++) {
                append(P0, 7);
                assertThat(running.awaitOffset(P0, log.latestOffset(P0) - 1, SOON)).isTrue();
                requireWhole(running.current());
            }
            ViewStatus status = running.status();
            assertThat(status.lag()).isZero();
            assertThat(status.stopped()).isFalse();
            assertThat(status.sources())
                    .extracting(ViewStatus.Source::nextOffset)
                    .containsExactly(450L, 3L);
            assertThat(status.sources())
                    .allSatisfy(source -> assertThat(source.progress()).isEqualTo(1));
        }
    }

    @Test
    void waitsForARecordThatIsStillToCome() throws Exception {
        try (RunningView<RecordingView> running = views.run(view())) {
            CompletableFuture<Boolean> waiting =
                    CompletableFuture.supplyAsync(() -> running.awaitOffset(P1, 4, SOON));
            append(P1, 5);
            assertThat(waiting.get(30, TimeUnit.SECONDS)).isTrue();
            requireWhole(running.current());
            assertThat(running.awaitOffset(P1, 5, Duration.ofMillis(1))).isFalse();
        }
    }

    @Test
    void goesOnWhereItWasClosed() {
        append(P0, 100);
        append(P1, 20);
        try (RunningView<RecordingView> running = views.run(view())) {
            running.awaitPresent(SOON);
        }
        append(P0, 11);
        try (RunningView<RecordingView> running = views.run(view())) {
            running.awaitPresent(SOON);
            requireWhole(running.current());
            assertThat(running.current().foldedHere()).isEqualTo(11);
            assertThat(running.status().replayReason()).isNull();
        }
    }

    @Test
    void goesOnFromItsLastCheckpoint() {
        append(P0, 100);
        RunningView<RecordingView> running = views.run(view());
        running.awaitPresent(SOON);
        running.checkpoint();
        assertThat(running.status().generation()).isEqualTo(1);
        running.checkpoint();
        assertThat(running.status().generation()).as("nothing has changed").isEqualTo(1);
        append(P1, 5);
        running.awaitPresent(SOON);
        running.checkpoint();
        assertThat(running.status().generation()).isEqualTo(2);
        running.close();

        try (RunningView<RecordingView> again = views.run(view())) {
            again.awaitPresent(SOON);
            requireWhole(again.current());
            assertThat(again.current().foldedHere()).isZero();
        }
    }

    @Test
    void savesACheckpointWheneverOneOfTheBoundsIsReached() throws Exception {
        ViewOptions never =
                ViewOptions.defaults()
                        .checkpointInterval(Duration.ofDays(1))
                        .checkpointRecords(Long.MAX_VALUE)
                        .checkpointBytes(Long.MAX_VALUE);
        List<ViewOptions> bounds =
                List.of(
                        never.checkpointRecords(10),
                        never.checkpointBytes(100),
                        never.checkpointInterval(Duration.ofMillis(1)));
        for (int i = 0; i < bounds.size(); i++) {
            append(P0, 20);
            RecordingView view = new RecordingView("bound-" + i, "1", "orders").with(bounds.get(i));
            try (RunningView<RecordingView> running = views.run(view)) {
                running.awaitPresent(SOON);
                while (running.status().generation() == 0) {
                    Thread.sleep(5);
                }
            }
        }
    }

    @Test
    void replaysWhenItsCheckpointWasDeleted() {
        append(P0, 100);
        try (RunningView<RecordingView> running = views.run(view())) {
            running.awaitPresent(SOON);
            assertThatThrownBy(() -> views.delete("recording")).hasMessageContaining("being run");
        }
        views.delete("recording");
        assertThat(views.stored()).isEmpty();
        try (RunningView<RecordingView> running = views.run(view())) {
            running.awaitPresent(SOON);
            requireWhole(running.current());
            assertThat(running.current().foldedHere()).isEqualTo(100);
        }
    }

    @Test
    void tellsWhatIsStored() {
        append(P0, 100);
        try (RunningView<RecordingView> running = views.run(view())) {
            running.awaitPresent(SOON);
        }
        StoredView stored = views.stored().getFirst();
        assertThat(stored.name()).isEqualTo("recording");
        assertThat(stored.codeVersion()).isEqualTo("1");
        assertThat(stored.generation()).isEqualTo(1);
        assertThat(stored.bytes()).isEqualTo(100 * 8 + 12);
        assertThat(stored.sources()).containsExactly(new StoredView.Position(P0, 100));
        assertThat(stored.problem()).isNull();
        assertThat(stored.running()).isFalse();
    }

    // ---- poison

    @Test
    void stopsAtPoisonWithItsPlaceWhileOthersGoOn() {
        append(P0, 100);
        append(P1, 10);
        RecordingView poisoned = view().poisonedBy(record -> record.offset() == 42);
        try (RunningView<RecordingView> running = views.run(poisoned)) {
            assertThatThrownBy(() -> running.awaitPresent(SOON))
                    .isInstanceOfSatisfying(
                            LogException.class,
                            e -> assertThat(e.code()).isEqualTo(Code.VIEW_STOPPED))
                    .hasMessageContaining("offset 42 of orders-0");
            assertThat(running.awaitOffset(P0, 41, SOON)).isTrue();
            append(P1, 10);
            assertThat(running.awaitOffset(P1, 19, SOON)).isTrue();
            assertThat(running.status().stopped()).isTrue();
            assertThat(running.status().sources().getFirst().failure())
                    .isEqualTo(
                            new ViewStatus.Failure(
                                    42, "java.lang.IllegalArgumentException: poison at 42"));
            assertThat(running.status().sources().getLast().failure()).isNull();
            assertThat(poisoned.recorded(P0)).hasSize(42);
        }
        try (RunningView<RecordingView> running = views.run(view())) {
            assertThat(running.awaitPresent(SOON)).as("mended, it is tried again").isTrue();
            requireWhole(running.current());
            assertThat(running.current().foldedHere())
                    .as("the state of a fold that threw is not saved")
                    .isEqualTo(100);
        }
    }

    @Test
    void parksPoisonWhereToldToAndRemembersIt() {
        append(P0, 100);
        ViewOptions parking = ViewOptions.defaults().onPoison(OnFailure.PARK).maxParked(4);
        try (RunningView<RecordingView> running =
                views.run(view().with(parking).poisonedBy(record -> record.offset() % 50 == 7))) {
            running.awaitPresent(SOON);
            assertThat(running.status().parked())
                    .extracting(parked -> parked.fromOffset())
                    .containsExactly(7L, 57L);
            assertThat(running.current().recorded(P0))
                    .isEqualTo(RecordingView.expected(log, P0, 0, r -> r.offset() % 50 == 7));
        }
        append(P0, 100);
        try (RunningView<RecordingView> running =
                views.run(view().with(parking).poisonedBy(record -> record.offset() > 189))) {
            assertThatThrownBy(() -> running.awaitPresent(SOON)).hasMessageContaining("192");
            assertThat(running.status().parked())
                    .as("two kept in the checkpoint, and two more")
                    .extracting(parked -> parked.fromOffset())
                    .containsExactly(7L, 57L, 190L, 191L);
            assertThat(running.status().parked().getFirst().error())
                    .isEqualTo("java.lang.IllegalArgumentException: poison at 7");
        }
    }

    // ---- versions

    @Test
    void replaysAnotherCodeVersionAndKeepsTheOldCheckpointMeanwhile() {
        append(P0, 100);
        try (RunningView<RecordingView> running = views.run(view())) {
            running.awaitPresent(SOON);
        }
        RecordingView stuck =
                new RecordingView("recording", "2", "orders")
                        .poisonedBy(record -> record.offset() == 50);
        try (RunningView<RecordingView> running = views.run(stuck)) {
            assertThat(running.status().replayReason()).contains("code version '1'");
            assertThatThrownBy(() -> running.awaitPresent(SOON));
        }
        try (RunningView<RecordingView> back = views.run(view())) {
            back.awaitPresent(SOON);
            assertThat(back.current().foldedHere()).as("rolled back").isZero();
        }
        RecordingView second = new RecordingView("recording", "2", "orders");
        try (RunningView<RecordingView> running = views.run(second)) {
            running.awaitPresent(SOON);
            requireWhole(second);
        }
        try (RunningView<RecordingView> running =
                views.run(new RecordingView("recording", "2", "orders"))) {
            running.awaitPresent(SOON);
            assertThat(running.current().foldedHere()).isZero();
        }
    }

    @Test
    void replacesAVersionWhileItServes() throws Exception {
        append(P0, 1000);
        append(P1, 1000);
        CountDownLatch mayFold = new CountDownLatch(1);
        RecordingView first = view();
        RecordingView second =
                new RecordingView("recording", "2", "orders")
                        .poisonedBy(
                                record -> {
                                    await(mayFold);
                                    return false;
                                });
        try (RunningView<RecordingView> running = views.run(first)) {
            running.awaitPresent(SOON);
            CompletableFuture<Void> swapped = running.replace(second);
            assertThatThrownBy(() -> running.replace(second))
                    .hasMessageContaining("one replacement at a time");
            append(P0, 5);
            assertThat(running.awaitPresent(SOON)).as("the old one serves").isTrue();
            assertThat(running.current()).isSameAs(first);
            ViewStatus replacement = Objects.requireNonNull(running.status().replacement());
            assertThat(replacement.codeVersion()).isEqualTo("2");
            assertThat(swapped).isNotDone();

            mayFold.countDown();
            swapped.get(30, TimeUnit.SECONDS);
            assertThat(running.current()).isSameAs(second);
            assertThat(running.status().replacement()).isNull();
            assertThat(first.closedFolds()).isEqualTo(2);
            append(P1, 5);
            assertThat(running.awaitPresent(SOON)).isTrue();
            requireWhole(second);
        }
        try (RunningView<RecordingView> running =
                views.run(new RecordingView("recording", "2", "orders"))) {
            running.awaitPresent(SOON);
            requireWhole(running.current());
            assertThat(running.current().foldedHere()).isZero();
        }
    }

    @Test
    void swapsUnderAppendsWithoutEverGoingBack() throws Exception {
        append(P0, 10);
        CompletableFuture<?> appending;
        try (RunningView<RecordingView> running = views.run(view())) {
            CountDownLatch enough = new CountDownLatch(1);
            appending =
                    CompletableFuture.runAsync(
                            () -> {
                                while (enough.getCount() > 0) {
                                    append(P0, 20);
                                }
                            });
            CompletableFuture<Void> swapped =
                    running.replace(new RecordingView("recording", "2", "orders"));
            int before = 0;
            while (!swapped.isDone()) {
                int now = running.current().recorded(P0).length;
                assertThat(now).isGreaterThanOrEqualTo(before);
                before = now;
            }
            assertThat(running.current().recorded(P0).length).isGreaterThanOrEqualTo(before);
            enough.countDown();
            appending.get(30, TimeUnit.SECONDS);
            running.awaitPresent(SOON);
            requireWhole(running.current());
            assertThat(running.current().codeVersion()).isEqualTo("2");
        }
    }

    @Test
    void keepsTheOldVersionWhereTheNewOneStops() {
        append(P0, 100);
        try (RunningView<RecordingView> running = views.run(view())) {
            CompletableFuture<Void> swapped =
                    running.replace(
                            new RecordingView("recording", "2", "orders")
                                    .poisonedBy(record -> record.offset() == 3));
            assertThatThrownBy(() -> swapped.get(30, TimeUnit.SECONDS))
                    .hasMessageContaining("offset 3 of orders-0");
            append(P0, 100);
            assertThat(running.awaitPresent(SOON)).isTrue();
            assertThat(running.current().codeVersion()).isEqualTo("1");
            requireWhole(running.current());
        }
        try (RunningView<RecordingView> running = views.run(view())) {
            running.awaitPresent(SOON);
            assertThat(running.current().foldedHere()).isZero();
        }
    }

    // ---- threads and ends

    @Test
    void foldsPartitionsSideBySide() {
        append(P0, 1);
        append(P1, 1);
        CyclicBarrier both = new CyclicBarrier(2);
        RecordingView view =
                view().with(ViewOptions.defaults().threads(2))
                        .poisonedBy(
                                _ -> {
                                    try {
                                        both.await(30, TimeUnit.SECONDS);
                                    } catch (Exception e) {
                                        throw new AssertionError("the other one did not come", e);
                                    }
                                    return false;
                                });
        try (RunningView<RecordingView> running = views.run(view)) {
            assertThat(running.awaitPresent(SOON)).isTrue();
        }
    }

    @Test
    void refusesWhatIsNoView() {
        append(P0, 1);
        assertThatThrownBy(() -> views.run(new RecordingView("a/b", "1", "orders")))
                .hasMessageContaining("'a/b' is no name for a view");
        assertThatThrownBy(() -> views.run(new RecordingView("a", "", "orders")))
                .hasMessageContaining("code version");
        assertThatThrownBy(() -> views.run(new RecordingView("a", "1")))
                .hasMessageContaining("at least one");
        assertThatThrownBy(() -> views.run(new RecordingView("a", "1", "nothing")))
                .isInstanceOfSatisfying(
                        LogException.class,
                        e -> assertThat(e.code()).isEqualTo(Code.UNKNOWN_TOPIC));
        assertThatThrownBy(() -> views.delete("a"))
                .isInstanceOfSatisfying(
                        LogException.class, e -> assertThat(e.code()).isEqualTo(Code.UNKNOWN_VIEW));
        try (RunningView<RecordingView> running = views.run(view())) {
            assertThatThrownBy(() -> views.run(view())).hasMessageContaining("is being run");
            assertThatThrownBy(() -> running.awaitOffset(new TopicPartition("orders", 2), 0, SOON))
                    .hasMessageContaining("no source of view 'recording'");
        }
    }

    @Test
    void saysThatItIsClosedAndWakesWhoWaits() throws Exception {
        RunningView<RecordingView> running = views.run(view());
        append(P0, 1);
        running.awaitPresent(SOON);
        running.close();
        running.close();
        assertThat(running.current().closedFolds()).isEqualTo(2);
        assertThatThrownBy(() -> running.awaitOffset(P0, 0, SOON))
                .isInstanceOfSatisfying(
                        LogException.class, e -> assertThat(e.code()).isEqualTo(Code.CLOSED));
        assertThatThrownBy(running::checkpoint).hasMessageContaining("closed");
    }

    @Test
    void stopsWhereItsTopicIsDeletedAndCreatedAgain() throws Exception {
        append(P0, 10);
        try (RunningView<RecordingView> running = views.run(view())) {
            running.awaitPresent(SOON);
            log.deleteTopic("orders");
            log.createTopic(TopicSpec.named("orders").partitions(2));
            while (running.status().sources().stream().anyMatch(s -> s.failure() == null)) {
                Thread.sleep(5);
            }
            append(P0, 20);
            assertThat(running.current().recorded(P0)).hasSize(10);
        }
        try (RunningView<RecordingView> running = views.run(view())) {
            assertThat(running.status().replayReason()).contains("created again");
            assertThat(running.awaitPresent(SOON)).isTrue();
            requireWhole(running.current());
        }
    }

    @Test
    void replaysWhatTheViewItselfCannotLoad() {
        append(P0, 10);
        try (RunningView<RecordingView> running = views.run(view())) {
            running.awaitPresent(SOON);
        }
        try (RunningView<RecordingView> running = views.run(view().refusingToLoad())) {
            assertThat(running.status().replayReason()).contains("not understood");
            running.awaitPresent(SOON);
            requireWhole(running.current());
        }
    }

    @Test
    void foldsATopicWithoutRecordsAndASingleOne() {
        try (RunningView<RecordingView> running = views.run(view())) {
            assertThat(running.awaitPresent(SOON)).isTrue();
            assertThat(running.awaitOffset(P0, 0, Duration.ofMillis(1))).isFalse();
            log.append(P0, LogRecord.of("k", "v")).join();
            assertThat(running.awaitPresent(SOON)).isTrue();
            assertThat(Arrays.stream(running.current().recorded(P0)).count()).isEqualTo(1);
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            if (!latch.await(20, TimeUnit.SECONDS)) {
                throw new IllegalStateException("nobody let it go on");
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
