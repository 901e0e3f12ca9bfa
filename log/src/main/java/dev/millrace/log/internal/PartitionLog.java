package dev.millrace.log.internal;

import dev.millrace.log.Durability;
import dev.millrace.log.LogException;
import dev.millrace.log.LogException.Code;
import dev.millrace.log.TopicConfig;
import dev.millrace.log.TopicPartition;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// One partition: its segments, its end, and whether it may still be written.
///
/// [PartitionWriter], on the thread of the [WriteLoop], is the only one that adds; the
/// [PartitionCleaner] takes away; [PartitionCursor]s read from any thread; the [Checkpointer] and
/// the [Flusher] force. Readers take no lock: segments and end are published through volatile
/// fields, bytes before end.
final class PartitionLog {
    static final String POISONED_FILE = "poisoned";

    private final TopicPartition id;
    private final UUID topicId;
    private volatile TopicConfig config;
    private final Storage storage;
    private final Path directory;
    private final LeaderEpochs epochs;
    private final PartitionWriter writer = new PartitionWriter(this);
    private final PartitionCounters counters = new PartitionCounters();
    private final PartitionCleaner cleaner;
    private final SegmentList segments;
    private volatile PartitionEnd end;
    private final AtomicReference<PartitionEnd> forced;
    private volatile PartitionEnd checkpointed;
    private volatile @Nullable LogException refusal;
    private volatile boolean gone;
    private volatile boolean forceFailed;
    private volatile boolean namesForced;
    private final Object forcing = new Object();
    private final Object loadingProducers = new Object();
    private volatile @Nullable ProducerStates producers;
    private volatile int waiters;
    private volatile List<Runnable> listeners = List.of();
    private volatile boolean closed;

    PartitionLog(
            TopicPartition id,
            UUID topicId,
            TopicConfig config,
            Storage storage,
            Path directory,
            LeaderEpochs epochs,
            List<Segment> segments,
            PartitionEnd end,
            CleaningState cleaning) {
        this.id = id;
        this.topicId = topicId;
        this.config = config;
        this.storage = storage;
        this.directory = directory;
        this.epochs = epochs;
        this.segments = new SegmentList(segments);
        this.end = end;
        this.forced = new AtomicReference<>(end);
        this.checkpointed = end;
        this.cleaner = new PartitionCleaner(this, cleaning);
    }

    /// A partition without records, nothing of which is on stable storage yet.
    static PartitionLog fresh(
            TopicPartition id,
            UUID topicId,
            TopicConfig config,
            Storage storage,
            Path directory,
            LeaderEpochs epochs,
            Segment first) {
        return new PartitionLog(
                id,
                topicId,
                config,
                storage,
                directory,
                epochs,
                List.of(first),
                PartitionEnd.EMPTY,
                CleaningState.NONE);
    }

    TopicPartition id() {
        return id;
    }

    UUID topicId() {
        return topicId;
    }

    TopicConfig config() {
        return config;
    }

    /// Follows another configuration from the next append on.
    void config(TopicConfig altered) {
        config = altered;
    }

    Storage storage() {
        return storage;
    }

    Path directory() {
        return directory;
    }

    LeaderEpochs epochs() {
        return epochs;
    }

    PartitionEnd end() {
        return end;
    }

    long highWaterMark() {
        return end.offset();
    }

    long earliestOffset() {
        return Math.max(segments.first().baseOffset(), cleaner.state().startOffset());
    }

    PartitionCounters counters() {
        return counters;
    }

    /// For the thread of the partition's [WriteLoop].
    PartitionWriter writer() {
        return writer;
    }

    PartitionCleaner cleaner() {
        return cleaner;
    }

    SegmentList segments() {
        return segments;
    }

    /// The offset behind a segment: where the next begins, or the high-water mark.
    long endOf(Segment segment) {
        Segment after = segments.after(segment);
        return after == null ? highWaterMark() : after.baseOffset();
    }

    /// The segments below the one in which the journal's last checkpoint ends, oldest first: they
    /// have been forced, and neither a force nor recovery has to do with them any more.
    List<Segment> settledSegments() {
        return segments.below(checkpointed.segmentBase());
    }

    long sizeInBytes() {
        return segments.sizeInBytes();
    }

    /// Begins a new segment at the end; by the writer. Its name is forced, and so is that of the
    /// directory: here, since the flag may be set at any moment by a force that came too early.
    Segment roll() throws IOException {
        PartitionEnd now = end;
        Segment sealed = segments.last();
        sealed.indexesOfWriter().seal();
        Segment fresh = create(now.offset());
        segments.add(fresh);
        end = new PartitionEnd(fresh.baseOffset(), 0, now.offset());
        saveProducers();
        return fresh;
    }

