package dev.millrace.log.internal;

import dev.millrace.log.CleaningReport;
import dev.millrace.log.LogException;
import dev.millrace.log.LogException.Code;
import dev.millrace.log.OffsetOutOfRangeException;
import dev.millrace.log.RecordBatch;
import dev.millrace.log.TopicConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;

/// The single cleaner of a partition: begins a new segment where the present one is old, deletes
/// whole segments from the front, and has the rest compacted. It is the only one that takes
/// segments away, as the [PartitionWriter] is the only one that adds.
///
/// Deleting, step by step: the new start offset is put on stable storage ([CleaningState]); then,
/// on the thread of the [WriteLoop], the segments go out of sight; then their files are deleted,
/// the oldest first. Whatever a crash leaves of the files below the start offset is deleted at
/// opening. Readers who are inside finish the segment: it is closed when the last has left.
///
/// One thread at a time does anything here; the others wait.
final class PartitionCleaner {
    private static final System.Logger LOG = System.getLogger("dev.millrace.log");

    private final PartitionLog log;
    private final Semaphore turn = new Semaphore(1);
    private volatile CleaningState state;

    /// Whether a step failed of which nobody knows what it left on the disk. Opening the log again
    /// settles it.
    private boolean suspended;

    private volatile boolean warnedOfOldRecords;
    private long agingSegment = -1;
    private long agingSinceMillis;

    PartitionCleaner(PartitionLog log, CleaningState state) {
        this.log = log;
        this.state = state;
    }

    CleaningState state() {
        return state;
    }

    /// Puts a new state on stable storage.
    void remember(CleaningState changed) throws IOException {
        if (!changed.equals(state)) {
            changed.write(log.storage(), log.directory());
            state = changed;
        }
    }

    /// Comes back when nothing is being cleaned any more; the topic has been marked as deleted, so
    /// that nothing begins again.
    void awaitEnd() {
        turn.acquireUninterruptibly();
        turn.release();
    }

    /// Work to be done in turn.
    private interface Work<T> {
        T run() throws IOException;
    }

    private <T> T inTurn(Work<T> work) throws IOException {
        turn.acquireUninterruptibly();
        try {
            return work.run();
        } finally {
            turn.release();
        }
    }

    private boolean isIdle() {
        return suspended || log.isGone() || log.isClosed();
    }

    /// Warns, once, where records are appended that retention will take away.
    void warnOfOldRecords(RecordBatch batch, Clock clock) {
        TopicConfig config = log.config();
        if (!warnedOfOldRecords
                && config.deleted()
                && config.retentionMillis() >= 0
                && batch.maxTimestampMillis() < clock.epochMillis() - config.retentionMillis()) {
            warnedOfOldRecords = true;
            LOG.log(
                    System.Logger.Level.WARNING,
                    "{0}: records older than retention.ms, {1} ms, are being appended; they will be deleted soon",
                    log.id(),
                    Long.toString(config.retentionMillis()));
        }
    }

    // ---- a new segment

    /// Begins a new segment where the present one has been written for `segment.ms`, or where all
    /// of it may be deleted.
    ///
    /// @return whether it did
    boolean rollIfDue(Cleaner cleaner) throws IOException {
        return inTurn(
                () -> {
                    if (isIdle() || log.refusal() != null) {
                        return false;
                    }
                    Segment active = log.segments().last();
                    boolean due = isOld(active, cleaner.nowMillis());
                    if (active.committedBytes() == 0
                            || !due && deletable(cleaner) < log.segments().all().size()) {
                        return false;
                    }
                    return roll(cleaner);
                });
    }

    private boolean isOld(Segment active, long nowMillis) throws IOException {
        if (active.baseOffset() != agingSegment) {
            // when it was begun is not written down: after an opening, its oldest records tell
            boolean opened = agingSegment == -1 && active.committedBytes() > 0;
            agingSegment = active.baseOffset();
            agingSinceMillis = opened ? Math.min(nowMillis, firstTimestamp(active)) : nowMillis;
        }
        if (active.committedBytes() == 0) {
            agingSinceMillis = nowMillis;
        }
        return nowMillis - agingSinceMillis >= log.config().segmentMillis();
    }

