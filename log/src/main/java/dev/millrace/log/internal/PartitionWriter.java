package dev.millrace.log.internal;

import dev.millrace.log.AppendResult;
import dev.millrace.log.RecordBatch;
import dev.millrace.log.TopicConfig;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/// The single writer of a partition: takes a share of what waits, stamps it with offsets and epoch,
/// writes it behind the segment's end, and publishes or takes it back.
///
/// Lives on the thread of one [WriteLoop].
final class PartitionWriter {
    private final PartitionLog log;
    private final ArrayDeque<PendingAppend> waiting = new ArrayDeque<>();
    private final List<PendingAppend> share = new ArrayList<>();
    private int shareBytes;
    private PartitionEnd before = PartitionEnd.EMPTY;
    private PartitionEnd after = PartitionEnd.EMPTY;

    PartitionWriter(PartitionLog log) {
        this.log = log;
    }

    PartitionLog log() {
        return log;
    }

    void add(PendingAppend append) {
        waiting.add(append);
    }

    boolean hasWaiting() {
        return !waiting.isEmpty();
    }

    /// Takes the oldest of what waits, as much as fits `maxBytes`, at least one batch.
    ///
    /// @return bytes taken
    int take(int maxBytes) {
        share.clear();
        shareBytes = 0;
        PendingAppend next = waiting.peek();
        while (next != null
                && (share.isEmpty()
                        || (long) shareBytes + next.batch().sizeInBytes() <= maxBytes)) {
            share.add(next);
            shareBytes += next.batch().sizeInBytes();
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
    void write(ByteBuffer staged, int at) throws IOException {
        ByteBuffer bytes = staged.duplicate().position(at).limit(at + shareBytes);
        log.lastSegment().file().write(bytes, before.position());
    }

    /// Makes the share visible.
    void publish() {
        SegmentIndexes indexes = log.lastSegment().indexesOfWriter();
        long position = before.position();
        long offset = before.offset();
        for (PendingAppend append : share) {
            RecordBatch batch = append.batch();
            offset += batch.count();
            indexes.add(position, batch.sizeInBytes(), offset - 1, batch.maxTimestampMillis());
            position += batch.sizeInBytes();
        }
        log.commit(after);
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

    /// Takes the share back: what may have been written of it is cut off again. Where even that
    /// fails the partition takes no more.
    void takeBack(Throwable reason) {
        try {
            log.lastSegment().file().truncate(log.end().position());
        } catch (IOException e) {
            log.poison(e);
        } catch (RuntimeException e) {
            log.poison(new IOException(e));
        }
        fail(reason);
    }

    /// Fails the share's futures.
    void fail(Throwable reason) {
        log.counters().failed(share.size());
        for (PendingAppend append : share) {
            append.completeExceptionally(reason);
            append.forgetBatch();
        }
        share.clear();
    }

    /// Takes everything that waits, to fail it.
    int failWaiting(Throwable reason) {
        int bytes = take(Integer.MAX_VALUE);
        fail(reason);
        return bytes;
    }
}