    /// Leaves no file behind where it fails: one in the middle of the partition would be a gap.
    private Segment create(long baseOffset) throws IOException {
        Segment fresh = null;
        try {
            fresh = Segment.create(storage, directory, baseOffset, config.indexIntervalBytes());
            storage.forceDirectory(directory);
            forceNames();
            return fresh;
        } catch (IOException e) {
            Path file = directory.resolve(Segment.fileName(baseOffset, Segment.LOG));
            try {
                if (fresh != null) {
                    fresh.close();
                }
                if (storage.exists(file)) {
                    storage.delete(file);
                }
            } catch (IOException again) {
                poison(again);
            }
            throw e;
        }
    }

    /// What is known of producers; null where no batch with a producer was brought yet.
    @Nullable ProducerStates producers() {
        return producers;
    }

    /// Makes known what the log says of producers, before the first batch with one is brought; on
    /// the thread that brings it, so that nobody else waits.
    ///
    /// @throws LogException `io` where it cannot be read
    ProducerStates loadProducers(Clock clock, long expirationMillis) {
        ProducerStates known = producers;
        if (known != null) {
            return known;
        }
        synchronized (loadingProducers) {
            known = producers;
            if (known == null) {
                known = new ProducerStates(clock, expirationMillis);
                try {
                    new ProducerLoading(this, storage, directory).into(known);
                } catch (IOException e) {
                    throw new LogException(
                            Code.IO,
                            "cannot read what is known of producers in %s: %s".formatted(id, e),
                            e);
                }
                producers = known;
            }
            return known;
        }
    }

    private void saveProducers() {
        ProducerStates known = producers;
        if (known != null) {
            new ProducerLoading(this, storage, directory).save(known, end.offset());
        }
    }

    /// Publishes what the writer has brought to the topic's durability.
    void commit(PartitionEnd newEnd) {
        segments.last().commit(newEnd.position());
        end = newEnd;
        if (waiters > 0) {
            synchronized (this) {
                notifyAll();
            }
        }
        List<Runnable> told = listeners;
        for (int i = 0; i < told.size(); i++) {
            told.get(i).run();
        }
    }

    /// Has `listener` run whenever the high-water mark has moved, on the writer's thread: it must
    /// be short, and must not throw.
    synchronized void whenAdvanced(Runnable listener) {
        List<Runnable> more = new ArrayList<>(listeners);
        more.add(listener);
        listeners = List.copyOf(more);
    }

    /// Ends one [#whenAdvanced].
    synchronized void forget(Runnable listener) {
        List<Runnable> fewer = new ArrayList<>(listeners);
        fewer.remove(listener);
        listeners = List.copyOf(fewer);
    }

