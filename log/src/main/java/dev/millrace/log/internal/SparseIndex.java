package dev.millrace.log.internal;

import java.nio.ByteBuffer;
import java.util.Arrays;

/// The sparse offset index of a segment, `.index` in Kafka's format:
///
/// | at | bytes | field |
/// |---|---|---|
/// | 0 | 4 | last offset of a batch, less the segment's base offset; int32, big-endian |
/// | 4 | 4 | where that batch begins in the `.log` file, in bytes; int32, big-endian |
///
/// One entry every `index.interval.bytes` of batches, both fields strictly increasing. The file is
/// written when the segment is sealed or the log closed, and believed only where [SegmentIndexes]
/// finds its checksum right; after a crash it is made again from the segment.
///
/// One thread adds, any number look up.
final class SparseIndex {
    static final int ENTRY_BYTES = 8;

    /// What readers see at one moment: the first `count` elements of arrays that only grow.
    private record Entries(int[] offsets, int[] positions, int count) {}

    private volatile Entries entries = new Entries(new int[16], new int[16], 0);

    void add(int relativeOffset, int position) {
        Entries now = entries;
        int[] offsets = now.offsets;
        int[] positions = now.positions;
        if (now.count == offsets.length) {
            offsets = Arrays.copyOf(offsets, 2 * now.count);
            positions = Arrays.copyOf(positions, 2 * now.count);
        }
        offsets[now.count] = relativeOffset;
        positions[now.count] = position;
        entries = new Entries(offsets, positions, now.count + 1);
    }

    /// The entry with the greatest offset that is not above `relativeOffset`, as its number; -1
    /// where there is none.
    int floor(int relativeOffset) {
        Entries now = entries;
        int found = Arrays.binarySearch(now.offsets, 0, now.count, relativeOffset);
        return found >= 0 ? found : -found - 2;
    }

    int count() {
        return entries.count;
    }

    int offset(int entry) {
        return entries.offsets[entry];
    }

    int position(int entry) {
        return entries.positions[entry];
    }

    void clear() {
        entries = new Entries(new int[16], new int[16], 0);
    }

    /// Takes the entries of a file that its checksum vouches for.
    void load(ByteBuffer bytes) {
        int count = bytes.remaining() / ENTRY_BYTES;
        int[] offsets = new int[Math.max(16, count)];
        int[] positions = new int[Math.max(16, count)];
        for (int i = 0; i < count; i++) {
            offsets[i] = bytes.getInt();
            positions[i] = bytes.getInt();
        }
        entries = new Entries(offsets, positions, count);
    }

    /// The file's bytes.
    ByteBuffer toBytes() {
        Entries now = entries;
        ByteBuffer bytes = ByteBuffer.allocate(now.count * ENTRY_BYTES);
        for (int i = 0; i < now.count; i++) {
            bytes.putInt(now.offsets[i]).putInt(now.positions[i]);
        }
        return bytes.flip();
    }
}
