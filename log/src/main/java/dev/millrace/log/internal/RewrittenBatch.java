package dev.millrace.log.internal;

import static dev.millrace.log.internal.Varints.size;
import static dev.millrace.log.internal.Varints.write;
import static dev.millrace.log.internal.Varints.zigzag;

import dev.millrace.log.Compression;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Writes a batch again with some of its records, as compaction leaves it:
///
/// * Its base offset is the end of the batch before, so that it covers the gap between, and the
///   chain of base offsets, by which readers find damage in what the CRC leaves out, stays whole.
///   Offset deltas are counted from there and have gaps; the last offset stays what it was.
/// * Codec, timestamps, leader epoch, producer id and producer epoch stay. There is no base
///   sequence any more: a producer's state is not read from compacted batches.
/// * With a delete horizon (KIP-534) attribute bit 6 is set, and the field of the base timestamp
///   holds the time after which tombstones may go; timestamp deltas are counted from it.
///
/// Nothing is allocated for a record. For one thread; used again and again.
final class RewrittenBatch {
    private static final int MOST_DELTA_BYTES = 5 + 1 + 10 + 5 + 5 + 5 + 5;

    private final BatchChecksum checksum = new BatchChecksum();
    private byte[] records = new byte[1 << 16];
    private byte[] batch = new byte[1 << 16];
    private int end;
    private int count;
    private long baseOffset;
    private long baseTimestamp;
    private long maxTimestamp;

    /// Begins a batch.
    ///
    /// @param newBaseTimestamp what timestamp deltas are counted from: the old one, or the horizon
    void begin(long newBaseOffset, long newBaseTimestamp) {
        baseOffset = newBaseOffset;
        baseTimestamp = newBaseTimestamp;
        maxTimestamp = Long.MIN_VALUE;
        end = 0;
        count = 0;
    }

    /// Adds the record that the decoder stands at.
    void add(RecordDecoder record) {
        int key = record.keyLength();
        int value = record.valueLength();
        int headers = record.headerBytes();
        long content = (long) Math.max(0, key) + Math.max(0, value) + headers;
        reserve(content + MOST_DELTA_BYTES);
        long timestampDelta = zigzag(record.timestampMillis() - baseTimestamp);
        int offsetDelta = zigzag((int) (record.offset() - baseOffset));
        int length =
                1
                        + size(timestampDelta)
                        + size(offsetDelta)
                        + size(zigzag(key))
                        + size(zigzag(value))
                        + size(zigzag(record.headerCount()))
                        + (int) content;
        byte[] b = records;
        int at = write(b, end, zigzag(length));
        b[at++] = 0;
        at = write(b, at, timestampDelta);
        at = write(b, at, offsetDelta);
        at = field(b, at, key, record.key());
        at = field(b, at, value, record.value());
        at = write(b, at, zigzag(record.headerCount()));
        record.copyHeaders(b, at);
        end = at + headers;
        count++;
        maxTimestamp = Math.max(maxTimestamp, record.timestampMillis());
    }

    private void reserve(long more) {
        if (end + more > records.length) {
            if (end + more > Codecs.MAX_DECOMPRESSED_BYTES) {
                throw new MalformedBatchException("its records are too large together", end);
            }
            long doubled = Math.min(2L * records.length, Codecs.MAX_DECOMPRESSED_BYTES);
            records = Arrays.copyOf(records, (int) Math.max(end + more, doubled));
        }
    }

    private static int field(byte[] b, int at, int length, @Nullable ByteBuffer bytes) {
        int from = write(b, at, zigzag(length));
        if (bytes == null) {
            return from;
        }
        bytes.get(bytes.position(), b, from, length);
        return from + length;
    }

    /// Ends the batch.
    ///
    /// @param source the batch that its records came from, at `at`
    /// @param lastOffset that it stands for
    /// @param horizon whether the base timestamp is a delete horizon
    /// @return its bytes, valid until the next
    ByteBuffer finish(ByteBuffer source, int at, long lastOffset, boolean horizon) {
        int codec = BatchFormat.compressionId(source, at);
        int size = BatchFormat.HEADER_BYTES + pack(codec);
        ByteBuffer b = ByteBuffer.wrap(batch, 0, size);
        int bits = BatchFormat.attributes(source, at);
        bits |= horizon ? BatchFormat.DELETE_HORIZON_BIT : 0;
        header(b, BatchFormat.leaderEpoch(source, at), lastOffset, bits);
        b.putLong(BatchFormat.PRODUCER_ID, BatchFormat.producerId(source, at));
        b.putShort(BatchFormat.PRODUCER_EPOCH, BatchFormat.producerEpoch(source, at));
        return sealed(b);
    }

    private int pack(int codecId) {
        int header = BatchFormat.HEADER_BYTES;
        if (codecId == Compression.NONE.id()) {
            makeRoom(header + end);
            System.arraycopy(records, 0, batch, header, end);
            return end;
        }
        Codec codec = Codecs.of(Compression.of(codecId));
        makeRoom(header + codec.maxCompressedBytes(end));
        return codec.compress(records, 0, end, batch, header);
    }

    private void makeRoom(int bytes) {
        if (batch.length < bytes) {
            batch = new byte[Math.max(bytes, 2 * batch.length)];
        }
    }

    /// A batch without records that covers a gap, as Kafka's format allows.
    ///
    /// @return its bytes, valid until the next
    ByteBuffer empty(long firstOffset, long lastOffset, int leaderEpoch) {
        begin(firstOffset, BatchFormat.NONE);
        maxTimestamp = BatchFormat.NONE;
        ByteBuffer b = ByteBuffer.wrap(batch, 0, BatchFormat.HEADER_BYTES);
        header(b, leaderEpoch, lastOffset, 0);
        b.putLong(BatchFormat.PRODUCER_ID, BatchFormat.NONE);
        b.putShort(BatchFormat.PRODUCER_EPOCH, (short) BatchFormat.NONE);
        return sealed(b);
    }

    private void header(ByteBuffer b, int leaderEpoch, long lastOffset, int attributes) {
        b.putLong(BatchFormat.BASE_OFFSET, baseOffset);
        b.putInt(BatchFormat.LENGTH, b.limit() - BatchFormat.LOG_OVERHEAD);
        b.putInt(BatchFormat.LEADER_EPOCH, leaderEpoch);
        b.put(BatchFormat.MAGIC, BatchFormat.CURRENT_MAGIC);
        b.putShort(BatchFormat.ATTRIBUTES, (short) attributes);
        b.putInt(BatchFormat.LAST_OFFSET_DELTA, Math.toIntExact(lastOffset - baseOffset));
        b.putLong(BatchFormat.BASE_TIMESTAMP, baseTimestamp);
        b.putLong(BatchFormat.MAX_TIMESTAMP, maxTimestamp);
        b.putInt(BatchFormat.BASE_SEQUENCE, BatchFormat.NONE);
        b.putInt(BatchFormat.COUNT, count);
    }

    private ByteBuffer sealed(ByteBuffer b) {
        b.putInt(BatchFormat.CRC, checksum.of(b, 0));
        return b;
    }
}