    /// Waits until the high-water mark is above `offset`, or the partition is closed.
    ///
    /// @return whether it is above
    synchronized boolean awaitAbove(long offset, Duration timeout) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.NANOSECONDS.convert(timeout);
        waiters++;
        try {
            while (end.offset() <= offset && !closed) {
                long left = deadline - System.nanoTime();
                if (left <= 0) {
                    break;
                }
                TimeUnit.NANOSECONDS.timedWait(this, left);
            }
        } finally {
            waiters--;
        }
        return end.offset() > offset;
    }

    boolean isClosed() {
        return closed;
    }

    /// What a reader of a closed partition is told.
    LogException closed(@Nullable Exception cause) {
        LogException gone = refusal;
        return gone != null && gone.code() == Code.UNKNOWN_TOPIC
                ? new LogException(gone.code(), String.valueOf(gone.getMessage()), cause)
                : new LogException(
                        Code.CLOSED, "%s was closed while it was being read".formatted(id), cause);
    }

    /// Why appends are refused for good; null where they are not.
    @Nullable LogException refusal() {
        return refusal;
    }

    /// Refuses appends from now on: a force failed, so nobody knows what is on the disk. Where the
    /// journal does not stand in for the segments, a file says up to where the disk can be
    /// believed, for whoever opens the log next.
    void poisonByForce(IOException cause) {
        forceFailed = true;
        poison(cause);
        if (config.durability() != Durability.FSYNC) {
            PartitionEnd sure = forced.get();
            try {
                // not forced: it is asked for only as long as there is the page cache it speaks of
                DurableText.writeLazily(
                        storage,
                        directory.resolve(POISONED_FILE),
                        "%d %d %d%n".formatted(sure.segmentBase(), sure.position(), sure.offset()));
            } catch (IOException e) {
                cause.addSuppressed(e);
            }
        }
    }

    /// Refuses appends from now on: nobody knows what is in the files.
    ///
    /// @return why
    LogException poison(IOException cause) {
        return refuse(
                new LogException(
                        Code.POISONED,
                        "%s takes no more appends: writing it to the disk failed (%s). Close the log and open it again"
                                .formatted(id, cause.getMessage()),
                        cause));
    }

    /// Refuses appends from now on, unless that has been done already.
    ///
    /// @return the reason that stands
    synchronized LogException refuse(LogException reason) {
        LogException present = refusal;
        if (present == null) {
            refusal = reason;
            return reason;
        }
        return present;
    }

    /// Refuses appends from now on: the topic was deleted.
    void markGone(LogException reason) {
        gone = true;
        refuse(reason);
    }

    /// Whether the topic was deleted.
    boolean isGone() {
        return gone;
    }

    /// Whether a force failed, so that no later one proves anything.
    boolean forceFailed() {
        return forceFailed;
    }

    /// Up to where the segments have been forced.
    PartitionEnd forced() {
        return forced.get();
    }

    /// Up to where the segments have been forced, as a checkpoint in the journal says.
    PartitionEnd checkpointed() {
        return checkpointed;
    }

    /// A checkpoint that says so is on stable storage.
    void checkpointed(PartitionEnd upTo) {
        checkpointed = upTo;
    }

    /// Bytes of batches behind that; for the writer.
    long unforcedBytes() {
        PartitionEnd from = forced.get();
        PartitionEnd to = end;
        long sum = to.position() - from.position();
        List<Segment> now = segments.all();
        for (int i = now.size() - 2; i >= 0 && now.get(i).baseOffset() >= from.segmentBase(); i--) {
            sum += now.get(i).committedBytes();
        }
        return sum;
    }

    /// Forces everything up to the present end; one thread after another. Where the force of a
    /// segment has failed no later one proves anything, so that all after it fail: see
    /// [#forceFailed].
    ///
    /// @return the end that is now on stable storage
    PartitionEnd force() throws IOException {
        return force(false);
    }

    /// As [#force], with what the writer has put behind the end. Once that is published, the writer
    /// says so with [#forcedTo].
    void forceWritten() throws IOException {
        force(true);
    }

    private PartitionEnd force(boolean behindEnd) throws IOException {
        synchronized (forcing) {
            if (forceFailed) {
                throw new IOException("an earlier force failed");
            }
            PartitionEnd now = end;
            if (behindEnd || !now.equals(forced.get())) {
                forceNames();
                try {
                    forceTo(now);
                } catch (IOException e) {
                    forceFailed = true;
                    throw e;
                }
            }
            return now;
        }
    }

    private void forceTo(PartitionEnd now) throws IOException {
        PartitionEnd before = forced.get();
        for (Segment segment : segments.all()) {
            if (segment.baseOffset() >= before.segmentBase()
                    && segment.baseOffset() <= now.segmentBase()) {
                segment.file().force();
                if (segment.baseOffset() < now.segmentBase()) {
                    segment.saveIndexes();
                }
            }
        }
        forcedTo(now);
    }

    /// Everything up to this end is on stable storage.
    void forcedTo(PartitionEnd now) {
        forced.accumulateAndGet(now, PartitionEnd::later);
    }

    /// Forces the names of directory and segments, where that has not been done.
    void forceNames() throws IOException {
        if (!namesForced) {
            Path epochFile = directory.resolve(LeaderEpochs.FILE);
            if (storage.exists(epochFile)) {
                try (StorageFile file = storage.open(epochFile)) {
                    file.force();
                }
            }
            storage.forceDirectory(directory);
            Path parent = directory.getParent();
            if (parent != null) {
                storage.forceDirectory(parent);
            }
            namesForced = true;
        }
    }

    /// Closes the files of a deleted topic, whoever still reads them.
    void abandon() {
        try {
            close(false);
        } catch (IOException e) {
            // they are about to be deleted
        }
    }

    /// Closes the files; with `saveIndexes`, so that opening again is quick. Who waits for records
    /// or reads them is told.
    void close(boolean saveIndexes) throws IOException {
        synchronized (this) {
            closed = true;
            notifyAll();
        }
        if (saveIndexes) {
            saveProducers();
        }
        if (saveIndexes) {
            segments.last().indexesOfWriter().seal();
            segments.last().saveIndexes();
        }
        segments.close();
    }
}
