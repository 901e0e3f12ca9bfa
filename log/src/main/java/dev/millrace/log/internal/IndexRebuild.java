package dev.millrace.log.internal;

import java.io.IOException;

/// Makes the indexes of a segment again, from the headers of its batches alone.
///
/// A header is believed when the one behind its batch begins with the offset that follows: no
/// damage leaves both right. Where the chain breaks, the batch before is checked as readers check
/// it, and the next sound one is looked for. So an entry never leads to a batch that is not where
/// it says; whoever reads the batch checks the rest.
///
/// For one thread.
final class IndexRebuild {
    private final Segment segment;
    private final SegmentIndexes indexes;
    private final SegmentReader reader = new SegmentReader(false);
    private final BatchScanner scanner;
    private final long end;

    /// The batch whose successor has not been seen; none where the size is 0.
    private long position;

    private int sizeInBytes;
    private long baseOffset;
    private long lastOffset;
    private long maxTimestamp;

    IndexRebuild(Segment segment, SegmentIndexes indexes) {
        this.segment = segment;
        this.indexes = indexes;
        this.scanner = new BatchScanner(segment, reader, null);
        this.end = segment.committedBytes();
    }

    void run() throws IOException {
        indexes.clear();
        long at = 0;
        long expected = segment.baseOffset();
        while (at < end) {
            if (continuesAt(at, expected)) {
                at += sizeInBytes;
                expected = lastOffset + 1;
            } else {
                boolean sound = sizeInBytes == 0 || isSound();
                long from = sound ? at : position;
                long lost = sound ? expected : baseOffset;
                take(sound);
                at = scanner.resync(from, lost, end);
                expected = scanner.baseOffset();
            }
        }
        take(isSound());
    }

    /// Whether a header that follows the batch before stands at `at`; then it is the one that waits
    /// for its successor, and the one before is taken.
    private boolean continuesAt(long at, long expected) throws IOException {
        if (end - at < BatchFormat.HEADER_BYTES) {
            return false;
        }
        reader.at(segment, at, BatchFormat.HEADER_BYTES);
        int index = reader.index();
        int size = BatchFormat.sizeInBytes(reader.buffer(), index);
        long last = BatchFormat.lastOffset(reader.buffer(), index);
        if (BatchFormat.baseOffset(reader.buffer(), index) != expected
                || BatchFormat.magic(reader.buffer(), index) != BatchFormat.CURRENT_MAGIC
                || size < BatchFormat.HEADER_BYTES
                || size > end - at
                || last < expected
                || last - segment.baseOffset() >= Integer.MAX_VALUE) {
            return false;
        }
        long latest = BatchFormat.maxTimestamp(reader.buffer(), index);
        take(true);
        position = at;
        sizeInBytes = size;
        baseOffset = expected;
        lastOffset = last;
        maxTimestamp = latest;
        return true;
    }

    private boolean isSound() throws IOException {
        return sizeInBytes > 0 && scanner.problem(position, baseOffset, end) == null;
    }

    /// Takes the batch that waits into the indexes, or drops it.
    private void take(boolean sound) {
        if (sound && sizeInBytes > 0) {
            indexes.add(position, sizeInBytes, lastOffset, maxTimestamp);
        }
        sizeInBytes = 0;
    }
}
