package dev.millrace.log.internal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.zip.CRC32C;

/// The two sparse indexes of a segment, and when their files may be believed. Kafka's index formats
/// have no checksum, so a third file, `.sums`, vouches for both:
///
/// | at | bytes | field |
/// |---|---|---|
/// | 0 | 8 | size of the `.log` file that they describe; int64, big-endian |
/// | 8 | 4 | CRC-32C of `.index` |
/// | 12 | 4 | CRC-32C of `.timeindex` |
///
/// None of the three is ever forced: whatever a crash leaves of them either agrees or is made again
/// from the segment.
///
/// One thread adds, any number look up.
final class SegmentIndexes {
    static final String INDEX = ".index";
    static final String TIME_INDEX = ".timeindex";
    static final String SUMS = ".sums";
    private static final int SUMS_BYTES = 16;

    private final long baseOffset;
    private final int intervalBytes;
    private final SparseIndex offsets = new SparseIndex();
    private final TimeIndex times = new TimeIndex();
    private long bytesSinceEntry;
    private volatile long maxTimestamp = Long.MIN_VALUE;
    private int maxTimestampOffset;

    SegmentIndexes(long baseOffset, int intervalBytes) {
        this.baseOffset = baseOffset;
        this.intervalBytes = intervalBytes;
    }

    /// Takes in one batch, in order of position; entries come where Kafka puts them.
    void add(long position, int sizeInBytes, long lastOffset, long batchMaxTimestamp) {
        int relativeOffset = (int) (lastOffset - baseOffset);
        if (batchMaxTimestamp > maxTimestamp) {
            maxTimestamp = batchMaxTimestamp;
            maxTimestampOffset = relativeOffset;
        }
        if (bytesSinceEntry > intervalBytes) {
            offsets.add(relativeOffset, (int) position);
            times.add(maxTimestamp, maxTimestampOffset);
            bytesSinceEntry = 0;
        }
        bytesSinceEntry += sizeInBytes;
    }

    /// Closes the time index with the greatest timestamp of all; by the thread that adds.
    void seal() {
        if (maxTimestamp != Long.MIN_VALUE) {
            times.add(maxTimestamp, maxTimestampOffset);
        }
    }

    void clear() {
        offsets.clear();
        times.clear();
        bytesSinceEntry = 0;
        maxTimestamp = Long.MIN_VALUE;
    }

    /// The greatest timestamp of all batches, or a greater one where all are before 1970;
    /// `Long.MIN_VALUE` where there are none.
    long maxTimestamp() {
        return maxTimestamp;
    }

    /// The number of the last entry whose batch ends at or before `offset`; -1 where there is none.
    int entryBefore(long offset) {
        return offsets.floor((int) Math.min(offset - baseOffset, Integer.MAX_VALUE));
    }

    /// How many entries there are; their numbers begin at 0.
    int entries() {
        return offsets.count();
    }

    /// Where the batch of an entry begins.
    long position(int entry) {
        return offsets.position(entry);
    }

    /// The last offset of the batch of an entry.
    long lastOffset(int entry) {
        return baseOffset + offsets.offset(entry);
    }

    /// An offset such that every record before it is older than `timestamp`.
    long offsetBefore(long timestamp) {
        int entry = times.lower(timestamp);
        return entry < 0 ? baseOffset : baseOffset + times.offset(entry) + 1;
    }

    /// Writes the three files for a segment of this size.
    void save(Storage storage, Path directory, long segmentBytes) throws IOException {
        ByteBuffer index = offsets.toBytes();
        ByteBuffer timeIndex = times.toBytes();
        ByteBuffer sums = ByteBuffer.allocate(SUMS_BYTES);
        sums.putLong(segmentBytes).putInt(sum(index)).putInt(sum(timeIndex));
        replace(storage, directory, INDEX, index);
        replace(storage, directory, TIME_INDEX, timeIndex);
        replace(storage, directory, SUMS, sums.flip());
    }

    /// Reads the files.
    ///
    /// @return whether they agree with each other and with a segment of this size; if not, nothing
    ///   was taken in
    boolean load(Storage storage, Path directory, long segmentBytes) throws IOException {
        clear();
        if (!storage.exists(directory.resolve(Segment.fileName(baseOffset, SUMS)))) {
            return false;
        }
        ByteBuffer sums = content(storage, directory, SUMS);
        ByteBuffer index = content(storage, directory, INDEX);
        ByteBuffer timeIndex = content(storage, directory, TIME_INDEX);
        if (sums.remaining() != SUMS_BYTES
                || sums.getLong() != segmentBytes
                || sums.getInt() != sum(index)
                || sums.getInt() != sum(timeIndex)) {
            return false;
        }
        offsets.load(index);
        times.load(timeIndex);
        if (times.count() > 0) {
            maxTimestamp = times.timestamp(times.count() - 1);
            maxTimestampOffset = times.offset(times.count() - 1);
        } else if (segmentBytes > 0) {
            maxTimestamp = -1; // the latest that it can be
        }
        return true;
    }

    private void replace(Storage storage, Path directory, String suffix, ByteBuffer bytes)
            throws IOException {
        try (StorageFile file =
                storage.open(directory.resolve(Segment.fileName(baseOffset, suffix)))) {
            file.truncate(bytes.remaining());
            file.write(bytes.duplicate(), 0);
        }
    }

    private ByteBuffer content(Storage storage, Path directory, String suffix) throws IOException {
        try (StorageFile file =
                storage.open(directory.resolve(Segment.fileName(baseOffset, suffix)))) {
            ByteBuffer bytes = ByteBuffer.allocate((int) Math.min(file.size(), 1 << 28));
            file.read(bytes, 0);
            return bytes.flip();
        }
    }

    private static int sum(ByteBuffer bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes.duplicate());
        return (int) crc.getValue();
    }
}
