package dev.millrace.log.internal;

import dev.millrace.log.CorruptRecordException;
import dev.millrace.log.Cursor;
import dev.millrace.log.EventLog;
import dev.millrace.log.Fold;
import dev.millrace.log.LogException;
import dev.millrace.log.LogException.Code;
import dev.millrace.log.OffsetOutOfRangeException;
import dev.millrace.log.RecordView;
import dev.millrace.log.TopicDescription;
import dev.millrace.log.TopicPartition;
import dev.millrace.log.View;
import dev.millrace.log.ViewStatus;
import dev.millrace.log.internal.ViewCheckpoint.Source;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// One source partition of a running view: its fold, with how far that is ([ViewProgress]) and what
/// went wrong ([ViewFailures]).
///
/// A [ViewWorker] folds in short runs, the [ViewRunner] saves; the fair lock gives them turns.
final class ViewSource {
    private static final System.Logger LOG = System.getLogger("dev.millrace.log");
    private static final int RUN_RECORDS = 1 << 14;
    private static final long RUN_NANOS = TimeUnit.MILLISECONDS.toNanos(2);
    private static final int LOOK_UP_EVERY = 64;

    private final String view;
    private final ViewHome home;
    private final EventLog log;
    private final TopicPartition partition;
    private final UUID topicId;
    private final Fold fold;
    private final ViewFailures failures;
    private final ViewProgress progress;
    private final ReentrantLock turn = new ReentrantLock(true);

    // changed under the lock
    private @Nullable Cursor cursor;
    private volatile @Nullable Source saved;
    private volatile boolean tainted;
    private volatile boolean ended;

    /// @param loaded what the fold has loaded; null where its state is empty
    /// @param parkedOfAll how many stretches all sources of the view have parked
    ViewSource(
            ViewHome home,
            View view,
            TopicPartition partition,
            UUID topicId,
            Fold fold,
            @Nullable Source loaded,
            AtomicInteger parkedOfAll) {
        this.view = view.name();
        this.home = home;
        this.log = home.log();
        this.partition = partition;
        this.topicId = topicId;
        this.fold = fold;
        this.saved = loaded;
        this.failures =
                new ViewFailures(
                        view, partition, parkedOfAll, loaded == null ? List.of() : loaded.parked());
        this.progress =
                new ViewProgress(
                        loaded == null ? log.earliestOffset(partition) : loaded.nextOffset(),
                        loaded == null ? 0 : loaded.skippedOffsets(),
                        log.latestOffset(partition));
    }

    TopicPartition partition() {
        return partition;
    }

    Fold fold() {
        return fold;
    }

    ViewProgress progress() {
        return progress;
    }

    /// What went wrong.
    ViewFailures failures() {
        return failures;
    }

    private boolean isOver() {
        return ended || failures.failure() != null;
    }

    ViewStatus.Source status() {
        long next = progress.nextOffset();
        long latest;
        try {
            latest = log.latestOffset(partition);
        } catch (LogException e) {
            latest = next; // deleted or closed
        }
        return progress.status(partition, next, latest, failures.failure());
    }

    // ---- folding

    /// Whether there is something to fold.
    boolean isBehind() {
        try {
            return !isOver() && progress.nextOffset() < log.latestOffset(partition);
        } catch (LogException e) {
            return true; // a run finds out what it is
        }
    }

    /// Folds for some milliseconds, or up to the high-water mark.
    ///
    /// @return whether there was anything to fold
    boolean run() {
        turn.lock();
        try {
            return !isOver() && foldRun();
        } catch (RuntimeException | Error e) { // whatever it is, somebody must learn of it
            stop(progress.nextOffset(), e);
            return true;
        } finally {
            turn.unlock();
        }
    }

    private boolean foldRun() {
        try {
            long next = progress.nextOffset();
            long latest = log.latestOffset(partition);
            if (next >= latest) {
                return false;
            }
            foldFrom(cursor(next), next, latest);
        } catch (OffsetOutOfRangeException e) {
            goOnAtEarliest(e);
        } catch (CorruptRecordException e) {
            damaged(e);
        }
        return true;
    }

    private Cursor cursor(long next) {
        Cursor present = cursor;
        if (present == null) {
            TopicDescription topic = log.describeTopic(partition.topic());
            if (!topic.id().equals(topicId)) {
                throw anotherTopic(topic);
            }
            present = log.read(partition, next);
            cursor = present;
        }
        return present;
    }

    /// Stops where the topic is another one of the same name.
    void requireSameTopic(TopicDescription topic) {
        if (!topic.id().equals(topicId)) {
            turn.lock();
            try {
                if (!isOver()) {
                    stop(progress.nextOffset(), anotherTopic(topic));
                }
            } finally {
                turn.unlock();
            }
        }
    }

    private static LogException anotherTopic(TopicDescription topic) {
        return new LogException(
                Code.UNKNOWN_TOPIC,
                "topic '%s' was deleted and created again".formatted(topic.name()));
    }

