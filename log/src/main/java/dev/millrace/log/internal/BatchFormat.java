package dev.millrace.log.internal;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// Where the fields of a record batch are: Kafka's message format, magic 2.
///
/// | at | bytes | field | unit, meaning | checksum |
/// |---|---|---|---|---|
/// | 0 | 8 | base offset | offset of the first record | – |
/// | 8 | 4 | length | bytes behind this field: the whole size less 12 | – |
/// | 12 | 4 | leader epoch | times that a tail was cut | – |
/// | 16 | 1 | magic | 2 | – |
/// | 17 | 4 | CRC | CRC-32C of everything from byte 21 to the end | – |
/// | 21 | 2 | attributes | bits 0-2 codec, 3 timestamp type, 4 transactional, 5 control, 6 delete horizon | yes |
/// | 23 | 4 | last offset delta | offset of the last record less base offset | yes |
/// | 27 | 8 | base timestamp | ms since the epoch; what records' deltas are added to | yes |
/// | 35 | 8 | max timestamp | ms since the epoch; the latest of the records | yes |
/// | 43 | 8 | producer id | -1 for none | yes |
/// | 51 | 2 | producer epoch | -1 for none | yes |
/// | 53 | 4 | base sequence | -1 for none | yes |
/// | 57 | 4 | count | records | yes |
/// | 61 | … | records | as the codec left them | yes |
///
/// A record, once decompressed (varints as in `Varints`):
///
/// | bytes | field | meaning |
/// |---|---|---|
/// | varint | length | bytes behind this field |
/// | 1 | attributes | 0, unused |
/// | varlong | timestamp delta | ms, may be negative |
/// | varint | offset delta | 0, 1, 2, … (with gaps after compaction) |
/// | varint, … | key | length, -1 for null, then the bytes |
/// | varint, … | value | length, -1 for null, then the bytes |
/// | varint, … | headers | their count, then for each: key (length, UTF-8), value (length or -1, bytes) |
///
/// All fixed fields are big-endian and signed. The CRC leaves out the first 17 bytes, so that base
/// offset and epoch are stamped by whoever stores the batch without touching the records: a flipped
/// bit there is found by the chain of offsets and by the frame around the batch, not here.
///
/// A crash can leave any prefix of a batch, and, where the file's size was written before its
/// bytes, zeros from any sector on: a batch cut short lacks its bytes, one with zeros fails its
/// CRC.
///
/// Accessors take a big-endian buffer and the position of the batch in it, are absolute, and
/// allocate nothing. They check nothing either; [#problem] does. Source: Apache Kafka's
/// documentation, "Message Format".
public final class BatchFormat {
    public static final int BASE_OFFSET = 0;
    public static final int LENGTH = 8;
    public static final int LEADER_EPOCH = 12;
    public static final int MAGIC = 16;
    public static final int CRC = 17;
    public static final int ATTRIBUTES = 21;
    public static final int LAST_OFFSET_DELTA = 23;
    public static final int BASE_TIMESTAMP = 27;
    public static final int MAX_TIMESTAMP = 35;
    public static final int PRODUCER_ID = 43;
    public static final int PRODUCER_EPOCH = 51;
    public static final int BASE_SEQUENCE = 53;
    public static final int COUNT = 57;

    /// Bytes before the first record.
    public static final int HEADER_BYTES = 61;

    /// Bytes before those that the length field counts.
    public static final int LOG_OVERHEAD = 12;

    /// The smallest record: length, attributes, two deltas, null key, null value, no headers.
    public static final int MIN_RECORD_BYTES = 7;

    /// The smallest batch with a record in it.
    public static final int MIN_BATCH_BYTES = HEADER_BYTES + MIN_RECORD_BYTES;

    /// The largest batch: 256 MiB.
    public static final int MAX_BATCH_BYTES = 1 << 28;

    public static final byte CURRENT_MAGIC = 2;

    public static final int CODEC_MASK = 0x07;
    public static final int LOG_APPEND_TIME_BIT = 0x08;
    public static final int TRANSACTIONAL_BIT = 0x10;
    public static final int CONTROL_BIT = 0x20;
    public static final int DELETE_HORIZON_BIT = 0x40;

    /// No producer id, producer epoch or sequence.
    public static final int NONE = -1;

    private BatchFormat() {}

    /// What a batch's timestamps mean.
    public enum TimestampType {
        /// Records keep the time that their producer gave them.
        CREATE_TIME,
        /// Every record has the batch's max timestamp: the time of the append.
        LOG_APPEND_TIME
    }

    public static long baseOffset(ByteBuffer b, int at) {
        return b.getLong(at + BASE_OFFSET);
    }

    /// The whole batch in bytes, header included; negative or too large where the field is damaged.
    public static int sizeInBytes(ByteBuffer b, int at) {
        return b.getInt(at + LENGTH) + LOG_OVERHEAD;
    }

