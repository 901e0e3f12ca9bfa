package dev.millrace.log.internal;

import dev.millrace.log.AppendResult;
import dev.millrace.log.Durability;
import dev.millrace.log.Precondition;
import dev.millrace.log.RecordBatch;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// A batch on its way into a partition, and the future of whoever brought it.
///
/// A lone caller that waits looks for the answer without pause at first: that of an `os` append
/// comes sooner than the kernel could do anything.
final class PendingAppend extends Answer<AppendResult> {
    private static final int SPINS = 2_000;
    private static final int MOST_SPINNING =
            Math.max(0, Runtime.getRuntime().availableProcessors() - 1);
    private static final AtomicInteger SPINNING = new AtomicInteger();

    private final PartitionLog partition;
    private @Nullable RecordBatch batch;
    private final @Nullable Precondition precondition;
    private List<PendingAppend> together = List.of();
    private boolean ours;
    private boolean awaited;
    private long submittedNanos;

    /// Whether Millrace itself appends, to a topic that nobody else may write.
    boolean ours() {
        return ours;
    }

    void markOurs() {
        ours = true;
    }

    /// The one submitted before, while it waits in a [Inbox].
    @Nullable PendingAppend next;

    PendingAppend(PartitionLog partition, @Nullable RecordBatch batch) {
        this(partition, batch, null);
    }

    PendingAppend(
            PartitionLog partition,
            @Nullable RecordBatch batch,
            @Nullable Precondition precondition) {
        this.partition = partition;
        this.batch = batch;
        this.precondition = precondition;
    }

    /// Ties appends together: all of them or none. The first one is brought for all.
    static void tie(List<PendingAppend> parts) {
        for (PendingAppend part : parts) {
            part.together = parts;
        }
    }

    /// All that are appended together with this one, itself included; empty where it is alone.
    List<PendingAppend> together() {
        return together;
    }

    boolean isTied() {
        return !together.isEmpty();
    }

    /// Bytes of its batch, or of all that are tied together.
    int sizeInBytes() {
        if (!isTied()) {
            return batch().sizeInBytes();
        }
        int sum = 0;
        for (PendingAppend part : together) {
            sum += part.batch().sizeInBytes();
        }
        return sum;
    }

    /// Fails this one and all that are tied to it.
    void fail(Throwable reason) {
        completeExceptionally(reason);
        forgetBatch();
        for (PendingAppend part : together) {
            part.completeExceptionally(reason);
            part.forgetBatch();
        }
    }

    /// Has this one answered with what another is, or will be.
    ///
    /// @return bytes that wait no more
    int answerAs(CompletableFuture<AppendResult> original) {
        int bytes = batch().sizeInBytes();
        forgetBatch();
        CompletableFuture<?> _ =
                original.whenComplete(
                        (result, failure) -> {
                            if (failure != null) {
                                completeExceptionally(failure);
                            } else {
                                complete(result);
                            }
                        });
        return bytes;
    }

    @Nullable Precondition precondition() {
        return precondition;
    }

    /// Notes when its caller brought it.
    void submitted(long nanos) {
        submittedNanos = nanos;
    }

    /// When its caller brought it, on the clock of [System#nanoTime].
    long submittedNanos() {
        return submittedNanos;
    }

    PartitionLog partition() {
        return partition;
    }

    RecordBatch batch() {
        RecordBatch present = batch;
        if (present == null) {
            throw new IllegalStateException("the batch has not been built, or is forgotten");
        }
        return present;
    }

    /// Gives the batch, where the future was handed out before it was whole.
    void batch(RecordBatch built) {
        batch = built;
    }

    /// Lets go of the batch: whoever keeps the future shall not keep the records.
    void forgetBatch() {
        batch = null;
    }

    /// Whether its caller has asked for the answer.
    boolean awaited() {
        return awaited;
    }

    @Override
    void lookForAnswer(long mostNanos) {
        awaited = true;
        if (partition.config().durability() != Durability.FSYNC) {
            if (SPINNING.incrementAndGet() <= MOST_SPINNING) {
                for (int i = 0; i < SPINS && !isDone(); i++) {
                    Thread.onSpinWait();
                }
            }
            SPINNING.decrementAndGet();
        }
        super.lookForAnswer(mostNanos);
    }
}
