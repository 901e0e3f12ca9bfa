package dev.millrace.log.internal;

import dev.millrace.log.AppendResult;
import dev.millrace.log.Durability;
import dev.millrace.log.RecordBatch;
import dev.millrace.log.TopicConfig;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/// The single writer of a partition: admits appends, takes a share of what waits, stamps it with
/// offsets and epoch, writes it behind the segment's end, and publishes or takes it back.
///
/// Lives on the thread of one [WriteLoop].
final class PartitionWriter {
    private final PartitionLog log;
    private final Admission admission;
    private final ArrayDeque<PendingAppend> waiting = new ArrayDeque<>();
    private final List<PendingAppend> share = new ArrayList<>();
    private int shareBytes;
    private int tiedWaiting;
    private boolean shareIsTied;
    private int stagedAt;
    private boolean held;
    private boolean forceAsked;
    private PartitionEnd before = PartitionEnd.EMPTY;
    private PartitionEnd after = PartitionEnd.EMPTY;

    PartitionWriter(PartitionLog log) {
        this.log = log;
        this.admission = new Admission(log);
    }

    PartitionLog log() {
        return log;
    }

    /// Before one append is admitted, or several that are tied together.
    void beginAdmission() {
        if (waiting.isEmpty() && !held) {
            admission.begin();
        }
    }

    Admission admission() {
        return admission;
    }

    /// Has an append wait that was admitted.
    void add(PendingAppend append) {
        waiting.add(append);
        tiedWaiting += append.isTied() ? 1 : 0;
    }

    boolean hasWaiting() {
        return !waiting.isEmpty();
    }

    /// Whether it can take its turn in the next group.
    boolean isReady() {
        return !waiting.isEmpty() && !held;
    }

    /// The share is written, and is not published before the segment has been forced: until then
    /// nothing more is written.
    void hold(boolean now) {
        held = now;
    }

    /// Whether it waits for its segment to be forced.
    boolean isHeld() {
        return held;
    }

    /// Notes that a force was asked for that nothing waits for, or that it is over.
    void forceAsked(boolean now) {
        forceAsked = now;
    }

    /// Whether the share would take what is acknowledged and not forced beyond `flush.bytes`.
    boolean passesFlushBytes() {
        TopicConfig config = log.config();
        return config.flushBytes() >= 0
                && config.durability() == Durability.OS
                && log.unforcedBytes() + shareBytes > config.flushBytes();
    }

    /// Whether the segment should be forced meanwhile, so that nobody need wait for it later: half
    /// of `flush.bytes` is not forced.
    boolean shouldForce() {
        TopicConfig config = log.config();
        return config.flushBytes() >= 0
                && !forceAsked
                && config.durability() == Durability.OS
                && log.unforcedBytes() > config.flushBytes() / 2;
    }

    /// Whether one that waits is tied to appends to other partitions.
    boolean hasTiedWaiting() {
        return tiedWaiting > 0;
    }

    /// Takes the oldest of what waits, as much as fits `maxBytes`, at least one batch, and all that
    /// are tied to others, so that these come into one group.
    ///
    /// @return bytes taken
    int take(int maxBytes) {
        share.clear();
        shareBytes = 0;
        shareIsTied = false;
        PendingAppend next = waiting.peek();
        while (next != null
                && (share.isEmpty()
                        || tiedWaiting > 0
                        || (long) shareBytes + next.batch().sizeInBytes() <= maxBytes)) {
            share.add(next);
            shareBytes = Math.addExact(shareBytes, next.batch().sizeInBytes());
            if (next.isTied()) {
                shareIsTied = true;
                tiedWaiting--;
            }
            waiting.remove();
            next = waiting.peek();
        }
        return shareBytes;
    }

    /// The appends of the present share; empty where it failed or was completed.
    List<PendingAppend> share() {
        return share;
    }

    long shareRecords() {
        return after.offset() - before.offset();
    }

    int shareBytes() {
        return shareBytes;
    }

    /// Whether one of the share is tied to appends to other partitions.
    boolean shareIsTied() {
        return shareIsTied;
    }

    /// The end behind the share, once it is published.
    PartitionEnd after() {
        return after;
    }

