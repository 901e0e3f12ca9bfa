package dev.millrace.log.internal;

import dev.millrace.log.CorruptRecordException;
import dev.millrace.log.Damage;
import dev.millrace.log.LogException;
import dev.millrace.log.LogException.Code;
import dev.millrace.log.OffsetOutOfRangeException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// Walks over the batches of a [PartitionLog], checking each that has not been checked since the
/// log was opened. [PartitionCursor] reads their records, [PartitionBatchReader] hands them on
/// whole.
///
/// It is always inside one segment, and says so to it: one that the [PartitionCleaner] takes away
/// or replaces meanwhile stays as it is until the walk leaves. From its end it goes on with
/// whatever segment has the next offset then. For one thread.
final class BatchWalk {
    private final PartitionLog log;
    private final SegmentReader reader;
    private final ReadCount count;
    private OpenHandles.@Nullable Handle handle;
    private BatchScanner scanner;

    /// Where the next batch begins, in the scanner's segment, and the offset that it begins with;
    /// -1 where it is to be looked for.
    private long nextPosition;

    private long nextBatchOffset;

    /// The offset that the caller wants next.
    private long wanted;

    private boolean closed;

    BatchWalk(PartitionLog log, SegmentReader reader, ReadCount count, long offset) {
        this.log = log;
        this.reader = reader;
        this.count = count;
        requireInRange(offset);
        this.scanner = enter(offset);
        seek(offset);
    }

    /// Tells this one of its end.
    void tracked(OpenHandles.Handle itsHandle) {
        handle = itsHandle;
        itsHandle.entered(scanner.segment());
    }

    /// Goes into the segment that holds `offset`, or would.
    private BatchScanner enter(long offset) {
        Segment segment = log.segments().at(offset);
        while (!segment.enter()) {
            segment = log.segments().at(offset); // that one was taken away at this moment
        }
        return new BatchScanner(segment, reader, log.epochs());
    }

    private void moveTo(long offset) {
        Segment before = scanner.segment();
        scanner = enter(offset);
        if (handle != null) {
            handle.entered(scanner.segment());
        }
        before.leave();
    }

    private void requireInRange(long offset) {
        long earliest = log.earliestOffset();
        long latest = log.highWaterMark();
        if (offset < earliest || offset > latest) {
            throw new OffsetOutOfRangeException(log.id(), offset, earliest, latest);
        }
    }

    /// The offset that is wanted next.
    long wanted() {
        return wanted;
    }

    /// The caller has had all before `offset`.
    void want(long offset) {
        wanted = offset;
    }

    /// The present batch was read to its end; compaction may have left nothing up to there.
    void pass() {
        wanted = Math.max(wanted, nextBatchOffset);
    }

    /// The offset behind the present batch.
    long nextOffset() {
        return nextBatchOffset;
    }

    /// Bytes of the present batch.
    int sizeInBytes() {
        return scanner.sizeInBytes();
    }

    /// Has the present batch, in [#buffer] from [#index] on.
    ByteBuffer buffer() {
        return reader.buffer();
    }

    int index() {
        return reader.index();
    }

    Segment segment() {
        return scanner.segment();
    }

    /// Where the present batch ends in its segment.
    long endPosition() {
        return nextPosition;
    }

    /// Goes to the batch that has the wanted offset, or the first behind it; false at the
    /// high-water mark.
    boolean next() throws IOException {
        if (closed) {
            throw new LogException(Code.CLOSED, "the cursor on " + log.id() + " is closed");
        }
        if (wanted >= log.highWaterMark()) {
            count.tell();
            if (log.isClosed()) {
                throw log.closed(null);
            }
            return false;
        }
        if (nextPosition < 0) {
            locate();
        } else if (nextPosition >= scanner.segment().committedBytes()) {
            goOnBehindSegment();
        }
        check();
        step();
        return true;
    }

    /// Goes to the batch behind the present one where that stands whole in the same segment, within
    /// `bytes` behind it.
    boolean nextWithin(long bytes) throws IOException {
        long end = scanner.segment().committedBytes();
        if (nextPosition >= end
                || bytes < BatchFormat.HEADER_BYTES
                || scanner.problem(nextPosition, nextBatchOffset, end) != null
                || scanner.sizeInBytes() > bytes) {
            return false;
        }
        step();
        return true;
    }

    private void step() {
        nextPosition += scanner.sizeInBytes();
        nextBatchOffset = scanner.lastOffset() + 1;
        count.entered(scanner.sizeInBytes());
    }

    /// Whether a failure comes from the segment having been taken away, and the walk can be gone on
    /// with. The file has no name any more under which it could be opened again where an interrupt
    /// has closed it.
    boolean recoversFrom(Exception e) {
        boolean left =
                e instanceof ClosedChannelException
                        && !log.isClosed()
                        && log.segments().at(wanted) != scanner.segment();
        if (left) {
            nextPosition = -1;
        }
        return left;
    }

