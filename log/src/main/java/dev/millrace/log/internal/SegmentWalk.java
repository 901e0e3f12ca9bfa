package dev.millrace.log.internal;

import dev.millrace.log.CorruptRecordException;
import dev.millrace.log.Damage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.function.BooleanSupplier;

/// Walks the batches of sealed segments for compaction, no faster than its [Throttle] lets it, each
/// checked as readers check it. Damage ends it: what cannot be read cannot be cleaned, and must not
/// be covered up.
///
/// For one thread.
final class SegmentWalk {
    private final PartitionLog log;
    private final Throttle throttle;
    private final BooleanSupplier unwanted;
    private final SegmentReader reader = new SegmentReader(false);

    /// @param unwanted whether the work is to end in the middle
    SegmentWalk(PartitionLog log, Throttle throttle, BooleanSupplier unwanted) {
        this.log = log;
        this.throttle = throttle;
        this.unwanted = unwanted;
    }

    /// Something to do with each batch; false ends the walk.
    interface BatchAction {
        boolean on(ByteBuffer b, int at, int sizeInBytes) throws IOException;
    }

    /// Thrown where the work is not wanted any more: the log is being closed, the topic deleted.
    static final class Unwanted extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Unwanted() {
            super(null, null, false, false);
        }
    }

    /// @return whether it came to the segment's end
    /// @throws CorruptRecordException where something is damaged
    /// @throws Unwanted where the work is to end
    boolean over(Segment segment, BatchAction action) throws IOException {
        BatchScanner scanner = new BatchScanner(segment, reader, log.epochs());
        long size = segment.committedBytes();
        long offset = segment.baseOffset();
        for (long at = 0; at < size; at += scanner.sizeInBytes()) {
            if (unwanted.getAsBoolean()) {
                throw new Unwanted();
            }
            String problem = scanner.problem(at, offset, size);
            if (problem != null) {
                throw damaged(segment, at, offset, problem);
            }
            offset = scanner.lastOffset() + 1;
            throttle.took(scanner.sizeInBytes());
            try {
                if (!action.on(reader.buffer(), reader.index(), scanner.sizeInBytes())) {
                    return false;
                }
            } catch (MalformedBatchException e) {
                throw damaged(segment, at, scanner.baseOffset(), String.valueOf(e.getMessage()));
            }
        }
        if (offset != log.endOf(segment)) {
            throw damaged(segment, size, offset, "the segment ends early");
        }
        return true;
    }

    private CorruptRecordException damaged(
            Segment segment, long position, long offset, String problem) {
        String file = segment.file().path().toString();
        return new CorruptRecordException(
                new Damage(log.id(), offset, log.endOf(segment), file, position, problem));
    }
}
