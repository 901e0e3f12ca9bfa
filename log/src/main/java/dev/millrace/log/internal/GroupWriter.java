package dev.millrace.log.internal;

import dev.millrace.log.LogException;
import dev.millrace.log.LogException.Code;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Writes groups of appends: each partition's share is stamped and written behind its segment's
/// end; with a [Journal], the group's frames are written and forced once for all of them; then
/// every share is published and its callers are told. A partition for which a lot waits has its
/// segment forced instead, and only the place goes into the journal, so that bulk is not written
/// twice.
///
/// A share that would take its partition beyond `flush.bytes` is written and held until its segment
/// has been forced by somebody else; the other partitions go on.
///
/// For whoever has the turn in its [WriteLoop]; [#broken] may be asked by any thread.
final class GroupWriter {
    private static final int MOST_SHARE_BYTES = 4 << 20;

    private final @Nullable Journal journal;
    private final DiskSpace space;
    private final long directForceBytes;
    private final Runnable checkpointWanted;
    private final BiConsumer<PartitionLog, Consumer<@Nullable IOException>> forcing;
    private final ReadyPartitions ready = new ReadyPartitions();
    private final List<PartitionWriter> turn = new ArrayList<>();
    private final List<PartitionWriter> group = new ArrayList<>();
    private final GroupMetrics metrics;
    private long done;
    private long releasedBytes;
    private int holding;
    private ByteBuffer staging = ByteBuffer.allocateDirect(1 << 20);
    private volatile @Nullable LogException broken;
    private @Nullable LogException beginProblem;
    private @Nullable IOException segmentProblem;

    /// @param journal null for partitions that need none
    /// @param checkpointWanted told when a journal file is full, or a segment
    /// @param forcing has a partition's segment forced with all that was written, and tells here,
    ///   between two groups, how that ended: null where it went well
    GroupWriter(
            @Nullable Journal journal,
            DiskSpace space,
            long directForceBytes,
            Runnable checkpointWanted,
            BiConsumer<PartitionLog, Consumer<@Nullable IOException>> forcing) {
        this.journal = journal;
        this.metrics = new GroupMetrics(journal != null);
        this.space = space;
        this.directForceBytes = directForceBytes;
        this.checkpointWanted = checkpointWanted;
        this.forcing = forcing;
    }

    boolean isJournaled() {
        return journal != null;
    }

    GroupMetrics metrics() {
        return metrics;
    }

    /// Whether nothing waits to be written.
    boolean isIdle() {
        return ready.isEmpty();
    }

    /// Whether a share waits for its segment to be forced.
    boolean isHolding() {
        return holding > 0;
    }

    /// Whether the journal must not grow before a checkpoint has let go of some of it.
    boolean isStalled() {
        return journal != null && broken == null && journal.mustWait();
    }

    /// Why no partition takes appends any more; null where they do.
    @Nullable LogException broken() {
        return broken;
    }

    /// As after a failed force of the journal, for one of a segment that the journal stands in for.
    void breakDown(IOException e) {
        if (journal != null && broken == null) {
            breakDown(journal, e);
        }
    }

    /// Admits what was brought: see [ReadyPartitions#admitAll].
    ///
    /// @return bytes that were refused, now or when a share was held, and wait no more
    long take(@Nullable PendingAppend oldest) {
        long refused = releasedBytes + ready.admitAll(oldest, broken);
        releasedBytes = 0;
        return refused;
    }

    /// Writes one group of what waits, and tells the callers.
    ///
    /// @return bytes that wait no more
    long write() {
        group.clear();
        metrics.begin();
        turn.clear();
        ready.drainTo(turn);
        done = 0;
        try {
            JournalGroup frames = begin();
            for (PartitionWriter writer : turn) {
                takeShare(writer, frames);
            }
            if (frames != null && !frames.isEmpty()) {
                commitJournal();
            }
        } catch (TiedShareException e) {
            dissolve(e.reason);
        } catch (IOException e) {
            abandon(e);
        } catch (RuntimeException | Error e) {
            // a bug of ours: better no more appends than wrong ones
            abandon(new IOException(e));
        }
        group.forEach(this::publish);
        metrics.published(group);
        group.forEach(PartitionWriter::complete);
        group.forEach(this::forceMeanwhile);
        if (segmentProblem != null) {
            breakDown(segmentProblem);
        }
        ready.takeBack(turn);
        return done;
    }

