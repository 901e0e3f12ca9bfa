package dev.millrace.log.internal;

import dev.millrace.log.Cursor;
import dev.millrace.log.RecordView;
import java.io.IOException;
import java.time.Duration;

/// Reads a [PartitionLog] record by record: a [BatchWalk] finds the batches, a [RecordDecoder] the
/// records in them.
final class PartitionCursor implements Cursor {
    private final BatchWalk walk;
    private final RecordDecoder decoder = new RecordDecoder();
    private final ReadCount count;
    private boolean inBatch;

    PartitionCursor(PartitionLog log, boolean mapped, long offset) {
        this.count = new ReadCount(log.counters());
        this.walk = new BatchWalk(log, new SegmentReader(mapped), count, offset);
    }

    /// Tells this one of its end.
    void tracked(OpenHandles.Handle itsHandle) {
        walk.tracked(itsHandle);
    }

    @Override
    public boolean next() {
        try {
            if (inBatch && decoder.next()) {
                walk.want(decoder.offset() + 1);
                return true;
            }
            return nextInNewBatch();
        } catch (IOException | RuntimeException e) {
            if (walk.recoversFrom(e)) {
                return next();
            }
            RuntimeException failure = walk.failure(e);
            if (e instanceof MalformedBatchException) {
                inBatch = false;
            }
            throw failure;
        }
    }

    private boolean nextInNewBatch() throws IOException {
        while (nextBatch()) {
            decoder.skipTo(walk.wanted());
            if (decoder.next()) {
                count.shown(decoder.remaining());
                walk.want(decoder.offset() + 1);
                return true;
            }
        }
        return false;
    }

    /// Brings the next batch into the decoder; false at the high-water mark.
    private boolean nextBatch() throws IOException {
        if (inBatch) {
            walk.pass();
            inBatch = false;
        }
        count.left(decoder.remaining());
        if (!walk.next()) {
            return false;
        }
        decoder.batch(walk.buffer(), walk.index());
        inBatch = true;
        return true;
    }

    @Override
    public boolean next(Duration timeout) {
        if (next()) {
            return true;
        }
        try {
            return walk.await(timeout) && next();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    @Override
    public RecordView record() {
        return decoder;
    }

    @Override
    public long position() {
        return walk.wanted();
    }

    @Override
    public void seek(long offset) {
        walk.seek(offset);
        count.left(decoder.remaining());
        inBatch = false;
    }

    @Override
    public void close() {
        walk.close();
        inBatch = false;
        count.left(decoder.remaining());
        count.tell();
        decoder.forget();
    }
}
