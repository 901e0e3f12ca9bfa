package dev.millrace.log.internal;

import static dev.millrace.log.internal.Varints.size;
import static dev.millrace.log.internal.Varints.write;
import static dev.millrace.log.internal.Varints.zigzag;

import dev.millrace.log.Compression;
import dev.millrace.log.Header;
import dev.millrace.log.LogException;
import dev.millrace.log.LogRecord;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/// Writes records one behind the other into one growing array, in the layout of [BatchFormat]; the
/// header, and with it the CRC, comes last, when all is known. Compression takes the finished
/// records as one piece.
///
/// Nothing is allocated for a record. For one thread; used again after [#finish] or [#clear].
public final class RecordEncoder {
    private static final byte[] NONE = {};

    private final CRC32C crc = new CRC32C();
    private Compression compression = Compression.NONE;
    private byte[] bytes;
    private byte[] compressed = NONE;
    private int end = BatchFormat.HEADER_BYTES;
    private int count;
    private int largestRecord;
    private long baseTimestamp;
    private long producerId = BatchFormat.NONE;
    private short producerEpoch = BatchFormat.NONE;
    private int baseSequence = BatchFormat.NONE;
    private long maxTimestamp;

    /// @param capacity bytes that the first batch has room for without growing
    public RecordEncoder(int capacity) {
        bytes = new byte[Math.max(capacity, BatchFormat.MIN_BATCH_BYTES)];
    }

    /// Sets the codec, of the batch being gathered and of those that follow.
    public void compression(Compression codec) {
        compression = codec;
    }

    /// Says who appends the batch being gathered, and with which sequence its first record.
    public void producer(long id, short epoch, int sequence) {
        producerId = id;
        producerEpoch = epoch;
        baseSequence = sequence;
    }

    /// Records gathered so far.
    public int count() {
        return count;
    }

    /// Bytes of the largest record gathered so far: key, value and headers.
    public int largestRecordBytes() {
        return largestRecord;
    }

    /// Size of the batch as gathered so far, header included, before compression.
    public int sizeInBytes() {
        return end;
    }

    /// Adds a record without headers.
    ///
    /// @throws LogException `record-too-large` where the batch would pass 256 MiB; it stays as it
    ///   is
    public void add(long timestampMillis, byte @Nullable [] key, byte @Nullable [] value) {
        long timestampDelta = zigzag(count == 0 ? 0 : timestampMillis - baseTimestamp);
        int offsetDelta = zigzag(count);
        long length = 2L + size(timestampDelta) + size(offsetDelta) + sized(key) + sized(value);
        int at = begin(length, timestampMillis, timestampDelta, offsetDelta);
        byte[] b = bytes;
        at = writeBytes(b, at, key);
        at = writeBytes(b, at, value);
        b[at] = 0;
        end = at + 1;
        count++;
        largestRecord = Math.max(largestRecord, length(key) + length(value));
    }

    /// As [#add(long,byte[],byte[])], with headers.
    public void add(
            long timestampMillis,
            byte @Nullable [] key,
            byte @Nullable [] value,
            List<Header> headers) {
        if (headers.isEmpty()) {
            add(timestampMillis, key, value);
            return;
        }
        byte[][] names = new byte[headers.size()][];
        int content = length(key) + length(value);
        long headerBytes = size(zigzag(names.length));
        for (int i = 0; i < names.length; i++) {
            names[i] = headers.get(i).key().getBytes(StandardCharsets.UTF_8);
            headerBytes += sized(names[i]) + sized(headers.get(i).value());
            content += names[i].length + length(headers.get(i).value());
        }
        long timestampDelta = zigzag(count == 0 ? 0 : timestampMillis - baseTimestamp);
        int offsetDelta = zigzag(count);
        long length =
                1L
                        + size(timestampDelta)
                        + size(offsetDelta)
                        + sized(key)
                        + sized(value)
                        + headerBytes;
        int at = begin(length, timestampMillis, timestampDelta, offsetDelta);
        byte[] b = bytes;
        at = writeBytes(b, at, key);
        at = writeBytes(b, at, value);
        at = write(b, at, zigzag(names.length));
        for (int i = 0; i < names.length; i++) {
            at = writeBytes(b, at, names[i]);
            at = writeBytes(b, at, headers.get(i).value());
        }
        end = at;
        count++;
        largestRecord = Math.max(largestRecord, content);
    }

    /// Makes room for a record and writes what stands before its key.
    ///
    /// @param length of the record behind its length field, in bytes
    /// @return the position of its key
    private int begin(long length, long timestampMillis, long timestampDelta, int offsetDelta) {
        long needed = end + 5L + length;
        if (needed > bytes.length) {
            grow(needed);
        }
        if (count == 0) {
            baseTimestamp = timestampMillis;
            maxTimestamp = timestampMillis;
        } else if (timestampMillis > maxTimestamp) {
            maxTimestamp = timestampMillis;
        }
        byte[] b = bytes;
        int at = write(b, end, zigzag((int) length));
        b[at++] = 0;
        at = write(b, at, timestampDelta);
        return write(b, at, offsetDelta);
    }

    private void grow(long needed) {
        if (needed > BatchFormat.MAX_BATCH_BYTES) {
            throw new LogException(
                    LogException.Code.RECORD_TOO_LARGE,
                    "a batch may have %d bytes; with record %d it would have %d: begin another batch"
                            .formatted(BatchFormat.MAX_BATCH_BYTES, count + 1, needed));
        }
        long doubled = Math.min(2L * bytes.length, BatchFormat.MAX_BATCH_BYTES);
        bytes = Arrays.copyOf(bytes, (int) Math.max(needed, doubled));
    }