    /// Where the share begins in the segment.
    long position() {
        return before.position();
    }

    /// The share's first offset.
    long baseOffset() {
        return before.offset();
    }

    /// Stamps the share's batches and puts them into `into`, one behind the other from `at` on;
    /// begins a new segment where the present one would become too large.
    ///
    /// @return whether it began one
    boolean stage(ByteBuffer into, int at) throws IOException {
        TopicConfig config = log.config();
        before = log.end();
        boolean full = before.position() + shareBytes > config.segmentBytes();
        boolean rolls = before.position() > 0 && (full || relativeOffsetOverflows());
        if (rolls) {
            log.roll();
            before = log.end();
        }
        stagedAt = at;
        int epoch = log.epochs().latest();
        long offset = before.offset();
        int index = at;
        for (PendingAppend append : share) {
            RecordBatch batch = append.batch();
            ByteBuffer bytes = batch.buffer();
            into.put(index, bytes, bytes.position(), bytes.remaining());
            BatchFormat.stamp(into, index, offset, epoch);
            offset += batch.count();
            index += batch.sizeInBytes();
        }
        after = new PartitionEnd(before.segmentBase(), before.position() + shareBytes, offset);
        return rolls;
    }

    private boolean relativeOffsetOverflows() {
        long records = 0;
        for (PendingAppend append : share) {
            records += append.batch().count();
        }
        return before.offset() + records - before.segmentBase() > Integer.MAX_VALUE;
    }

    /// Writes the staged bytes behind the segment's end, where no reader looks yet.
    ///
    /// @param staged what [#stage] put them into
    void write(ByteBuffer staged) throws IOException {
        ByteBuffer bytes = staged.duplicate().clear().position(stagedAt);
        log.segments().last().file().write(bytes.limit(stagedAt + shareBytes), before.position());
    }

    /// Makes the share visible.
    void publish() {
        SegmentIndexes indexes = log.segments().last().indexesOfWriter();
        long position = before.position();
        long offset = before.offset();
        for (PendingAppend append : share) {
            RecordBatch batch = append.batch();
            offset += batch.count();
            indexes.add(position, batch.sizeInBytes(), offset - 1, batch.maxTimestampMillis());
            position += batch.sizeInBytes();
        }
        log.commit(after);
        ProducerStates producers = log.producers();
        if (producers != null) {
            producers.published(after.offset());
        }
        log.counters().appended(share.size(), shareRecords(), shareBytes);
    }

    /// Completes the futures of a share that has been published.
    void complete() {
        long offset = before.offset();
        for (PendingAppend append : share) {
            int count = append.batch().count();
            append.complete(new AppendResult(log.id(), offset, count, log.config().durability()));
            append.forgetBatch();
            offset += count;
        }
        share.clear();
    }

    /// Takes the share back, and all that was admitted behind it.
    ///
    /// @return as [#fail]
    long takeBack(Throwable reason) {
        cutOff();
        return fail(reason);
    }

    /// Cuts off what may have been written of the share. Where even that fails the partition takes
    /// no more.
    private void cutOff() {
        try {
            log.segments().last().file().truncate(log.end().position());
        } catch (IOException e) {
            log.poison(e);
        } catch (RuntimeException e) {
            log.poison(new IOException(e));
        }
    }

    /// Takes the share back to be written with a later group.
    ///
    /// @return bytes that wait again
    int putBack() {
        cutOff();
        for (PendingAppend append : share.reversed()) {
            waiting.addFirst(append);
        }
        share.clear();
        return shareBytes;
    }

    /// Fails the share and all that was admitted behind it: their offsets and conditions rest on
    /// it.
    ///
    /// @return bytes that wait no more, those of the share not included
    long fail(Throwable reason) {
        share.forEach(append -> fail(append, reason));
        share.clear();
        long bytes = 0;
        for (PendingAppend append : waiting) {
            bytes += append.batch().sizeInBytes();
            fail(append, reason);
        }
        waiting.clear();
        tiedWaiting = 0;
        admission.takeBack(log.end().offset());
        return bytes;
    }

    private void fail(PendingAppend append, Throwable reason) {
        log.counters().failed(1);
        append.completeExceptionally(reason);
        append.forgetBatch();
    }
}
