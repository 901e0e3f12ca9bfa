package dev.millrace.log.internal;

import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// What many threads bring for one [WriteLoop]: a stack that is taken whole and turned round, so
/// that bringing is one compare-and-set and taking is one exchange.
final class Inbox {
    private static final int SPINS = 5_000;

    private final AtomicReference<@Nullable PendingAppend> top = new AtomicReference<>();
    private volatile @Nullable Thread sleeper;
    private volatile boolean woken;

    /// Brings one, and wakes the taker where it sleeps; from any thread.
    void add(PendingAppend append) {
        if (put(append)) {
            unpark();
        }
    }

    /// Brings one, waking nobody.
    ///
    /// @return whether it is the first
    boolean put(PendingAppend append) {
        PendingAppend before;
        do {
            before = top.get();
            append.next = before;
        } while (!top.compareAndSet(before, append));
        return before == null;
    }

    /// Has the taker look again, though nothing was brought.
    void wake() {
        woken = true;
        unpark();
    }

    private void unpark() {
        Thread waiting = sleeper;
        if (waiting != null) {
            LockSupport.unpark(waiting);
        }
    }

    /// Takes all that is there, oldest first, linked by [PendingAppend#next]; null where there is
    /// nothing. By the one taker.
    @Nullable PendingAppend takeAll() {
        PendingAppend newest = top.get() == null ? null : top.getAndSet(null);
        PendingAppend oldest = null;
        while (newest != null) {
            PendingAppend before = newest.next;
            newest.next = oldest;
            oldest = newest;
            newest = before;
        }
        return oldest;
    }

    boolean isEmpty() {
        return top.get() == null;
    }

    /// Waits until there is something, or somebody wakes; by the one taker. Looks a moment before
    /// it sleeps.
    void await() {
        for (int i = 0; i < SPINS && isQuiet(); i++) {
            Thread.onSpinWait();
        }
        if (isQuiet()) {
            sleeper = Thread.currentThread();
            if (isQuiet()) {
                LockSupport.park(this);
            }
            sleeper = null;
        }
        woken = false;
    }

    private boolean isQuiet() {
        return top.get() == null && !woken;
    }
}
