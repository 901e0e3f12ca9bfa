package dev.millrace.log.internal;

import dev.millrace.log.BatchReader;
import java.io.IOException;
import java.nio.ByteBuffer;

/// Hands on the batches of a [PartitionLog], as a [BatchWalk] finds them: from a mapping where the
/// segment has one, else read into a buffer that is kept for who comes next.
final class PartitionBatchReader implements BatchReader {
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    /// Bytes beyond which a buffer is not kept.
    private static final int MOST_KEPT_BYTES = 1 << 20;

    private static final Pool<SegmentReader> MAPPED = pool(true);
    private static final Pool<SegmentReader> POSITIONAL = pool(false);

    private final Pool<SegmentReader> pool;
    private final SegmentReader reader;
    private final ReadCount count;
    private final BatchWalk walk;
    private ByteBuffer batches = NOTHING;
    private boolean closed;

    PartitionBatchReader(PartitionLog log, boolean mapped, long offset) {
        this.pool = mapped ? MAPPED : POSITIONAL;
        this.reader = pool.take();
        this.count = new ReadCount(log.counters());
        this.walk = new BatchWalk(log, reader, count, offset);
    }

    private static Pool<SegmentReader> pool(boolean mapped) {
        return new Pool<>(() -> new SegmentReader(mapped), reader -> {});
    }

    /// Tells this one of its end.
    void tracked(OpenHandles.Handle handle) {
        walk.tracked(handle);
    }

    @Override
    public boolean next(int maxBytes) {
        batches = NOTHING;
        try {
            return find(maxBytes);
        } catch (IOException | RuntimeException e) {
            if (walk.recoversFrom(e)) {
                return next(maxBytes);
            }
            throw walk.failure(e);
        }
    }

    private boolean find(int maxBytes) throws IOException {
        if (!walk.next()) {
            return false;
        }
        int bytes = walk.sizeInBytes();
        long start = walk.endPosition() - bytes;
        long there = walk.segment().committedBytes() - start;
        reader.at(walk.segment(), start, (int) Math.max(bytes, Math.min(there, maxBytes)));
        while (walk.nextWithin(maxBytes - bytes)) {
            bytes += walk.sizeInBytes();
        }
        reader.at(walk.segment(), start, bytes);
        batches = reader.buffer().slice(reader.index(), bytes).asReadOnlyBuffer();
        walk.want(walk.nextOffset());
        return true;
    }

    @Override
    public ByteBuffer batches() {
        return batches;
    }

    @Override
    public long position() {
        return walk.wanted();
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        batches = NOTHING;
        walk.close();
        count.tell();
        if (reader.keptBytes() <= MOST_KEPT_BYTES) {
            pool.giveBack(reader);
        }
    }
}
