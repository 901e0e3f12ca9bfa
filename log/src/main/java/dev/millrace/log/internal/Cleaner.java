package dev.millrace.log.internal;

import dev.millrace.log.CleaningReport;
import dev.millrace.log.LogException;
import dev.millrace.log.LogException.Code;
import dev.millrace.log.LogOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// The thread that cleans: every so often it goes through the partitions and lets each one's
/// [PartitionCleaner] do what is due, no faster than `log.cleaner.bytes-per-second`. It can be told
/// to clean at once as well; then the caller's thread does it, in turn with this one, so that there
/// is never more than one [OffsetMap].
final class Cleaner {
    private static final System.Logger LOG = System.getLogger("dev.millrace.log");

    private final Topics topics;
    private final Function<PartitionLog, WriteLoop> loops;
    private final Checkpointer checkpointer;
    private final Storage storage;
    private final Path root;
    private final LogOptions options;
    private final Clock clock;
    private final Throttle throttle;
    private final Thread thread;

    /// What was said of partitions that cannot be cleaned, so that it is said once.
    private final Map<PartitionLog, String> troubles = new HashMap<>();

    private volatile CleaningReport done = CleaningReport.NONE;
    private volatile boolean closing;

    Cleaner(
            Topics topics,
            Function<PartitionLog, WriteLoop> loops,
            Checkpointer checkpointer,
            Storage storage,
            Path root,
            LogOptions options,
            Clock clock) {
        this.topics = topics;
        this.loops = loops;
        this.checkpointer = checkpointer;
        this.storage = storage;
        this.root = root;
        this.options = options;
        this.clock = clock;
        this.throttle = new Throttle(options.cleanerBytesPerSecond(), () -> closing);
        this.thread = Thread.ofPlatform().daemon().name("millrace-clean").unstarted(this::run);
        thread.setPriority(Thread.MIN_PRIORITY);
    }

    void start() {
        if (options.cleanerIntervalMillis() >= 0) {
            thread.start();
        }
    }

    private void run() {
        long pause = TimeUnit.MILLISECONDS.toNanos(options.cleanerIntervalMillis());
        while (!closing) {
            long wake = clock.nanos() + pause;
            while (clock.nanos() - wake < 0 && !closing) {
                clock.parkUntil(this, wake);
            }
            topics.all().forEach(this::cleanInBackground);
        }
    }

    private void cleanInBackground(Topic topic) {
        for (PartitionLog partition : topic.partitions()) {
            if (!closing) {
                cleanInBackground(partition);
            }
        }
    }

    private synchronized void cleanInBackground(PartitionLog partition) {
        try {
            partition.cleaner().rollIfDue(this);
            clean(partition, false);
            troubles.remove(partition);
        } catch (SegmentWalk.Unwanted e) {
            // closing, or deleted
        } catch (IOException | RuntimeException e) {
            String trouble = e.toString();
            if (!closing
                    && !partition.isGone()
                    && !trouble.equals(troubles.put(partition, trouble))) {
                LOG.log(
                        System.Logger.Level.WARNING,
                        "{0} was not cleaned: {1}",
                        partition.id(),
                        trouble);
            }
        }
    }

    /// Cleans a topic at once, all partitions that can be cleaned.
    ///
    /// @throws LogException of the first that could not; the others were
    synchronized CleaningReport clean(Topic topic) {
        LogException failure = null;
        for (PartitionLog partition : topic.partitions()) {
            try {
                partition.cleaner().rollIfDue(this);
            } catch (IOException | RuntimeException e) {
                failure = first(failure, partition, e);
            }
        }
        awaitCheckpoint();
        CleaningReport report = CleaningReport.NONE;
        for (PartitionLog partition : topic.partitions()) {
            try {
                report = report.plus(clean(partition, true));
            } catch (SegmentWalk.Unwanted e) {
                if (!partition.isGone()) {
                    throw new LogException(Code.CLOSED, "the log was closed meanwhile");
                }
            } catch (IOException | RuntimeException e) {
                failure = first(failure, partition, e);
            }
        }
        if (failure != null) {
            throw failure;
        }
        return report;
    }

    private synchronized CleaningReport clean(PartitionLog partition, boolean now)
            throws IOException {
        CleaningReport report =
                partition.id().topic().equals(TopicDefinition.TOPICS.name())
                        ? topics.whileTidy(() -> partition.cleaner().clean(this, now))
                        : partition.cleaner().clean(this, now);
        done = done.plus(report);
        return report;
    }

    /// All that has been cleaned since the log was opened; for any thread.
    CleaningReport done() {
        return done;
    }

    private static LogException first(
            @Nullable LogException before, PartitionLog partition, Exception e) {
        return before != null ? before : failure(partition, e);
    }

    private static LogException failure(PartitionLog partition, Exception e) {
        return switch (e) {
            case LogException known -> known;
            case IOException io when DiskSpace.isFull(io) ->
                    DiskSpace.full("cleaning " + partition.id(), io);
            case IOException io ->
                    new LogException(
                            Code.IO, "cleaning %s failed: %s".formatted(partition.id(), io), io);
            case RuntimeException bug -> throw bug;
            default -> throw new IllegalStateException(e);
        };
    }

    /// As [PartitionCleaner#deleteRecords].
    long deleteRecords(PartitionLog partition, long beforeOffset) {
        try {
            return partition.cleaner().deleteRecords(this, beforeOffset);
        } catch (IOException e) {
            throw failure(partition, e);
        }
    }

    // ---- what the partitions' cleaners work with

    /// Milliseconds since the epoch.
    long nowMillis() {
        return clock.epochMillis();
    }

    Throttle throttle() {
        return throttle;
    }

    /// What an [OffsetMap] may take.
    long memoryBytes() {
        return options.cleanerMemoryBytes();
    }

    boolean isClosing() {
        return closing;
    }

    WriteLoop loopOf(PartitionLog partition) {
        return loops.apply(partition);
    }

    void wantCheckpoint() {
        checkpointer.want();
    }

    void awaitCheckpoint() {
        checkpointer.await();
    }

    /// Throws `disk-full` where writing so many bytes would leave appends too little.
    void requireSpace(long bytes) throws IOException {
        new DiskSpace(storage, root, options.minFreeBytes()).require(bytes);
    }

    /// Ends the thread, and whatever is being cleaned, in the middle.
    void close() {
        closing = true;
        boolean interrupted = false;
        while (thread.isAlive()) {
            LockSupport.unpark(thread);
            try {
                thread.join(10);
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        awaitOthers();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized void awaitOthers() {
        // who cleans by itself has this lock
    }
}