    private static int length(byte @Nullable [] field) {
        return field == null ? 0 : field.length;
    }

    /// Bytes of a field with its length before it.
    private static long sized(byte @Nullable [] field) {
        return field == null ? 1 : (long) size(zigzag(field.length)) + field.length;
    }

    private static int writeBytes(byte[] b, int at, byte @Nullable [] field) {
        if (field == null) {
            b[at] = 1; // -1 in zigzag form
            return at + 1;
        }
        int from = write(b, at, zigzag(field.length));
        System.arraycopy(field, 0, b, from, field.length);
        return from + field.length;
    }

    /// Capacity that a batch of this record alone needs, headers left out.
    public static int roomFor(LogRecord record) {
        long room = BatchFormat.HEADER_BYTES + 9L + sized(record.key()) + sized(record.value());
        return (int) Math.min(room, BatchFormat.MAX_BATCH_BYTES);
    }

    /// Ends the batch and hands it over: the encoded bytes from 0 to the limit of a heap buffer
    /// that nobody else holds. The encoder is empty again.
    ///
    /// @throws IllegalStateException where no record was added
    public ByteBuffer finish() {
        int size = seal();
        byte[] sealed = sealed();
        clear();
        if (sealed == bytes && wellFilled(sealed, size)) {
            bytes = new byte[sealed.length];
            return ByteBuffer.wrap(sealed, 0, size);
        }
        return ByteBuffer.wrap(Arrays.copyOf(sealed, size));
    }

    /// As [#finish], for an encoder that is not used again.
    public ByteBuffer finishLast() {
        int size = seal();
        byte[] sealed = sealed();
        return ByteBuffer.wrap(
                wellFilled(sealed, size) ? sealed : Arrays.copyOf(sealed, size), 0, size);
    }

    /// Ends the batch where it is, in [#sealed]. The encoder takes nothing more until [#clear].
    ///
    /// @return its size in bytes
    /// @throws IllegalStateException where no record was added
    public int seal() {
        if (count == 0) {
            throw new IllegalStateException("a batch needs a record");
        }
        int size = end;
        if (compression != Compression.NONE) {
            Codec codec = Codecs.of(compression);
            int length = end - BatchFormat.HEADER_BYTES;
            int needed = BatchFormat.HEADER_BYTES + codec.maxCompressedBytes(length);
            if (compressed.length < needed) {
                compressed = new byte[Math.max(needed, bytes.length)];
            }
            size =
                    BatchFormat.HEADER_BYTES
                            + codec.compress(
                                    bytes,
                                    BatchFormat.HEADER_BYTES,
                                    length,
                                    compressed,
                                    BatchFormat.HEADER_BYTES);
        }
        writeHeader(sealed(), size);
        return size;
    }

    /// The array that holds the sealed batch from 0 on; the encoder's own, valid until [#clear].
    public byte[] sealed() {
        return compression == Compression.NONE ? bytes : compressed;
    }

    /// Whether a batch may keep the array that it was gathered in.
    private static boolean wellFilled(byte[] array, int size) {
        return size >= array.length - (array.length >> 2);
    }

    /// Forgets the records gathered so far.
    public void clear() {
        end = BatchFormat.HEADER_BYTES;
        count = 0;
        largestRecord = 0;
        producer(BatchFormat.NONE, (short) BatchFormat.NONE, BatchFormat.NONE);
    }

    private void writeHeader(byte[] b, int size) {
        putLong(b, BatchFormat.BASE_OFFSET, 0);
        putInt(b, BatchFormat.LENGTH, size - BatchFormat.LOG_OVERHEAD);
        putInt(b, BatchFormat.LEADER_EPOCH, BatchFormat.NONE);
        b[BatchFormat.MAGIC] = BatchFormat.CURRENT_MAGIC;
        putShort(b, BatchFormat.ATTRIBUTES, compression.id());
        putInt(b, BatchFormat.LAST_OFFSET_DELTA, count - 1);
        putLong(b, BatchFormat.BASE_TIMESTAMP, baseTimestamp);
        putLong(b, BatchFormat.MAX_TIMESTAMP, maxTimestamp);
        putLong(b, BatchFormat.PRODUCER_ID, producerId);
        putShort(b, BatchFormat.PRODUCER_EPOCH, producerEpoch);
        putInt(b, BatchFormat.BASE_SEQUENCE, baseSequence);
        putInt(b, BatchFormat.COUNT, count);
        crc.reset();
        crc.update(b, BatchFormat.ATTRIBUTES, size - BatchFormat.ATTRIBUTES);
        putInt(b, BatchFormat.CRC, (int) crc.getValue());
    }

    // Byte by byte: the JIT makes one store of them, and a VarHandle costs milliseconds when cold.

    private static void putShort(byte[] b, int at, int value) {
        b[at] = (byte) (value >>> 8);
        b[at + 1] = (byte) value;
    }

    private static void putInt(byte[] b, int at, int value) {
        b[at] = (byte) (value >>> 24);
        b[at + 1] = (byte) (value >>> 16);
        b[at + 2] = (byte) (value >>> 8);
        b[at + 3] = (byte) value;
    }

    private static void putLong(byte[] b, int at, long value) {
        putInt(b, at, (int) (value >>> 32));
        putInt(b, at + 4, (int) value);
    }
}
