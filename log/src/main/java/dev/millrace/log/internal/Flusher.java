package dev.millrace.log.internal;

import dev.millrace.log.Durability;
import dev.millrace.log.TopicConfig;
import java.io.IOException;
import java.util.Collection;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The thread that bounds what a loss of power can take of partitions of durability `os`: it forces
/// those whose `flush.interval.ms` is over, and those whose [GroupWriter] asks for it because of
/// `flush.bytes`.
///
/// The clock is divided into stretches of the interval, and whatever is unforced where one ends is
/// forced then: so nothing has to be remembered of any partition, and the writer does nothing for
/// it. A record is in a force that begins at most one interval after it was acknowledged, or as
/// soon as the forces of the stretch before are done where those take longer.
final class Flusher {
    private static final long LONGEST_WAIT_NANOS = TimeUnit.HOURS.toNanos(1);

    private final Supplier<Collection<PartitionLog>> partitions;
    private final ConcurrentLinkedQueue<Asked> asked = new ConcurrentLinkedQueue<>();
    private final Clock clock;
    private final Thread thread;
    private long lastRoundNanos;
    private volatile boolean closing;

    private record Asked(PartitionLog partition, Consumer<@Nullable IOException> answer) {}

    Flusher(Supplier<Collection<PartitionLog>> partitions, Clock clock) {
        this.partitions = partitions;
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

    /// Has a partition forced with all that was written to it; from any thread, until [#close].
    ///
    /// @param answer is told the failure, or null, on the thread of this
    void force(PartitionLog partition, Consumer<@Nullable IOException> answer) {
        asked.add(new Asked(partition, answer));
        wake();
    }

    private void run() {
        while (!closing) {
            forceAsked();
            long next = flushDue(clock.nanos());
            if (!closing && asked.isEmpty()) {
                clock.parkUntil(this, next);
            }
        }
        forceAsked();
    }

    private void forceAsked() {
        Asked next = asked.poll();
        while (next != null) {
            next.answer.accept(force(next.partition, true));
            next = asked.poll();
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
                force(partition, false);
                forceAsked(); // somebody waits for these
            }
            next = Math.min(next, (stretch + 1) * interval);
        }
        lastRoundNanos = now;
        return next;
    }

    /// Forces up to the partition's end, or all that was written. Where that fails it is poisoned.
    private static @Nullable IOException force(PartitionLog partition, boolean behindEnd) {
        IOException failure;
        try {
            if (behindEnd) {
                partition.forceWritten();
            } else if (!partition.forceFailed()) {
                partition.force();
            }
            return null;
        } catch (IOException e) {
            failure = e;
        } catch (RuntimeException | Error e) {
            failure = new IOException(e); // a bug of ours: better no more appends than wrong ones
        }
        if (partition.forceFailed() && !partition.isGone()) {
            partition.poisonByForce(failure);
        } else {
            partition.poison(failure);
        }
        return failure;
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