    private void publish(PartitionWriter writer) {
        try {
            writer.publish();
        } catch (RuntimeException | Error e) {
            done += writer.fail(writer.log().poison(new IOException(e)));
        }
    }

    /// Begins the journal's group; null for a loop without a journal, or with one that cannot go
    /// on.
    private @Nullable JournalGroup begin() {
        if (journal == null || broken != null) {
            return null;
        }
        try {
            beginProblem = null;
            return journal.begin();
        } catch (IOException e) {
            beginProblem =
                    DiskSpace.isFull(e)
                            ? DiskSpace.full("the journal cannot grow (" + e.getMessage() + ")", e)
                            : breakDown(journal, e);
            return null;
        }
    }

    /// A share that is tied to others could not be staged: none of them may be written.
    private static final class TiedShareException extends Exception {
        private static final long serialVersionUID = 1L;
        private final LogException reason;

        TiedShareException(LogException reason) {
            super(reason);
            this.reason = reason;
        }
    }

    private void takeShare(PartitionWriter writer, @Nullable JournalGroup frames)
            throws TiedShareException {
        int bytes = writer.take(Math.min(MOST_SHARE_BYTES, writer.log().config().segmentBytes()));
        done += bytes;
        LogException reason;
        try {
            reason = broken != null ? broken : beginProblem;
            reason = reason != null ? reason : writer.log().refusal();
            if (reason == null) {
                if (!writer.log().id().topic().equals(TopicDefinition.TOPICS.name())) {
                    space.require(bytes); // but topics can be deleted when the disk is full
                }
                stage(writer, frames);
                if (writer.passesFlushBytes()) {
                    hold(writer);
                } else {
                    group.add(writer);
                }
                return;
            }
            done += writer.fail(reason);
        } catch (LogException e) {
            reason = e;
            done += writer.fail(e);
        } catch (IOException e) {
            reason = failShare(writer, e);
        } catch (RuntimeException | Error e) {
            // a bug of ours, or no memory: better no more appends than callers who wait for ever
            reason = failShare(writer, new IOException(e));
        }
        if (writer.shareIsTied()) {
            throw new TiedShareException(reason);
        }
    }

    private void hold(PartitionWriter writer) {
        writer.hold(true);
        holding++;
        forcing.accept(writer.log(), failure -> release(writer, failure));
    }

    /// The segment of a held share was forced, or could not be.
    private void release(PartitionWriter writer, @Nullable IOException failure) {
        holding--;
        writer.hold(false);
        done = 0;
        if (failure == null) {
            publish(writer);
            writer.log().forcedTo(writer.log().end());
            metrics.begin();
            metrics.published(List.of(writer));
            writer.complete();
        } else {
            done += writer.takeBack(writer.log().poison(failure));
        }
        releasedBytes += done;
        ready.takeBack(writer);
    }

    private void forceMeanwhile(PartitionWriter writer) {
        if (writer.shouldForce()) {
            writer.forceAsked(true);
            forcing.accept(writer.log(), failure -> writer.forceAsked(false));
        }
    }

    private LogException failShare(PartitionWriter writer, IOException e) {
        LogException reason = writer.log().refusal();
        if (reason == null) {
            reason =
                    DiskSpace.isFull(e)
                            ? DiskSpace.full(String.valueOf(e.getMessage()), e)
                            : writer.log().poison(e);
        }
        done += writer.takeBack(reason);
        return reason;
    }

