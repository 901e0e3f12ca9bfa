package dev.millrace.testkit.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.log.AppendListener;
import dev.millrace.log.AppendResult;
import dev.millrace.log.Capability;
import dev.millrace.log.Cursor;
import dev.millrace.log.EventLog;
import dev.millrace.log.LogException;
import dev.millrace.log.LogException.Code;
import dev.millrace.log.LogRecord;
import dev.millrace.log.PartitionAppend;
import dev.millrace.log.Precondition;
import dev.millrace.log.PreconditionFailedException;
import dev.millrace.log.RecordBatch;
import dev.millrace.log.TopicPartition;
import dev.millrace.log.TopicSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.Assumptions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// The contract of conditional and atomic appends, for engines that have the [Capability]; one that
/// has not must say so.
@Timeout(value = 5, unit = TimeUnit.MINUTES)
public abstract class AdmissionConformance {
    private static final TopicPartition ORDERS = new TopicPartition("orders", 0);
    private static final TopicPartition PAYMENTS = new TopicPartition("payments", 1);

    @SuppressWarnings("NullAway.Init") // JUnit calls open before any test
    private EventLog log;

    /// Opens an engine that holds no topics but internal ones. Closed after the test.
    protected abstract EventLog openEmpty() throws Exception;

    @BeforeEach
    final void open() throws Exception {
        log = openEmpty();
        log.createTopic(TopicSpec.named("orders"));
        log.createTopic(TopicSpec.named("payments").partitions(2));
    }

    @AfterEach
    final void close() {
        log.close();
    }

    private void require(Capability capability) {
        Assumptions.assumeThat(log.capabilities()).contains(capability);
    }

    private static RecordBatch batch(int count) {
        RecordBatch.Builder builder = RecordBatch.builder();
        for (int i = 0; i < count; i++) {
            builder.add(LogRecord.of("key", "value " + i));
        }
        return builder.build();
    }

    private static Throwable failure(CompletableFuture<?> future) {
        try {
            future.join();
        } catch (CompletionException e) {
            return Objects.requireNonNull(e.getCause());
        }
        throw new AssertionError("it was appended");
    }

    @Test
    void whatTheEngineCannotDoIsRefused() {
        if (!log.capabilities().contains(Capability.CONDITIONAL_APPEND)) {
            requireNotSupported(
                    () -> {
                        var _ = log.append(ORDERS, batch(1), Precondition.endsAt(0));
                    });
        }
        if (!log.capabilities().contains(Capability.ATOMIC_APPEND)) {
            requireNotSupported(
                    () -> {
                        var _ =
                                log.appendAtomically(
                                        List.of(new PartitionAppend(ORDERS, batch(1))));
                    });
        }
        assertThat(log.latestOffset(ORDERS)).isZero();
    }

    private static void requireNotSupported(Runnable call) {
        assertThatThrownBy(call::run)
                .isInstanceOfSatisfying(
                        LogException.class,
                        e -> assertThat(e.code()).isEqualTo(Code.NOT_SUPPORTED));
    }

    @Test
    void aConditionIsAskedBehindAllThatWasAppendedBefore() {
        require(Capability.CONDITIONAL_APPEND);
        CompletableFuture<AppendResult> plain = log.append(ORDERS, batch(3));
        CompletableFuture<AppendResult> holds =
                log.append(ORDERS, batch(2), Precondition.endsAt(3));
        CompletableFuture<AppendResult> late = log.append(ORDERS, batch(9), Precondition.endsAt(3));

        assertThat(plain.join().baseOffset()).isZero();
        assertThat(holds.join().baseOffset()).isEqualTo(3);
        assertThat(failure(late))
                .isInstanceOfSatisfying(
                        PreconditionFailedException.class, e -> assertThat(e.seen()).isEqualTo(5L));
        assertThat(log.latestOffset(ORDERS)).isEqualTo(5);
    }

