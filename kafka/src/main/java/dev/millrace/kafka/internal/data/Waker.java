package dev.millrace.kafka.internal.data;

import dev.millrace.log.LogException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/// Waits until one of several partitions has more, or time is up. The thread that makes it waits;
/// any other wakes it.
final class Waker implements Runnable, AutoCloseable {
    private final Thread waiting = Thread.currentThread();
    private final long deadline;
    private final List<AutoCloseable> watched = new ArrayList<>();
    private volatile boolean woken;

    Waker(int mostMillis) {
        this.deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(mostMillis);
    }

    /// Ends this with the others.
    void watch(AutoCloseable registration) {
        watched.add(registration);
    }

    @Override
    public void run() {
        if (!woken) {
            woken = true;
            LockSupport.unpark(waiting);
        }
    }

    /// @return false where time is up
    boolean await() {
        long left = deadline - System.nanoTime();
        while (!woken && left > 0 && !waiting.isInterrupted()) {
            LockSupport.parkNanos(this, left);
            left = deadline - System.nanoTime();
        }
        boolean more = woken;
        woken = false;
        return more;
    }

    @Override
    public void close() {
        for (AutoCloseable one : watched) {
            try {
                one.close();
            } catch (LogException e) {
                // the partition is gone
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