    private void stage(PartitionWriter writer, @Nullable JournalGroup frames) throws IOException {
        if (frames == null) {
            stageSegment(writer);
        } else if (writer.shareBytes() < directForceBytes) {
            stageFrame(writer, frames);
        } else {
            stageSegment(writer);
            forceDirectly(writer, frames);
        }
    }

    private void stageSegment(PartitionWriter writer) throws IOException {
        if (staging.capacity() < writer.shareBytes()) {
            staging = ByteBuffer.allocateDirect(Integer.highestOneBit(writer.shareBytes()) * 2);
        }
        stage(writer, staging, 0);
        writer.write(staging);
    }

    private void stage(PartitionWriter writer, ByteBuffer into, int at) throws IOException {
        if (writer.stage(into, at)) {
            checkpointWanted.run();
        }
    }

    private void stageFrame(PartitionWriter writer, JournalGroup frames) throws IOException {
        ByteBuffer into = frames.beginFrame(writer.shareBytes());
        stage(writer, into, frames.contentStart());
        writer.write(into);
        endFrame(writer, frames, JournalFormat.DATA, writer.shareBytes());
    }

    /// Forces the share in its segment. Where that fails, the journal must stand in for what the
    /// segment held before, and cannot be let go of any more: the loop breaks down behind this
    /// group.
    private void forceDirectly(PartitionWriter writer, JournalGroup frames) throws IOException {
        PartitionLog log = writer.log();
        try {
            log.forceNames();
            log.segments().last().file().force();
        } catch (IOException e) {
            log.poisonByForce(e);
            segmentProblem = e;
            throw e;
        }
        frames.beginFrame(0);
        endFrame(writer, frames, JournalFormat.PLACE, 0);
    }

    private static void endFrame(
            PartitionWriter writer, JournalGroup frames, int kind, int contentBytes) {
        PartitionLog log = writer.log();
        frames.endFrame(
                kind,
                log.topicId(),
                log.id().partition(),
                writer.baseOffset(),
                writer.after(),
                writer.position(),
                log.epochs().latest(),
                contentBytes);
    }

    private void commitJournal() throws IOException {
        Journal present = journal;
        if (present == null) {
            return;
        }
        present.write();
        try {
            present.force();
        } catch (IOException e) {
            breakDown(present, e);
            throw e;
        }
        if (present.full()) {
            checkpointWanted.run();
        }
    }

    /// One of the group's shares failed, and others are tied to it: those fail with it, and the
    /// rest waits for the next group.
    private void dissolve(LogException reason) {
        for (PartitionWriter writer : turn) {
            boolean staged = group.contains(writer);
            if (staged && !writer.shareIsTied()) {
                done -= writer.putBack();
            } else if (staged) {
                done += writer.takeBack(reason);
            } else if (writer.hasTiedWaiting()) {
                done += writer.fail(reason);
            }
        }
        group.clear();
    }

    /// The group could not be brought into the journal: nothing of it counts.
    private void abandon(IOException e) {
        LogException reason = broken;
        Journal present = journal;
        if (reason == null && DiskSpace.isFull(e)) {
            if (present != null) {
                present.invalidate();
            }
            reason = DiskSpace.full("the journal cannot grow (" + e.getMessage() + ")", e);
        } else if (reason == null && present != null) {
            reason = breakDown(present, e);
        }
        for (PartitionWriter writer : group) {
            if (reason != null && broken != null) {
                // nothing is cut: the group may be on the disk all the same, and then the bytes
                // that it speaks of must be there when the log is opened again
                done += writer.fail(reason);
            } else {
                done += writer.takeBack(reason == null ? writer.log().poison(e) : reason);
            }
        }
        group.clear();
    }

    /// After a failed force nobody knows what is on the disk: every partition of this loop refuses
    /// appends until the log is opened again.
    private LogException breakDown(Journal present, IOException e) {
        LogException reason =
                new LogException(
                        Code.POISONED,
                        "the journal takes no more appends: writing or forcing it failed ("
                                + e.getMessage()
                                + "). Close the log and open it again",
                        e);
        broken = reason;
        present.invalidate();
        return reason;
    }
}
