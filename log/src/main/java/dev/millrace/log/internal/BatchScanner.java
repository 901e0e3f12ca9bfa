package dev.millrace.log.internal;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// Checks the batches of a segment one by one, and finds the way back to a sound one behind damage.
///
/// A batch's own checksum leaves out base offset, length and leader epoch, so these are checked
/// against their neighbours: the base offset follows the last offset before it, a wrong length
/// moves the checksum off its bytes, and the epoch is the one that [LeaderEpochs] has for the
/// offset.
///
/// For one thread.
final class BatchScanner {
    private final Segment segment;
    private final SegmentReader reader;
    private final @Nullable LeaderEpochs epochs;
    private final BatchChecksum checksum = new BatchChecksum();
    private int sizeInBytes;
    private long baseOffset;
    private long lastOffset;

    /// @param epochs to check leader epochs against; null where they are not known
    BatchScanner(Segment segment, SegmentReader reader, @Nullable LeaderEpochs epochs) {
        this.segment = segment;
        this.reader = reader;
        this.epochs = epochs;
    }

    Segment segment() {
        return segment;
    }

    /// Of the batch found sound last.
    int sizeInBytes() {
        return sizeInBytes;
    }

    /// Of the batch found sound last.
    long baseOffset() {
        return baseOffset;
    }

    /// Of the batch found sound last.
    long lastOffset() {
        return lastOffset;
    }

    /// Checks the batch at `position`, which is then in view of the reader.
    ///
    /// @param expectedOffset the base offset that it must have
    /// @param end where the segment ends
    /// @return what is wrong, in words; null where all is well
    @Nullable String problem(long position, long expectedOffset, long end) throws IOException {
        String problem = content(position, end);
        if (problem != null) {
            return problem;
        }
        if (baseOffset != expectedOffset) {
            return "base offset %d where %d follows".formatted(baseOffset, expectedOffset);
        }
        return epochProblem();
    }

    /// As [#problem], for a batch of which only the last offset is known.
    @Nullable String problemOfLast(long position, long expectedLastOffset, long end)
            throws IOException {
        String problem = content(position, end);
        if (problem != null) {
            return problem;
        }
        if (lastOffset != expectedLastOffset) {
            return "last offset %d where the index has %d"
                    .formatted(lastOffset, expectedLastOffset);
        }
        return epochProblem();
    }

    private @Nullable String epochProblem() {
        if (epochs == null) {
            return null;
        }
        int epoch = BatchFormat.leaderEpoch(reader.buffer(), reader.index());
        int known = epochs.at(baseOffset);
        return epoch == known
                ? null
                : "leader epoch %d at an offset of epoch %d".formatted(epoch, known);
    }

    private @Nullable String content(long position, long end) throws IOException {
        if (end - position < BatchFormat.HEADER_BYTES) {
            return "%d bytes where a batch must begin".formatted(end - position);
        }
        reader.at(segment, position, BatchFormat.HEADER_BYTES);
        int available = (int) Math.min(end - position, Integer.MAX_VALUE);
        String problem = BatchFormat.structuralProblem(reader.buffer(), reader.index(), available);
        if (problem != null) {
            return problem;
        }
        int size = BatchFormat.sizeInBytes(reader.buffer(), reader.index());
        reader.at(segment, position, size);
        ByteBuffer bytes = reader.buffer();
        int at = reader.index();
        if (!segment.verified().contains(position)) {
            problem = BatchFormat.problem(bytes, at, size, checksum);
            if (problem != null) {
                return problem;
            }
            segment.verified().add(position);
        }
        sizeInBytes = size;
        baseOffset = BatchFormat.baseOffset(bytes, at);
        lastOffset = BatchFormat.lastOffset(bytes, at);
        return null;
    }

    /// Looks for the next sound batch behind `position`.
    ///
    /// @param lostOffset the first offset that is missing; what is found begins behind it
    /// @return where it begins, and then it is in view; `end` where there is none
    long resync(long position, long lostOffset, long end) throws IOException {
        long last = end - BatchFormat.HEADER_BYTES;
        for (long at = position + 1; at <= last; at++) {
            reader.at(segment, at, BatchFormat.HEADER_BYTES);
            ByteBuffer bytes = reader.buffer();
            int index = reader.index();
            if (BatchFormat.magic(bytes, index) == BatchFormat.CURRENT_MAGIC
                    && BatchFormat.baseOffset(bytes, index) > lostOffset
                    && content(at, end) == null
                    && epochProblem() == null) {
                return at;
            }
        }
        return end;
    }
}
