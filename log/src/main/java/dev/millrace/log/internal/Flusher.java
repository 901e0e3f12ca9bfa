package dev.millrace.log.internal;

import dev.millrace.log.Durability;
import dev.millrace.log.TopicConfig;
import java.util.Collection;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/// The thread that bounds what a loss of power can take of partitions of durability `os`: it forces
/// those whose `flush.interval.ms` is over.
///
/// The clock is divided into stretches of the interval, and whatever is unforced where one ends is
/// forced then: so nothing has to be remembered of any partition, and the writer does nothing for
/// it. A record is in a force that begins at most one interval after it was acknowledged, or as
/// soon as the forces of the stretch before are done where those take longer.
final class Flusher {
    private static final long LONGEST_WAIT_NANOS = TimeUnit.HOURS.toNanos(1);

    private final Supplier<Collection<PartitionLog>> partitions;
    private final WriteLoop fsyncLoop;
    private final Clock clock;
    private final Thread thread;
    private long lastRoundNanos;
    private volatile boolean closing;

    Flusher(Supplier<Collection<PartitionLog>> partitions, WriteLoop fsyncLoop, Clock clock) {
        this.partitions = partitions;
        this.fsyncLoop = fsyncLoop;
        this.clock = clock;
        this.lastRoundNanos = clock.nanos();
        this.thread = Thread.ofPlatform().daemon().name("millrace-flush").unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    /// Has the thread look again: topics were created, or configured anew.
    void wake() {
        LockSupport.unpark(thread);
    }

    private void run() {
        while (!closing) {
            long next = flushDue(clock.nanos());
            if (!closing) {
                clock.parkUntil(this, next);
            }
        }
    }

    /// Forces what is due.
    ///
    /// @return when to look again
    private long flushDue(long now) {
        long next = now + LONGEST_WAIT_NANOS;
        for (PartitionLog partition : partitions.get()) {
            TopicConfig config = partition.config();
            if (config.durability() != Durability.OS || config.flushIntervalMillis() < 0) {
                continue;
            }
            long interval =
                    TimeUnit.MILLISECONDS.toNanos(Math.max(1, config.flushIntervalMillis()));
            long stretch = Math.floorDiv(now, interval);
            if (stretch > Math.floorDiv(lastRoundNanos, interval)) {
                Checkpointer.force(partition, fsyncLoop);
            }
            next = Math.min(next, (stretch + 1) * interval);
        }
        lastRoundNanos = now;
        return next;
    }

    /// Ends the thread, after the force that it may be at.
    void close() {
        closing = true;
        boolean interrupted = false;
        while (thread.isAlive()) {
            wake();
            try {
                thread.join(10);
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
