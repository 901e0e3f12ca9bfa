package dev.millrace.log.internal;

import dev.millrace.log.TopicPartition;
import dev.millrace.log.ViewStatus;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// How far a source of a view is, and who waits for it to be further.
///
/// Whoever has the [ViewSource]'s turn moves it on; any thread may ask, and wait at this object's
/// monitor.
final class ViewProgress {
    private final long startOffset;
    private final long presentOffset;
    private final AtomicLong foldedRecords = new AtomicLong();
    private final AtomicLong foldedBytes = new AtomicLong();
    private volatile long nextOffset;
    private volatile long skippedOffsets;
    private volatile int waiters;

    /// @param startOffset of the first record to fold
    /// @param skippedOffsets that were never folded, of those before it
    /// @param presentOffset the partition's high-water mark now
    ViewProgress(long startOffset, long skippedOffsets, long presentOffset) {
        this.startOffset = startOffset;
        this.nextOffset = startOffset;
        this.skippedOffsets = skippedOffsets;
        this.presentOffset = presentOffset;
    }

    long startOffset() {
        return startOffset;
    }

    long nextOffset() {
        return nextOffset;
    }

    long skippedOffsets() {
        return skippedOffsets;
    }

    long foldedRecords() {
        return foldedRecords.get();
    }

    long foldedBytes() {
        return foldedBytes.get();
    }

    /// Whether everything that was there at the start has been passed.
    boolean caughtUp() {
        return nextOffset >= presentOffset;
    }

    /// @param next as it was before `latestOffset` was asked for
    ViewStatus.Source status(
            TopicPartition partition,
            long next,
            long latestOffset,
            ViewStatus.@Nullable Failure failure) {
        return new ViewStatus.Source(
                partition, next, latestOffset, startOffset, presentOffset, skippedOffsets, failure);
    }

    /// Moves on to `next`, over so many records with so many bytes.
    void reach(long next, int records, long bytes) {
        foldedRecords.addAndGet(records);
        foldedBytes.addAndGet(bytes);
        nextOffset = next;
        tellWaiters();
    }

    /// Counts offsets that nobody can fold any more, before they are passed.
    void skip(long offsets) {
        long skipped = skippedOffsets;
        skippedOffsets = skipped + offsets;
    }

    /// Waits until `offset` has been passed, or it is over.
    ///
    /// @param over whether nothing comes any more; [#tellWaiters] says that it may have changed
    /// @return whether the offset has been passed
    synchronized boolean awaitAbove(long offset, Duration timeout, BooleanSupplier over)
            throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.NANOSECONDS.convert(timeout);
        waiters++;
        try {
            while (nextOffset <= offset && !over.getAsBoolean()) {
                long left = deadline - System.nanoTime();
                if (left <= 0) {
                    break;
                }
                TimeUnit.NANOSECONDS.timedWait(this, left);
            }
        } finally {
            waiters--;
        }
        return nextOffset > offset;
    }

    void tellWaiters() {
        if (waiters > 0) {
            synchronized (this) {
                notifyAll();
            }
        }
    }
}
