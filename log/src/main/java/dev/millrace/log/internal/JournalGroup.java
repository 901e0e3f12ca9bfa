package dev.millrace.log.internal;

import static dev.millrace.log.internal.JournalFormat.*;

import dev.millrace.log.internal.JournalFormat.PartitionKey;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.UUID;
import java.util.zip.CRC32C;

/// A frame group while it is being put together, laid out as [JournalFormat] says, in one buffer
/// that begins with the head of the file page that the group begins in, so that only whole pages
/// are ever written.
///
/// For one thread.
final class JournalGroup {
    static final int PAGE_BYTES = 4096;

    private final long logId;
    private final CRC32C crc = new CRC32C();
    private ByteBuffer bytes = ByteBuffer.allocateDirect(1 << 20);
    private int start;
    private int end;
    private int frames;
    private int frameStart;
    private long sequence;

    JournalGroup(long logId) {
        this.logId = logId;
    }

    /// Begins a group behind `head`, the bytes of its first page that stand before it.
    void begin(long groupSequence, ByteBuffer head) {
        bytes.clear();
        bytes.put(head.duplicate());
        start = bytes.position();
        end = start + GROUP_BYTES;
        frames = 0;
        sequence = groupSequence;
    }

    boolean isEmpty() {
        return frames == 0;
    }

    /// Begins a frame and makes room for `contentBytes` behind its header.
    ///
    /// @return the buffer; the content begins at [#contentStart]
    ByteBuffer beginFrame(int contentBytes) {
        long needed = (long) end + FRAME_BYTES + contentBytes + PAGE_BYTES;
        if (needed > bytes.capacity()) {
            ByteBuffer larger =
                    ByteBuffer.allocateDirect(
                            Math.toIntExact(Math.max(needed, 2L * bytes.capacity())));
            larger.put(bytes.duplicate().position(0).limit(end));
            bytes = larger;
        }
        bytes.clear();
        frameStart = end;
        return bytes;
    }

    int contentStart() {
        return frameStart + FRAME_BYTES;
    }

    /// Ends the frame whose content has been written.
    void endFrame(
            int kind,
            UUID topicId,
            int partition,
            long baseOffset,
            PartitionEnd after,
            long position,
            int epoch,
            int contentBytes) {
        int at = frameStart;
        bytes.putInt(at, FRAME_BYTES + contentBytes);
        bytes.putLong(at + FRAME_SEQUENCE, sequence);
        putUuid(bytes, at + FRAME_TOPIC, topicId);
        bytes.putInt(at + FRAME_PARTITION, partition);
        bytes.putInt(at + FRAME_KIND, kind);
        bytes.putLong(at + FRAME_BASE_OFFSET, baseOffset);
        bytes.putLong(at + FRAME_NEXT_OFFSET, after.offset());
        bytes.putLong(at + FRAME_SEGMENT, after.segmentBase());
        bytes.putLong(at + FRAME_POSITION, position);
        bytes.putInt(at + FRAME_EPOCH, epoch);
        bytes.putInt(at + FRAME_BATCH_BYTES, Math.toIntExact(after.position() - position));
        bytes.putInt(
                at + FRAME_CRC, checksum(at + FRAME_SEQUENCE, at + FRAME_BYTES + contentBytes));
        end = at + FRAME_BYTES + contentBytes;
        frames++;
    }

    /// Adds a checkpoint of these ends.
    void checkpoint(Map<PartitionKey, PartitionEnd> forced, boolean clean) {
        int contentBytes = forced.size() * CHECKPOINT_ENTRY_BYTES;
        ByteBuffer into = beginFrame(contentBytes);
        int at = contentStart();
        for (Map.Entry<PartitionKey, PartitionEnd> entry : forced.entrySet()) {
            putUuid(into, at, entry.getKey().topicId());
            into.putInt(at + 16, entry.getKey().partition());
            into.putInt(at + 20, 0);
            into.putLong(at + 24, entry.getValue().offset());
            into.putLong(at + 32, entry.getValue().segmentBase());
            into.putLong(at + 40, entry.getValue().position());
            at += CHECKPOINT_ENTRY_BYTES;
        }
        int kind = clean ? CLEAN_CHECKPOINT : CHECKPOINT;
        endFrame(kind, new UUID(0, 0), 0, 0, PartitionEnd.EMPTY, 0, 0, contentBytes);
    }

    /// Ends the group.
    ///
    /// @param firstNeeded the sequence of the first group that recovery still needs
    /// @return whole pages to write at the start of the group's first page
    ByteBuffer finish(long firstNeeded) {
        bytes.putInt(start, GROUP_MAGIC);
        bytes.putLong(start + GROUP_SEQUENCE, sequence);
        bytes.putLong(start + GROUP_LOG_ID, logId);
        bytes.putLong(start + GROUP_FIRST_NEEDED, firstNeeded);
        bytes.putInt(start + GROUP_LENGTH, end - start);
        bytes.putInt(start + GROUP_FRAMES, frames);
        bytes.putInt(start + GROUP_CRC, checksum(start + GROUP_SEQUENCE, start + GROUP_BYTES));
        int padded = (end + PAGE_BYTES - 1) & -PAGE_BYTES;
        for (int i = end; i < padded; i++) {
            bytes.put(i, (byte) 0);
        }
        return bytes.duplicate().position(0).limit(padded);
    }

    /// Length of the finished group, unpadded.
    int sizeInBytes() {
        return end - start;
    }

    /// The bytes of the last page that the finished group fills, to begin the next group behind.
    ByteBuffer tail() {
        int next = (int) align(end);
        return bytes.duplicate().position(next & -PAGE_BYTES).limit(next);
    }

    private int checksum(int from, int to) {
        crc.reset();
        crc.update(bytes.duplicate().position(from).limit(to));
        return (int) crc.getValue();
    }
}