    /// What a reader is told of a failure.
    RuntimeException failure(Exception e) {
        return switch (e) {
            case LogException known -> known;
            case MalformedBatchException malformed -> malformed(malformed);
            // a mapping or a file that was closed
            case IllegalStateException closing -> log.closed(closing);
            case ClosedChannelException closing -> log.closed(closing);
            case IOException io ->
                    new LogException(Code.IO, "cannot read %s: %s".formatted(log.id(), io), io);
            case RuntimeException bug -> bug;
            default -> new IllegalStateException(e);
        };
    }

    private void goOnBehindSegment() throws IOException {
        Segment segment = scanner.segment();
        Segment after = log.segments().at(nextBatchOffset);
        if (after == segment) {
            Segment next = log.segments().after(segment);
            if (next != null) {
                throw damage("the segment ends early", nextPosition, next.baseOffset());
            }
        } else {
            wanted = Math.max(wanted, nextBatchOffset);
            requireInRange(wanted);
            moveTo(nextBatchOffset);
            if (scanner.segment().baseOffset() == nextBatchOffset) {
                nextPosition = 0;
            } else {
                locate(); // the segments were merged meanwhile
            }
        }
    }

    private void check() throws IOException {
        long committed = scanner.segment().committedBytes();
        String problem = scanner.problem(nextPosition, nextBatchOffset, committed);
        if (problem != null) {
            throw damage(problem, nextPosition, behind(committed));
        }
    }

    /// The first offset that can be read behind damage at the present place.
    private long behind(long committed) throws IOException {
        long found = scanner.resync(nextPosition, nextBatchOffset, committed);
        return found < committed ? scanner.baseOffset() : log.endOf(scanner.segment());
    }

    private CorruptRecordException damage(String problem, long position, long nextReadable) {
        String file = scanner.segment().file().path().toString();
        CorruptRecordException damage =
                new CorruptRecordException(
                        new Damage(
                                log.id(), nextBatchOffset, nextReadable, file, position, problem));
        nextPosition = -1;
        return damage;
    }

    /// A batch whose checksum is right and whose records are not what they should be.
    private CorruptRecordException malformed(MalformedBatchException e) {
        String file = scanner.segment().file().path().toString();
        long position = nextPosition - scanner.sizeInBytes();
        String problem = String.valueOf(e.getMessage());
        return new CorruptRecordException(
                new Damage(log.id(), wanted, nextBatchOffset, file, position, problem));
    }

    /// Finds the batch that holds the wanted offset: from the nearest sound batch that the index
    /// knows, hop by hop, over damage where it lies before.
    private void locate() throws IOException {
        requireInRange(wanted);
        if (log.segments().at(wanted) != scanner.segment()) {
            moveTo(wanted);
        }
        Segment segment = scanner.segment();
        long committed = segment.committedBytes();
        startFromIndex(segment, committed);
        while (true) {
            if (nextPosition >= committed) {
                throw damage("the segment ends early", nextPosition, log.endOf(segment));
            }
            String problem = scanner.problem(nextPosition, nextBatchOffset, committed);
            if (problem == null) {
                if (scanner.lastOffset() >= wanted) {
                    return;
                }
                nextPosition += scanner.sizeInBytes();
                nextBatchOffset = scanner.lastOffset() + 1;
            } else {
                long damaged = nextPosition;
                long found = scanner.resync(damaged, nextBatchOffset, committed);
                long next = found < committed ? scanner.baseOffset() : log.endOf(segment);
                if (next > wanted) {
                    throw damage(problem, damaged, next);
                }
                nextPosition = found;
                nextBatchOffset = next;
            }
        }
    }

    /// Goes to the nearest sound batch that the index knows, at or before the one that holds the
    /// wanted offset. That one itself is known where batches are larger than the index interval.
    private void startFromIndex(Segment segment, long committed) throws IOException {
        SegmentIndexes indexes = segment.indexes();
        int before = indexes.entryBefore(wanted);
        if (before + 1 < indexes.entries()
                && isSound(indexes, before + 1, committed)
                && scanner.baseOffset() <= wanted) {
            startAt(indexes.position(before + 1), scanner.baseOffset());
            return;
        }
        int entry = before;
        while (entry >= 0 && !isSound(indexes, entry, committed)) {
            entry--;
        }
        if (entry >= 0) {
            startAt(indexes.position(entry), scanner.baseOffset());
        } else {
            startAt(0, segment.baseOffset());
        }
    }

    private boolean isSound(SegmentIndexes indexes, int entry, long committed) throws IOException {
        return scanner.problemOfLast(indexes.position(entry), indexes.lastOffset(entry), committed)
                == null;
    }

    private void startAt(long position, long offset) {
        nextPosition = position;
        nextBatchOffset = offset;
    }

    /// Waits until there is something behind the wanted offset, or the partition is closed.
    boolean await(Duration timeout) throws InterruptedException {
        return log.awaitAbove(wanted, timeout) || log.isClosed();
    }

    /// Goes to another place.
    void seek(long offset) {
        requireInRange(offset);
        wanted = offset;
        nextPosition = -1;
    }

    /// Leaves the segment. Idempotent.
    void close() {
        if (!closed && (handle == null || handle.close())) {
            scanner.segment().leave();
        }
        closed = true;
        reader.forget();
    }
}