    private static long firstTimestamp(Segment segment) throws IOException {
        SegmentReader reader = new SegmentReader(false);
        reader.at(segment, 0, BatchFormat.HEADER_BYTES);
        return BatchFormat.maxTimestamp(reader.buffer(), reader.index());
    }

    private boolean roll(Cleaner cleaner) throws IOException {
        boolean rolled =
                onLoop(
                        cleaner,
                        () -> {
                            boolean may = log.refusal() == null && log.end().position() > 0;
                            if (may) {
                                log.roll();
                            }
                            return may;
                        });
        if (rolled) {
            cleaner.wantCheckpoint();
        }
        return rolled;
    }

    /// Does something on the thread that writes the partition: where it ends, and which segments it
    /// has, changes nowhere else.
    private <T> T onLoop(Cleaner cleaner, Work<T> work) throws IOException {
        CompletableFuture<T> done = new CompletableFuture<>();
        cleaner.loopOf(log)
                .execute(
                        () -> {
                            try {
                                done.complete(work.run());
                            } catch (IOException | RuntimeException | Error e) {
                                done.completeExceptionally(e);
                            }
                        });
        return switch (done.handle((result, failure) -> failure).join()) {
            case null -> done.join();
            case IOException e -> throw e;
            case RuntimeException e -> throw e;
            case Throwable e -> throw new IllegalStateException(e);
        };
    }

    // ---- deleting from the front

    /// Applies retention, and compacts.
    ///
    /// @param now whether to compact however little there is to do
    CleaningReport clean(Cleaner cleaner, boolean now) throws IOException {
        return inTurn(
                () -> {
                    if (isIdle()) {
                        return CleaningReport.NONE;
                    }
                    long before = log.sizeInBytes();
                    int deleted = deleteFirst(cleaner, deletable(cleaner));
                    CleaningReport compacted =
                            log.config().compacted()
                                    ? new Compaction(log, this, cleaner).run(now)
                                    : CleaningReport.NONE;
                    return compacted.plus(
                            new CleaningReport(deleted, 0, 0, before, log.sizeInBytes()));
                });
    }

    /// How many segments from the front are below the start offset, or may go by time or size; the
    /// present one counts where it may go too.
    private int deletable(Cleaner cleaner) throws IOException {
        TopicConfig config = log.config();
        long oldest =
                config.deleted() && config.retentionMillis() >= 0
                        ? cleaner.nowMillis() - config.retentionMillis()
                        : Long.MIN_VALUE;
        long mostBytes =
                config.deleted() && config.retentionBytes() >= 0
                        ? config.retentionBytes()
                        : Long.MAX_VALUE;
        long bytes = log.sizeInBytes();
        int count = 0;
        for (Segment segment : log.segments().all()) {
            long rest = bytes - segment.committedBytes();
            if (rest < mostBytes
                    && log.endOf(segment) > state.startOffset()
                    && (oldest == Long.MIN_VALUE || segment.indexes().maxTimestamp() >= oldest)) {
                break;
            }
            bytes = rest;
            count++;
        }
        return count;
    }

    /// Deletes segments from the front, as far as they have been forced for good.
    ///
    /// @return how many
    private int deleteFirst(Cleaner cleaner, int wanted) throws IOException {
        int count = Math.min(wanted, log.settledSegments().size());
        if (count == 0) {
            return 0;
        }
        long start = log.segments().all().get(count).baseOffset();
        remember(
                state.settledUpTo(log.checkpointed())
                        .startingAt(Math.max(start, state.startOffset())));
        List<Segment> removed = onLoop(cleaner, () -> log.segments().removeFirst(count));
        for (Segment segment : removed) {
            segment.file().detach();
            segment.retire();
        }
        for (Segment segment : removed) {
            SegmentSwap.delete(log.storage(), log.directory(), segment.baseOffset());
        }
        log.storage().forceDirectory(log.directory());
        return count;
    }

