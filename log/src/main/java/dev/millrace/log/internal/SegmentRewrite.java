package dev.millrace.log.internal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Writes neighbouring segments of a compacted partition again as one, without the records that are
/// not needed any more:
///
/// * those of a key that has a later record;
/// * tombstones whose delete horizon has passed;
/// * those below the partition's start offset.
///
/// Records without a key stay: nothing takes their place. So do control batches, and everything
/// from the offset on up to which the [OffsetMap] was filled. A batch that keeps all its records is
/// copied as it is; one that loses some, or follows a gap, becomes a [RewrittenBatch]. Where a gap
/// ends with its leader epoch or with the segment, an empty batch covers it.
///
/// For one thread, once.
final class SegmentRewrite {
    private static final int STAGING_BYTES = 1 << 20;

    private final Compaction.Pass pass;
    private final SegmentWalk walk;
    private final RecordDecoder decoder = new RecordDecoder();
    private final RewrittenBatch rewritten = new RewrittenBatch();
    private final BitSet kept = new BitSet();
    private ByteBuffer staging = ByteBuffer.allocate(0);
    private @Nullable StorageFile out;
    private long position;

    /// What has been written covers the offsets below; what follows, up to the present batch, is a
    /// gap of one leader epoch.
    private long covered;

    private int gapEpoch;
    private boolean tombstoneKept;
    private long recordsKept;
    private long recordsRemoved;
    private long deleteHorizon = Long.MAX_VALUE;

    SegmentRewrite(Compaction.Pass pass, SegmentWalk walk) {
        this.pass = pass;
        this.walk = walk;
    }

    long recordsKept() {
        return recordsKept;
    }

    long recordsRemoved() {
        return recordsRemoved;
    }

    /// When the first of the tombstones that were kept may go; `Long.MAX_VALUE` where there are
    /// none.
    long deleteHorizon() {
        return deleteHorizon;
    }

    /// Whether a segment would lose a record, or a tombstone of it get its delete horizon.
    boolean isNeeded(Segment segment) throws IOException {
        boolean unchanged = walk.over(segment, (b, at, size) -> !changes(b, at));
        if (unchanged) {
            return false;
        }
        recordsKept = 0;
        recordsRemoved = 0;
        deleteHorizon = Long.MAX_VALUE;
        return true;
    }

    private boolean changes(ByteBuffer b, int at) {
        if (isUntouched(b, at)) {
            recordsKept += BatchFormat.count(b, at);
            return false;
        }
        decide(b, at);
        recordsKept += kept.cardinality();
        noteHorizon(BatchFormat.baseTimestamp(b, at));
        return kept.cardinality() < BatchFormat.count(b, at) || needsHorizon(b, at);
    }

    /// Writes the segments into a file, and forces it.
    ///
    /// @param end the offset behind the last
    void run(List<Segment> segments, long end, StorageFile file) throws IOException {
        out = file;
        staging = ByteBuffer.allocateDirect(STAGING_BYTES);
        covered = segments.getFirst().baseOffset();
        for (Segment segment : segments) {
            walk.over(
                    segment,
                    (b, at, size) -> {
                        take(b, at, size);
                        return true;
                    });
        }
        cover(end);
        flush();
        file.force();
    }

    private boolean isUntouched(ByteBuffer b, int at) {
        return BatchFormat.isControl(b, at) || BatchFormat.baseOffset(b, at) >= pass.mappedEnd();
    }

    /// Finds out which records stay.
    private void decide(ByteBuffer b, int at) {
        boolean horizonPassed =
                (BatchFormat.attributes(b, at) & BatchFormat.DELETE_HORIZON_BIT) != 0
                        && BatchFormat.baseTimestamp(b, at) <= pass.nowMillis();
        kept.clear();
        tombstoneKept = false;
        decoder.batch(b, at);
        for (int i = 0; decoder.next(); i++) {
            ByteBuffer key = decoder.key();
            boolean tombstone = key != null && decoder.valueLength() < 0;
            if (decoder.offset() >= pass.startOffset()
                    && !(tombstone && horizonPassed)
                    && (key == null || pass.map().get(key) <= decoder.offset())) {
                kept.set(i);
                tombstoneKept |= tombstone;
            }
        }
    }

    private boolean needsHorizon(ByteBuffer b, int at) {
        return tombstoneKept
                && (BatchFormat.attributes(b, at) & BatchFormat.DELETE_HORIZON_BIT) == 0;
    }

    private void take(ByteBuffer b, int at, int sizeInBytes) throws IOException {
        long base = BatchFormat.baseOffset(b, at);
        int count = BatchFormat.count(b, at);
        if (covered < base && gapEpoch != BatchFormat.leaderEpoch(b, at)) {
            cover(base);
        }
        gapEpoch = BatchFormat.leaderEpoch(b, at);
        if (isUntouched(b, at)) {
            cover(base);
            write(b, at, sizeInBytes);
            recordsKept += count;
            covered = BatchFormat.lastOffset(b, at) + 1;
            return;
        }
        decide(b, at);
        int keeps = kept.cardinality();
        recordsKept += keeps;
        recordsRemoved += count - keeps;
        if (keeps == 0) {
            return; // the gap grows
        }
        if (keeps == count && covered == base && !needsHorizon(b, at)) {
            write(b, at, sizeInBytes);
            noteHorizon(BatchFormat.baseTimestamp(b, at));
        } else {
            rewrite(b, at);
        }
        covered = BatchFormat.lastOffset(b, at) + 1;
    }

    private void rewrite(ByteBuffer b, int at) throws IOException {
        boolean newHorizon = needsHorizon(b, at);
        long base = newHorizon ? pass.newHorizonMillis() : BatchFormat.baseTimestamp(b, at);
        rewritten.begin(covered, base);
        decoder.batch(b, at);
        for (int i = 0; decoder.next(); i++) {
            if (kept.get(i)) {
                rewritten.add(decoder);
            }
        }
        noteHorizon(base);
        ByteBuffer batch = rewritten.finish(b, at, BatchFormat.lastOffset(b, at), newHorizon);
        write(batch, 0, batch.limit());
    }

    private void noteHorizon(long horizonMillis) {
        if (tombstoneKept) {
            deleteHorizon = Math.min(deleteHorizon, horizonMillis);
        }
    }

    /// Covers the gap below `offset`, where there is one.
    private void cover(long offset) throws IOException {
        if (covered < offset) {
            ByteBuffer batch = rewritten.empty(covered, offset - 1, gapEpoch);
            write(batch, 0, batch.limit());
            covered = offset;
        }
    }

    private void write(ByteBuffer b, int at, int bytes) throws IOException {
        pass.throttle().took(bytes);
        if (bytes > staging.remaining()) {
            flush();
        }
        ByteBuffer batch = b.duplicate().limit(at + bytes).position(at);
        if (bytes > staging.remaining()) {
            writeOut(batch);
        } else {
            staging.put(batch);
        }
    }

    private void flush() throws IOException {
        writeOut(staging.flip());
        staging.clear();
    }

    private void writeOut(ByteBuffer bytes) throws IOException {
        StorageFile file = out;
        int length = bytes.remaining();
        if (file != null && length > 0) {
            file.write(bytes, position);
            position += length;
        }
    }
}