    public static int leaderEpoch(ByteBuffer b, int at) {
        return b.getInt(at + LEADER_EPOCH);
    }

    public static byte magic(ByteBuffer b, int at) {
        return b.get(at + MAGIC);
    }

    /// The stored CRC-32C.
    public static int crc(ByteBuffer b, int at) {
        return b.getInt(at + CRC);
    }

    public static int attributes(ByteBuffer b, int at) {
        return b.getShort(at + ATTRIBUTES) & 0xffff;
    }

    /// The codec's number, 0 to 7; [Compression#id] of those that exist.
    public static int compressionId(ByteBuffer b, int at) {
        return attributes(b, at) & CODEC_MASK;
    }

    public static TimestampType timestampType(ByteBuffer b, int at) {
        return (attributes(b, at) & LOG_APPEND_TIME_BIT) == 0
                ? TimestampType.CREATE_TIME
                : TimestampType.LOG_APPEND_TIME;
    }

    public static boolean isTransactional(ByteBuffer b, int at) {
        return (attributes(b, at) & TRANSACTIONAL_BIT) != 0;
    }

    public static boolean isControl(ByteBuffer b, int at) {
        return (attributes(b, at) & CONTROL_BIT) != 0;
    }

    public static int lastOffsetDelta(ByteBuffer b, int at) {
        return b.getInt(at + LAST_OFFSET_DELTA);
    }

    public static long lastOffset(ByteBuffer b, int at) {
        return baseOffset(b, at) + lastOffsetDelta(b, at);
    }

    /// Milliseconds since the epoch.
    public static long baseTimestamp(ByteBuffer b, int at) {
        return b.getLong(at + BASE_TIMESTAMP);
    }

    /// Milliseconds since the epoch.
    public static long maxTimestamp(ByteBuffer b, int at) {
        return b.getLong(at + MAX_TIMESTAMP);
    }

    public static long producerId(ByteBuffer b, int at) {
        return b.getLong(at + PRODUCER_ID);
    }

    public static short producerEpoch(ByteBuffer b, int at) {
        return b.getShort(at + PRODUCER_EPOCH);
    }

    public static int baseSequence(ByteBuffer b, int at) {
        return b.getInt(at + BASE_SEQUENCE);
    }

    /// Records in the batch.
    public static int count(ByteBuffer b, int at) {
        return b.getInt(at + COUNT);
    }

    /// The CRC-32C that the batch should have, over the size that it says it has. Makes a
    /// [BatchChecksum]: whoever checks many batches keeps one.
    public static int computeCrc(ByteBuffer b, int at) {
        return new BatchChecksum().of(b, at);
    }

    /// Writes place and epoch into a batch, outside of what its CRC covers.
    public static void stamp(ByteBuffer b, int at, long baseOffset, int leaderEpoch) {
        b.putLong(at + BASE_OFFSET, baseOffset);
        b.putInt(at + LEADER_EPOCH, leaderEpoch);
    }

    /// As [#problem(ByteBuffer,int,int,BatchChecksum)], with a checksum of its own.
    public static @Nullable String problem(ByteBuffer b, int at, int available) {
        return problem(b, at, available, new BatchChecksum());
    }

    /// What is wrong with the batch at `at`, in words; null where nothing is. Checks what can be
    /// told without walking the records: size, magic, counts, CRC.
    ///
    /// @param available bytes from `at` to the end of what may belong to the batch
    public static @Nullable String problem(
            ByteBuffer b, int at, int available, BatchChecksum checksum) {
        String structure = structuralProblem(b, at, available);
        if (structure != null) {
            return structure;
        }
        int computed = checksum.of(b, at);
        if (computed != crc(b, at)) {
            return "CRC-32C is %08x, the batch says %08x".formatted(computed, crc(b, at));
        }
        return null;
    }

    /// As [#problem] without the CRC: what 61 bytes can tell.
    public static @Nullable String structuralProblem(ByteBuffer b, int at, int available) {
        if (available < HEADER_BYTES) {
            return "%d bytes are too few for a batch header of %d"
                    .formatted(available, HEADER_BYTES);
        }
        if (magic(b, at) != CURRENT_MAGIC) {
            return "magic is %d, not %d".formatted(magic(b, at), CURRENT_MAGIC);
        }
        int size = sizeInBytes(b, at);
        if (size < HEADER_BYTES || size > MAX_BATCH_BYTES) {
            return "size is %d bytes, not %d to %d".formatted(size, HEADER_BYTES, MAX_BATCH_BYTES);
        }
        if (size > available) {
            return "size is %d bytes, but %d are there".formatted(size, available);
        }
        // Compaction takes records out and leaves the last offset, even where no record is left.
        int count = count(b, at);
        int lastOffsetDelta = lastOffsetDelta(b, at);
        if (count < 0 || lastOffsetDelta < 0 || count - 1 > lastOffsetDelta) {
            return "count is %d with a last offset delta of %d".formatted(count, lastOffsetDelta);
        }
        return null;
    }
}