    /// Makes `beforeOffset` the earliest offset, durably, and deletes the segments that are wholly
    /// below.
    ///
    /// @param beforeOffset -1 for the high-water mark
    /// @return the earliest offset then
    long deleteRecords(Cleaner cleaner, long beforeOffset) throws IOException {
        return inTurn(
                () -> {
                    if (!log.config().deleted()) {
                        throw new LogException(
                                Code.INVALID_CONFIG,
                                "records of %s cannot be deleted by offset: cleanup.policy of the topic is compact alone"
                                        .formatted(log.id()));
                    }
                    long end = log.highWaterMark();
                    long before = beforeOffset == -1 ? end : beforeOffset;
                    if (before < 0 || before > end) {
                        throw new OffsetOutOfRangeException(
                                log.id(), before, log.earliestOffset(), end);
                    }
                    if (isIdle()) {
                        throw notNow();
                    }
                    if (before > log.earliestOffset()) {
                        begin(cleaner, before);
                    }
                    return log.earliestOffset();
                });
    }

    private void begin(Cleaner cleaner, long start) throws IOException {
        if (start > log.checkpointed().offset()) {
            // else a loss of power could leave an end below the start
            cleaner.awaitCheckpoint();
        }
        if (start > log.checkpointed().offset()) {
            throw notNow();
        }
        remember(state.settledUpTo(log.checkpointed()).startingAt(start));
        if (start == log.highWaterMark()
                && log.segments().last().committedBytes() > 0
                && log.refusal() == null
                && roll(cleaner)) {
            cleaner.awaitCheckpoint();
        }
        deleteFirst(cleaner, belowStart());
    }

    private int belowStart() {
        long start = state.startOffset();
        return (int) log.segments().all().stream().filter(s -> log.endOf(s) <= start).count();
    }

    private LogException notNow() {
        LogException refusal = log.refusal();
        return refusal != null
                ? refusal
                : new LogException(
                        Code.IO,
                        "%s cannot be cleaned: writing to the disk failed before. Close the log and open it again"
                                .formatted(log.id()));
    }

    // ---- compaction

    /// Writes segments again as one, and puts it in their place.
    ///
    /// @param end the offset behind the last of them
    void replace(Cleaner cleaner, List<Segment> originals, long end, SegmentRewrite rewrite)
            throws IOException {
        Storage storage = log.storage();
        Path directory = log.directory();
        SegmentSwap swap = new SegmentSwap(storage, directory);
        long base = originals.getFirst().baseOffset();
        remember(state.settledUpTo(log.checkpointed()));
        cleaner.requireSpace(originals.stream().mapToLong(Segment::committedBytes).sum());
        Path cleaned = swap.cleaned(base);
        try (StorageFile file = storage.open(cleaned)) {
            file.truncate(0);
            rewrite.run(originals, end, file);
        } catch (IOException | RuntimeException e) {
            deleteQuietly(cleaned, e);
            throw e;
        }
        suspended = true; // until all of it is done
        swap.commit(base, end);
        for (Segment original : originals) {
            original.indexes(); // else a reader who is inside could load those of the new one
            original.file().detach();
        }
        swap.finish(base, end);
        Segment segment = Segment.open(storage, directory, base, log.config().indexIntervalBytes());
        try {
            segment.rebuildIndexes();
            segment.indexesOfWriter().seal();
            segment.saveIndexes();
            onLoop(
                    cleaner,
                    () -> {
                        log.segments().replace(originals, segment);
                        return true;
                    });
        } catch (IOException | RuntimeException e) {
            segment.close();
            throw e;
        }
        originals.forEach(Segment::retire);
        suspended = false;
    }

    private void deleteQuietly(Path file, Exception reason) {
        try {
            if (log.storage().exists(file)) {
                log.storage().delete(file);
            }
        } catch (IOException e) {
            reason.addSuppressed(e); // opening deletes it
        }
    }
}
