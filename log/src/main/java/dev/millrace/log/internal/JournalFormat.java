package dev.millrace.log.internal;

import java.nio.ByteBuffer;
import java.util.UUID;

/// The journal's bytes. All numbers are big-endian.
///
/// A journal file is a run of *frame groups*, each at a multiple of 8 bytes. One group is what one
/// force acknowledges; it counts only whole. Behind the last group of a file stand zeros to the end
/// of its 4 KiB page, and behind that zeros or groups of an earlier use of the file, which their
/// lower sequence gives away.
///
/// Group header, [#GROUP_BYTES]:
///
/// | at | bytes | field |
/// |---|---|---|
/// | 0 | 4 | magic, `MRJ1` |
/// | 4 | 4 | CRC-32C of bytes 8 to 40 |
/// | 8 | 8 | sequence: one more than that of the group before, over all files |
/// | 16 | 8 | log id, its low half: a group of another log is not ours |
/// | 24 | 8 | first needed: groups below were forced in their segments when this one was written |
/// | 32 | 4 | length of the group with this header, in bytes, unpadded |
/// | 36 | 4 | number of frames |
///
/// Frame header, [#FRAME_BYTES]; the frames follow one another without gaps:
///
/// | at | bytes | field |
/// |---|---|---|
/// | 0 | 4 | length of the frame with this header, in bytes |
/// | 4 | 4 | CRC-32C of everything behind this field to the end of the frame |
/// | 8 | 8 | sequence of its group: a stale frame in the same place does not pass |
/// | 16 | 16 | topic id |
/// | 32 | 4 | partition |
/// | 36 | 4 | kind: 1 data, 2 place, 3 checkpoint, 4 checkpoint at an orderly close |
/// | 40 | 8 | base offset |
/// | 48 | 8 | next offset: behind the frame's last record |
/// | 56 | 8 | base offset of the segment |
/// | 64 | 8 | position in the segment |
/// | 72 | 4 | leader epoch |
/// | 76 | 4 | length of the batches, in bytes |
///
/// A *data* frame ends with the record batches, exactly as they stand in the segment. A *place*
/// frame has none: the segment itself was forced before the frame was written. A *checkpoint*
/// frame's entries say up to where each segment has been forced ([#CHECKPOINT_ENTRY_BYTES] each):
///
/// | at | bytes | field |
/// |---|---|---|
/// | 0 | 16 | topic id |
/// | 16 | 4 | partition |
/// | 20 | 4 | zero |
/// | 24 | 8 | next offset |
/// | 32 | 8 | base offset of the segment |
/// | 40 | 8 | size of the segment |
///
/// What a crash leaves: the group that was being written may be torn in any way, and then it never
/// was; nothing before it is touched with other bytes than it had.
final class JournalFormat {
    static final int GROUP_MAGIC = 0x4D524A31;
    static final int GROUP_BYTES = 40;
    static final int FRAME_BYTES = 80;
    static final int CHECKPOINT_ENTRY_BYTES = 48;
    static final int ALIGNMENT = 8;

    static final int DATA = 1;
    static final int PLACE = 2;
    static final int CHECKPOINT = 3;
    static final int CLEAN_CHECKPOINT = 4;

    static final int GROUP_CRC = 4;
    static final int GROUP_SEQUENCE = 8;
    static final int GROUP_LOG_ID = 16;
    static final int GROUP_FIRST_NEEDED = 24;
    static final int GROUP_LENGTH = 32;
    static final int GROUP_FRAMES = 36;

    static final int FRAME_CRC = 4;
    static final int FRAME_SEQUENCE = 8;
    static final int FRAME_TOPIC = 16;
    static final int FRAME_PARTITION = 32;
    static final int FRAME_KIND = 36;
    static final int FRAME_BASE_OFFSET = 40;
    static final int FRAME_NEXT_OFFSET = 48;
    static final int FRAME_SEGMENT = 56;
    static final int FRAME_POSITION = 64;
    static final int FRAME_EPOCH = 72;
    static final int FRAME_BATCH_BYTES = 76;

    /// A partition, as the journal knows it.
    record PartitionKey(UUID topicId, int partition) {}

    private JournalFormat() {}

    static long align(long position) {
        return (position + ALIGNMENT - 1) & -ALIGNMENT;
    }

    static UUID uuid(ByteBuffer bytes, int at) {
        return new UUID(bytes.getLong(at), bytes.getLong(at + 8));
    }

    static void putUuid(ByteBuffer bytes, int at, UUID id) {
        bytes.putLong(at, id.getMostSignificantBits());
        bytes.putLong(at + 8, id.getLeastSignificantBits());
    }
}
