package dev.millrace.log.internal;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/// A thread that folds some of a view's sources in turn, and sleeps while none has anything.
final class ViewWorker {
    private static final long SLEEP_NANOS = TimeUnit.MILLISECONDS.toNanos(200);
    private static final long FIRST_POLL_NANOS = TimeUnit.MICROSECONDS.toNanos(500);
    private static final long LAST_POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    private final ViewHome home;
    private final List<ViewSource> sources = new CopyOnWriteArrayList<>();
    private final Runnable waking = this::wake;
    private final Thread thread;
    private volatile boolean asleep;
    private volatile boolean closing;
    private volatile boolean polling;

    ViewWorker(ViewHome home, String view, int number) {
        this.home = home;
        this.thread =
                Thread.ofPlatform()
                        .daemon()
                        .name("millrace-view-" + view + "-" + number)
                        .unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    /// From any thread, also before the start.
    void add(ViewSource source) {
        if (!home.whenAdvanced(source.partition(), waking)) {
            polling = true;
        }
        sources.add(source);
        wake();
    }

    /// Has it look at its sources; from any thread. Costs next to nothing while it is awake.
    void wake() {
        if (asleep) {
            LockSupport.unpark(thread);
        }
    }

    private void run() {
        long poll = FIRST_POLL_NANOS;
        while (!closing) {
            boolean folded = false;
            for (ViewSource source : sources) {
                folded |= source.run();
            }
            if (folded) {
                poll = FIRST_POLL_NANOS;
            } else {
                sleep(polling ? poll : SLEEP_NANOS);
                poll = Math.min(2 * poll, LAST_POLL_NANOS);
            }
        }
    }

    /// Says that it sleeps before it looks once more: whoever advances a partition behind that look
    /// sees it sleep.
    private void sleep(long nanos) {
        asleep = true;
        Thread.interrupted(); // which a fold may have left behind, and which would not let it sleep
        if (!closing && sources.stream().noneMatch(ViewSource::isBehind)) {
            LockSupport.parkNanos(this, nanos);
        }
        asleep = false;
    }

    /// Ends the thread behind the run that it is at.
    void close() {
        closing = true;
        LockSupport.unpark(thread);
        sources.forEach(source -> home.forget(source.partition(), waking));
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
