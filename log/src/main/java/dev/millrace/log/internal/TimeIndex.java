package dev.millrace.log.internal;

import java.nio.ByteBuffer;
import java.util.Arrays;

/// The time index of a segment, `.timeindex` in Kafka's format:
///
/// | at | bytes | field |
/// |---|---|---|
/// | 0 | 8 | the greatest timestamp so far, ms since the epoch; int64, big-endian |
/// | 8 | 4 | last offset of the batch that has it, less the segment's base offset; int32 |
///
/// Timestamps and offsets strictly increase. Written, believed and rebuilt as [SparseIndex] is.
///
/// One thread adds, any number look up.
final class TimeIndex {
    static final int ENTRY_BYTES = 12;

    private record Entries(long[] timestamps, int[] offsets, int count) {}

    private volatile Entries entries = new Entries(new long[16], new int[16], 0);

    /// Adds an entry where the timestamp is greater than all before. Not for times before 1970,
    /// which Kafka's tools take for none at all.
    void add(long timestamp, int relativeOffset) {
        if (timestamp < 0) {
            return;
        }
        Entries now = entries;
        int last = now.count - 1;
        if (last >= 0
                && (timestamp <= now.timestamps[last] || relativeOffset <= now.offsets[last])) {
            return;
        }
        long[] timestamps = now.timestamps;
        int[] offsets = now.offsets;
        if (now.count == offsets.length) {
            timestamps = Arrays.copyOf(timestamps, 2 * now.count);
            offsets = Arrays.copyOf(offsets, 2 * now.count);
        }
        timestamps[now.count] = timestamp;
        offsets[now.count] = relativeOffset;
        entries = new Entries(timestamps, offsets, now.count + 1);
    }

    /// The entry with the greatest timestamp that is below `timestamp`, as its number; -1 where
    /// there is none. Every record at or before its offset is older than `timestamp`.
    int lower(long timestamp) {
        Entries now = entries;
        int found = Arrays.binarySearch(now.timestamps, 0, now.count, timestamp);
        return found >= 0 ? found - 1 : -found - 2;
    }

    int count() {
        return entries.count;
    }

    long timestamp(int entry) {
        return entries.timestamps[entry];
    }

    int offset(int entry) {
        return entries.offsets[entry];
    }

    void clear() {
        entries = new Entries(new long[16], new int[16], 0);
    }

    /// Takes the entries of a file that its checksum vouches for.
    void load(ByteBuffer bytes) {
        clear();
        while (bytes.remaining() >= ENTRY_BYTES) {
            add(bytes.getLong(), bytes.getInt());
        }
    }

    /// The file's bytes.
    ByteBuffer toBytes() {
        Entries now = entries;
        ByteBuffer bytes = ByteBuffer.allocate(now.count * ENTRY_BYTES);
        for (int i = 0; i < now.count; i++) {
            bytes.putLong(now.timestamps[i]).putInt(now.offsets[i]);
        }
        return bytes.flip();
    }
}
