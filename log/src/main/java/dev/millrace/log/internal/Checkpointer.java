package dev.millrace.log.internal;

import dev.millrace.log.Durability;
import dev.millrace.log.internal.JournalFormat.PartitionKey;
import java.io.IOException;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;

/// The thread that brings segments to the disk behind the journal, so that its files can be used
/// again and recovery has little to do: whenever a journal file or a segment is full it forces
/// every partition up to its present end, and then has the journal say so.
final class Checkpointer {
    private static final int RETRY_MILLIS = 100;

    private final Supplier<Collection<PartitionLog>> partitions;
    private final Journal journal;
    private final WriteLoop loop;
    private final Semaphore wanted = new Semaphore(0);
    private final Recorder times = new Recorder();
    private final Thread thread;
    private volatile boolean closing;

    /// How many checkpoints were begun, and how many are over, well or not.
    private long begun;

    private long over;

    /// @param loop the journal's
    Checkpointer(Supplier<Collection<PartitionLog>> partitions, Journal journal, WriteLoop loop) {
        this.partitions = partitions;
        this.journal = journal;
        this.loop = loop;
        this.thread = Thread.ofPlatform().daemon().name("millrace-checkpoint").unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    /// Asks for a checkpoint; from any thread.
    void want() {
        wanted.release();
    }

    /// How long checkpoints took, in nanoseconds.
    Recorder times() {
        return times;
    }

    /// Asks for a checkpoint and waits until one that began after that is over, however it went:
    /// [PartitionLog#checkpointed] tells.
    void await() {
        boolean interrupted = false;
        synchronized (this) {
            long mine = begun + 1;
            want();
            while (over < mine && thread.isAlive()) {
                try {
                    wait(10);
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        try {
            while (true) {
                wanted.acquire();
                wanted.drainPermits();
                if (closing) {
                    return;
                }
                if (!checkpoint()) {
                    Thread.sleep(RETRY_MILLIS);
                    want();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// False where the disk is full, so that it must be tried again.
    private boolean checkpoint() {
        synchronized (this) {
            begun++;
        }
        CheckpointEvent event = new CheckpointEvent();
        event.begin();
        long start = System.nanoTime();
        Collection<PartitionLog> all = partitions.get();
        boolean done = checkpoint(all);
        times.record(System.nanoTime() - start);
        event.partitions = all.size();
        event.commit();
        synchronized (this) {
            over++;
            notifyAll();
        }
        return done;
    }

    private boolean checkpoint(Collection<PartitionLog> all) {
        // on the loop's thread, so that all groups below are published before the ends are read
        CompletableFuture<Long> firstNeeded = new CompletableFuture<>();
        loop.execute(() -> firstNeeded.complete(journal.lastSequence() + 1));
        long needed = firstNeeded.join();
        Map<PartitionKey, PartitionEnd> forced = force(all, loop);
        if (loop.broken() != null) {
            return true;
        }
        CompletableFuture<Boolean> written = new CompletableFuture<>();
        loop.execute(
                () -> {
                    try {
                        if (loop.broken() == null) {
                            journal.checkpoint(forced, needed, false);
                            all.forEach(partition -> checkpointed(partition, forced));
                        }
                        written.complete(true);
                    } catch (IOException e) {
                        if (!DiskSpace.isFull(e)) {
                            loop.breakDown(e);
                        }
                        written.complete(!DiskSpace.isFull(e));
                    } catch (RuntimeException | Error e) {
                        loop.breakDown(new IOException(e));
                        written.complete(true);
                    }
                });
        return written.join();
    }

    private static void checkpointed(
            PartitionLog partition, Map<PartitionKey, PartitionEnd> forced) {
        PartitionEnd upTo =
                forced.get(new PartitionKey(partition.topicId(), partition.id().partition()));
        if (upTo != null) {
            partition.checkpointed(upTo);
        }
    }

    /// Forces every partition, also those that take no more appends: what they have stands in the
    /// journal only until the checkpoint. One that cannot be forced is poisoned, and with it the
    /// loop whose journal would have to stand in for it for ever.
    static Map<PartitionKey, PartitionEnd> force(
            Collection<PartitionLog> partitions, WriteLoop loop) {
        Map<PartitionKey, PartitionEnd> forced = new HashMap<>();
        for (PartitionLog partition : partitions) {
            if (!partition.isGone() && !partition.forceFailed()) {
                force(partition, loop);
            }
            forced.put(
                    new PartitionKey(partition.topicId(), partition.id().partition()),
                    partition.forced());
        }
        return forced;
    }

    private static void force(PartitionLog partition, WriteLoop loop) {
        try {
            partition.forceNames();
        } catch (IOException e) {
            if (!partition.isGone()) {
                partition.poison(e);
                breakDown(partition, loop, e);
            }
            return;
        }
        try {
            partition.force();
        } catch (IOException e) {
            if (!partition.isGone()) {
                partition.poisonByForce(e);
                breakDown(partition, loop, e);
            }
        }
    }

    private static void breakDown(PartitionLog partition, WriteLoop loop, IOException e) {
        if (partition.config().durability() == Durability.FSYNC) {
            loop.breakDown(e);
        }
    }

    /// Ends the thread, after the checkpoint that it may be at.
    void close() {
        closing = true;
        wanted.release();
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
