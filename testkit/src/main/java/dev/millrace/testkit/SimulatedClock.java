package dev.millrace.testkit;

import dev.millrace.log.internal.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// A clock that stands still until a test moves it on.
///
/// Whoever waits by it sleeps until then; [#advance] returns when all that had to be done by the
/// new time is done and everybody waits again. So what happens at which time does not depend on how
/// fast the machine is.
///
/// For any number of threads.
public final class SimulatedClock implements Clock {
    private static final long LOOK_AGAIN_MILLIS = 10;

    /// Who waits by this clock, and until when; [Long#MIN_VALUE] while it is awake.
    private final Map<Thread, Long> waits = new HashMap<>();

    private final long epochMillis;
    private long nanos;

    /// @param epochMillis what time it is at the beginning
    public SimulatedClock(long epochMillis) {
        this.epochMillis = epochMillis;
    }

    /// Lets time pass.
    public void advance(long millis) {
        List<Thread> due = new ArrayList<>();
        synchronized (this) {
            nanos += TimeUnit.MILLISECONDS.toNanos(millis);
            due.addAll(waits.keySet());
            // each looks again, also one that was woken and has not got round to it
            waits.replaceAll((thread, until) -> Long.MIN_VALUE);
        }
        due.forEach(LockSupport::unpark);
        due.forEach(this::awaitAsleep);
    }

    /// Waits until a thread has nothing more to do at this time.
    private synchronized void awaitAsleep(Thread thread) {
        boolean interrupted = false;
        while (thread.isAlive() && waits.getOrDefault(thread, Long.MIN_VALUE) <= nanos) {
            try {
                wait(LOOK_AGAIN_MILLIS);
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (!thread.isAlive()) {
            waits.remove(thread);
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /// Waits until a thread of this name waits by this clock: until then [#advance] knows nothing
    /// of it.
    public synchronized void awaitWaiting(String threadName) {
        boolean interrupted = false;
        while (waits.keySet().stream()
                .noneMatch(thread -> thread.isAlive() && thread.getName().equals(threadName))) {
            try {
                wait(LOOK_AGAIN_MILLIS);
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public synchronized long nanos() {
        return nanos;
    }

    @Override
    public synchronized long epochMillis() {
        return epochMillis + TimeUnit.NANOSECONDS.toMillis(nanos);
    }

    @Override
    public void parkUntil(@Nullable Object blocker, long until) {
        Thread thread = Thread.currentThread();
        synchronized (this) {
            waits.put(thread, until);
            notifyAll();
            if (until <= nanos) {
                return;
            }
        }
        LockSupport.park(blocker);
        synchronized (this) {
            waits.put(thread, Long.MIN_VALUE);
        }
    }
}
