package dev.millrace.log.internal;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/// Holds background work to so many bytes a second, so that the disk is there for appends.
///
/// For one thread.
final class Throttle {
    private static final long LONGEST_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
    private static final long WORTH_SLEEPING_NANOS = TimeUnit.MILLISECONDS.toNanos(2);
    private static final double NANOS_PER_SECOND = 1e9;

    private final double bytesPerSecond;
    private final BooleanSupplier released;
    private long freeAtNanos = System.nanoTime();

    /// @param bytesPerSecond -1 for no limit
    /// @param released whether nothing is held back any more
    Throttle(long bytesPerSecond, BooleanSupplier released) {
        this.bytesPerSecond = bytesPerSecond;
        this.released = released;
    }

    /// So many bytes were read or written: sleeps until that many had their time. Rest is not saved
    /// up.
    void took(long bytes) {
        if (bytesPerSecond < 0) {
            return;
        }
        long now = System.nanoTime();
        freeAtNanos =
                Math.max(freeAtNanos, now) + (long) (bytes / bytesPerSecond * NANOS_PER_SECOND);
        long early = freeAtNanos - now;
        while (early > WORTH_SLEEPING_NANOS && !released.getAsBoolean()) {
            LockSupport.parkNanos(this, Math.min(early, LONGEST_NANOS));
            if (Thread.currentThread().isInterrupted()) {
                return;
            }
            early = freeAtNanos - System.nanoTime();
        }
    }
}
