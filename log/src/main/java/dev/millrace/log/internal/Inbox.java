package dev.millrace.log.internal;

import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// What many threads bring for one [WriteLoop]: a stack that is taken whole and turned round, so
/// that bringing is one compare-and-set and taking is one exchange.
final class Inbox {
    /// Some ten microseconds: to be put to sleep and woken takes about as long.
    private static final int MOST_SPINS = 1_000;

    private static final int LEAST_SPINS = 10;

    private final AtomicReference<@Nullable PendingAppend> top = new AtomicReference<>();
    private volatile @Nullable Thread sleeper;
    private int spins = MOST_SPINS;
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
    /// it sleeps, as long as that is worth its while: looking in vain makes the moment shorter.
    void await() {
        int left = spins;
        while (left > 0 && isQuiet()) {
            left--;
            Thread.onSpinWait();
        }
        if (isQuiet()) {
            spins = Math.max(LEAST_SPINS, spins / 2);
            sleeper = Thread.currentThread();
            if (isQuiet()) {
                LockSupport.park(this);
            }
            sleeper = null;
        } else {
            spins = MOST_SPINS;
        }
        woken = false;
    }

    private boolean isQuiet() {
        return top.get() == null && !woken;
    }
}