    /// Folds from `next` on; how far it has come is published whatever happens.
    private void foldFrom(Cursor records, long from, long latest) {
        RecordView record = records.record();
        long deadline = System.nanoTime() + RUN_NANOS;
        long next = from;
        long bytes = 0;
        int count = 0;
        Throwable poison = null;
        try {
            while (count < RUN_RECORDS) {
                if (!records.next()) {
                    next = Math.max(next, latest); // compaction may have taken the last ones
                    break;
                }
                next = record.offset();
                poison = fold(record, next);
                if (poison != null) {
                    break;
                }
                next++;
                count++;
                bytes += Math.max(0, record.keyLength()) + Math.max(0, record.valueLength());
                if (count % LOOK_UP_EVERY == 0
                        && (turn.hasQueuedThreads() || System.nanoTime() > deadline)) {
                    break;
                }
            }
        } finally {
            reach(next, count, bytes);
        }
        if (poison != null) {
            tainted = true;
            stop(next, poison);
        }
    }

    /// @return what the fold threw; null where it went well, or the record was parked
    private @Nullable Throwable fold(RecordView record, long offset) {
        try {
            fold.fold(record);
            return null;
        } catch (Throwable e) { // whatever the view's code throws
            return failures.parkPoison(offset, e) ? null : e;
        }
    }

    private void reach(long next, int records, long bytes) {
        if (next == progress.nextOffset()) {
            return;
        }
        try {
            fold.reached(next);
        } catch (RuntimeException | Error e) {
            tainted = true;
            stop(next, e);
            return;
        }
        progress.reach(next, records, bytes);
    }

    private void goOnAtEarliest(OffsetOutOfRangeException e) {
        letGoOfCursor();
        long earliest = log.earliestOffset(partition);
        if (earliest <= progress.nextOffset()) {
            stop(progress.nextOffset(), e);
            return;
        }
        LOG.log(
                System.Logger.Level.WARNING,
                "view {0}: retention has taken offsets {1} to {2} of {3} before they were folded",
                view,
                Long.toString(progress.nextOffset()),
                Long.toString(earliest - 1),
                partition);
        progress.skip(earliest - progress.nextOffset());
        reach(earliest, 0, 0);
    }

    private void damaged(CorruptRecordException e) {
        long from = progress.nextOffset();
        long next = e.nextReadableOffset();
        if (next > from && failures.parkDamage(from, next, e)) {
            letGoOfCursor();
            reach(next, 0, 0);
        } else {
            stop(from, e);
        }
    }

    private void stop(long offset, Throwable error) {
        letGoOfCursor();
        failures.stop(offset, error);
        progress.tellWaiters();
    }

    private void letGoOfCursor() {
        if (cursor != null) {
            cursor.close();
            cursor = null;
        }
    }

    // ---- saving

    /// Saves the state where it has changed.
    ///
    /// @return what the checkpoint says of it; null where there is nothing to say
    @Nullable Source save(ViewDirectory directory, long generation) throws IOException {
        turn.lock();
        try {
            Source before = saved;
            long next = progress.nextOffset();
            if (before == null ? next == progress.startOffset() : next == before.nextOffset()) {
                return before;
            }
            if (tainted) {
                return before; // nobody knows what is in the fold
            }
            int epoch = next == 0 ? ViewCheckpoint.NO_EPOCH : home.epochAt(partition, next - 1);
            try (StateWriter files = directory.writer(generation, partition)) {
                fold.save(files);
                return new Source(
                        partition,
                        topicId,
                        next,
                        epoch,
                        progress.skippedOffsets(),
                        generation,
                        files.finish(),
                        failures.parked());
            }
        } finally {
            turn.unlock();
        }
    }

    /// What [#save] gave has been published.
    void saved(@Nullable Source source) {
        turn.lock();
        try {
            saved = source;
        } finally {
            turn.unlock();
        }
    }

    /// Whether the checkpoint that was last published lacks something.
    boolean isUnsaved() {
        Source before = saved;
        return !tainted
                && progress.nextOffset()
                        != (before == null ? progress.startOffset() : before.nextOffset());
    }

    // ---- waiting, standing still, ending

    /// Waits until `offset` has been passed, the source has stopped or it has ended.
    ///
    /// @return whether the offset has been passed
    boolean awaitAbove(long offset, Duration timeout) throws InterruptedException {
        return progress.awaitAbove(offset, timeout, this::isOver);
    }

    boolean hasEnded() {
        return ended;
    }

    /// Has it fold nothing until [#goOn], by the same thread.
    void standStill() {
        turn.lock();
    }

    void goOn() {
        turn.unlock();
    }

    /// Ends it; who waits is woken. The fold stays, to be saved.
    void end() {
        turn.lock();
        try {
            ended = true;
            letGoOfCursor();
        } finally {
            turn.unlock();
        }
        progress.tellWaiters();
    }
}