    @Test
    void aListenerHasBeenShownAllBeforeWhenAConditionIsAsked() {
        require(Capability.CONDITIONAL_APPEND);
        log.append(ORDERS, batch(2)).join();
        List<Long> shown = new ArrayList<>();
        AppendListener listener =
                new AppendListener() {
                    @Override
                    public void appended(long baseOffset, RecordBatch batch) {
                        shown.add(baseOffset);
                    }

                    @Override
                    public void takenBack(long nextOffset) {
                        shown.removeIf(offset -> offset >= nextOffset);
                    }
                };
        try (AppendListener.Registration registration = log.listen(ORDERS, listener)) {
            assertThat(registration.fromOffset()).isEqualTo(2);
            var _ = log.append(ORDERS, batch(1));
            var _ = log.append(ORDERS, batch(4));
            Object seen =
                    ((PreconditionFailedException)
                                    failure(
                                            log.append(
                                                    ORDERS,
                                                    batch(1),
                                                    nextOffset -> List.copyOf(shown))))
                            .seen();
            assertThat(seen).isEqualTo(List.of(2L, 3L));
        }
    }

    private int records(TopicPartition partition) {
        int count = 0;
        try (Cursor cursor = log.read(partition, 0)) {
            while (cursor.next()) {
                count++;
            }
            assertThat(cursor.position()).isEqualTo(log.latestOffset(partition));
        }
        return count;
    }

    @Test
    void partsOfOnePartitionStandInTheirOrder() {
        require(Capability.ATOMIC_APPEND);
        log.append(ORDERS, batch(2)).join();
        List<PartitionAppend> parts = new ArrayList<>();
        for (int count = 1; count <= 5; count++) {
            parts.add(new PartitionAppend(ORDERS, batch(count)));
        }
        long next = 2;
        for (AppendResult result : log.appendAtomically(parts).join()) {
            assertThat(result.baseOffset()).isEqualTo(next);
            next += result.count();
        }
        long behind = log.append(ORDERS, batch(4)).join().baseOffset();
        assertThat(behind).isGreaterThanOrEqualTo(next);
        assertThat(records(ORDERS)).isEqualTo(2 + 15 + 4);
        assertThat(log.appendAtomically(List.of()).join()).isEmpty();
    }

    @Test
    void anAtomicAppendThatCannotBeLeavesNothing() {
        require(Capability.ATOMIC_APPEND);
        TopicPartition nowhere = new TopicPartition("nowhere", 0);
        assertThatThrownBy(
                        () ->
                                log.appendAtomically(
                                                List.of(
                                                        new PartitionAppend(ORDERS, batch(1)),
                                                        new PartitionAppend(nowhere, batch(1))))
                                        .join())
                .satisfies(
                        e ->
                                assertThat(e instanceof CompletionException ? e.getCause() : e)
                                        .isInstanceOfSatisfying(
                                                LogException.class,
                                                cause ->
                                                        assertThat(cause.code())
                                                                .isEqualTo(Code.UNKNOWN_TOPIC)));
        assertThat(records(ORDERS)).isZero();
        assertThat(log.append(ORDERS, batch(1)).join().count()).isEqualTo(1);
        assertThat(records(ORDERS)).isEqualTo(1);
    }

    @Test
    void anAtomicAppendIsThereWholeOrNotAtAll() {
        require(Capability.ATOMIC_APPEND);
        List<AppendResult> results =
                log.appendAtomically(
                                List.of(
                                        new PartitionAppend(PAYMENTS, batch(2)),
                                        new PartitionAppend(ORDERS, batch(3))))
                        .join();
        assertThat(results).extracting(AppendResult::partition).containsExactly(PAYMENTS, ORDERS);
        assertThat(results).extracting(AppendResult::count).containsExactly(2, 3);
        assertThat(log.latestOffset(ORDERS)).isGreaterThanOrEqualTo(3);
        assertThat(log.latestOffset(PAYMENTS)).isGreaterThanOrEqualTo(2);
        assertThat(records(ORDERS)).isEqualTo(3);
        assertThat(records(PAYMENTS)).isEqualTo(2);

        require(Capability.CONDITIONAL_APPEND);
        assertThat(log.latestOffset(ORDERS)).as("nothing but records has offsets").isEqualTo(3);
        assertThat(log.latestOffset(PAYMENTS)).isEqualTo(2);
        CompletableFuture<List<AppendResult>> late =
                log.appendAtomically(
                        List.of(
                                new PartitionAppend(PAYMENTS, batch(2), Precondition.endsAt(2)),
                                new PartitionAppend(ORDERS, batch(3), Precondition.endsAt(0))));
        assertThat(failure(late))
                .isInstanceOfSatisfying(
                        PreconditionFailedException.class,
                        e -> assertThat(e.partition()).isEqualTo(ORDERS));
        assertThat(log.latestOffset(PAYMENTS)).isEqualTo(2);
    }
}
