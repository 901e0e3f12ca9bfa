package dev.millrace.log.internal;

import dev.millrace.log.ViewOptions;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/// The thread that has a view's checkpoints saved when they are due, and looks for what changes
/// slowly: new partitions, a replacement that has caught up.
final class ViewClock {
    static final Duration TICK = Duration.ofMillis(50);
    private static final System.Logger LOG = System.getLogger("dev.millrace.log");

    /// Saving takes at most one part in so many of the time.
    private static final int SHARE = 10;

    private final Runnable regularly;
    private final Thread thread;
    private volatile List<Watch> watched;
    private volatile boolean closing;

    /// @param regularly done at every tick
    ViewClock(ViewRunner runner, Runnable regularly) {
        this.regularly = regularly;
        this.watched = List.of(new Watch(runner));
        this.thread =
                Thread.ofPlatform()
                        .daemon()
                        .name("millrace-view-" + runner.view().name() + "-clock")
                        .unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    /// Watches this runner beside the one that it watches.
    void alsoWatch(ViewRunner runner) {
        watched = List.of(watched.getFirst(), new Watch(runner));
    }

    /// Watches this runner alone.
    void watch(ViewRunner runner) {
        watched = List.of(new Watch(runner));
    }

    private void run() {
        while (!closing) {
            Thread.interrupted(); // which a view may have left behind
            LockSupport.parkNanos(this, TICK.toNanos());
            if (!closing) {
                tick();
            }
        }
    }

    private void tick() {
        try {
            watched.forEach(Watch::tick);
            regularly.run();
        } catch (RuntimeException e) {
            // a topic was deleted, or a view's code threw: the next tick may do better
            LOG.log(System.Logger.Level.WARNING, "{0}: {1}", thread.getName(), e);
        }
    }

    /// Ends the thread behind what it is at. Nothing is watched any more.
    void close() {
        closing = true;
        LockSupport.unpark(thread);
        boolean interrupted = false;
        while (thread.isAlive() && thread != Thread.currentThread()) {
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

    /// One runner, and when it was saved last.
    private static final class Watch {
        private static final long PARTITIONS_EVERY_NANOS = 500_000_000;

        private final ViewRunner runner;
        private final ViewOptions options;
        private long savedAtNanos = System.nanoTime();
        private long tookNanos;
        private long savedRecords;
        private long savedBytes;
        private long lookedAtNanos = System.nanoTime();

        Watch(ViewRunner runner) {
            this.runner = runner;
            this.options = runner.view().options();
        }

        void tick() {
            long now = System.nanoTime();
            if (now - lookedAtNanos >= PARTITIONS_EVERY_NANOS) {
                lookedAtNanos = now;
                runner.lookForPartitions();
            }
            if (isDue(now)) {
                save(now);
            }
        }

        private boolean isDue(long now) {
            long since = now - savedAtNanos;
            return since >= SHARE * tookNanos
                    && (since >= options.checkpointInterval().toNanos()
                            || runner.foldedRecords() - savedRecords >= options.checkpointRecords()
                            || runner.foldedBytes() - savedBytes >= options.checkpointBytes())
                    && runner.isUnsaved();
        }

        private void save(long now) {
            long records = runner.foldedRecords();
            long bytes = runner.foldedBytes();
            try {
                runner.checkpoint();
            } catch (IOException | RuntimeException e) {
                LOG.log(
                        System.Logger.Level.WARNING,
                        "view {0}: a checkpoint could not be saved; the view goes on, and tries again: {1}",
                        runner.view().name(),
                        e);
            }
            savedRecords = records;
            savedBytes = bytes;
            savedAtNanos = System.nanoTime();
            tookNanos = savedAtNanos - now;
        }
    }
}
