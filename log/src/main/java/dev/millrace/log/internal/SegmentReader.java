package dev.millrace.log.internal;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// Brings bytes of segments into view: through the segment's mapping, or through a buffer of its
/// own filled by reads at a position. The buffer's own position and limit mean nothing.
///
/// For one thread.
final class SegmentReader {
    private static final int READ_AHEAD_BYTES = 64 << 10;

    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final boolean mapped;
    private ByteBuffer buffer = NOTHING;
    private int index;
    private @Nullable ByteBuffer own;
    private @Nullable Segment ownSegment;
    private long ownPosition;

    /// @param mapped whether to use mappings where the segment has them
    SegmentReader(boolean mapped) {
        this.mapped = mapped;
    }

    /// Brings `bytes` at `position` into view: they are in [#buffer] from [#index] on. The caller
    /// has made sure that they are committed.
    void at(Segment segment, long position, int bytes) throws IOException {
        if (mapped) {
            ByteBuffer mapping = segment.mapping(position + bytes);
            if (mapping != null) {
                buffer = mapping;
                index = (int) position;
                return;
            }
        }
        readAt(segment, position, bytes);
    }

    private void readAt(Segment segment, long position, int bytes) throws IOException {
        ByteBuffer into = own;
        if (into == null
                || segment != ownSegment
                || position < ownPosition
                || position + bytes > ownPosition + into.limit()) {
            if (into == null || into.capacity() < bytes) {
                into = ByteBuffer.allocateDirect(Math.max(bytes, READ_AHEAD_BYTES));
                own = into;
            }
            ownSegment = null;
            into.clear();
            into.limit((int) Math.min(into.capacity(), segment.committedBytes() - position));
            int read = segment.file().read(into, position);
            if (read < bytes) {
                throw new IOException(
                        "%s ends at byte %d, %d bytes early: it was cut from outside"
                                .formatted(segment.file().path(), position + read, bytes - read));
            }
            into.flip();
            ownSegment = segment;
            ownPosition = position;
        }
        buffer = into;
        index = (int) (position - ownPosition);
    }

    /// Forgets what was read, where the segment changed below.
    void forget() {
        ownSegment = null;
        buffer = NOTHING;
    }

    /// Bytes of the buffer of its own.
    int keptBytes() {
        ByteBuffer present = own;
        return present == null ? 0 : present.capacity();
    }

    ByteBuffer buffer() {
        return buffer;
    }

    int index() {
        return index;
    }
}
