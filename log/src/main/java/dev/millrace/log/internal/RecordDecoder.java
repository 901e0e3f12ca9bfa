package dev.millrace.log.internal;

import dev.millrace.log.Compression;
import dev.millrace.log.Header;
import dev.millrace.log.LogRecord;
import dev.millrace.log.RecordView;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Walks the records of batches in place, in the layout of [BatchFormat]; itself the view of the
/// record that it stands at.
///
/// ```java
/// decoder.batch(mapped, position);
/// while (decoder.next()) {
///     use(decoder.value());
/// }
/// ```
///
/// The caller has checked the batch ([BatchFormat#problem]); that its *records* are whole is checked
/// here, step by step: a batch with a right CRC and wrong contents ends in a
/// [MalformedBatchException], never in an index error.
///
/// Nothing is allocated for a record; for a batch only where the buffer is another one than before.
/// For one thread.
public final class RecordDecoder implements RecordView {
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    /// Where the records are, and two views of it for key and value.
    private ByteBuffer data = NOTHING;

    private ByteBuffer keyView = NOTHING;
    private ByteBuffer valueView = NOTHING;

    private long baseOffset;
    private int lastOffsetDelta;
    private long baseTimestamp;
    private boolean appendTime;
    private long appendTimestamp;
    private int origin; // position in `data` that reported positions count from
    private int end; // behind the last record
    private int count; // records in the batch
    private int seen; // records stepped over so far
    private int nextAt; // the next record
    private int skipBelow; // offset deltas that the caller does not want

    private int offsetDelta = -1;
    private long timestampDelta;
    private int keyAt;
    private int keyLength;
    private int valueAt;
    private int valueLength;
    private int headersAt;
    private int headerCount;
    private int varintEnd; // behind the varint that a slow path read last

    /// Points it before the first record of the batch at `at`.
    ///
    /// @param b any big-endian buffer; it must not change until the next call
    public void batch(ByteBuffer b, int at) {
        int codec = BatchFormat.compressionId(b, at);
        if (codec != Compression.NONE.id()) {
            throw new UnsupportedOperationException("codec " + codec);
        }
        if (data != b) {
            data = b;
            keyView = b.asReadOnlyBuffer();
            valueView = b.asReadOnlyBuffer();
        }
        origin = at;
        nextAt = at + BatchFormat.HEADER_BYTES;
        end = at + BatchFormat.sizeInBytes(b, at);
        baseOffset = BatchFormat.baseOffset(b, at);
        lastOffsetDelta = BatchFormat.lastOffsetDelta(b, at);
        baseTimestamp = BatchFormat.baseTimestamp(b, at);
        appendTime =
                BatchFormat.timestampType(b, at) == BatchFormat.TimestampType.LOG_APPEND_TIME;
        appendTimestamp = BatchFormat.maxTimestamp(b, at);
        count = BatchFormat.count(b, at);
        seen = 0;
        offsetDelta = -1;
        skipBelow = 0;
    }

    /// The first offset that the batch stands for.
    public long baseOffset() {
        return baseOffset;
    }

    /// The last offset that the batch stands for, whether or not its record is still there.
    public long lastOffset() {
        return baseOffset + lastOffsetDelta;
    }

    /// Moves to the next record; false behind the last one.
    ///
    /// @throws MalformedBatchException where the bytes are not a record
    public boolean next() {
        try {
            if (offsetDelta < skipBelow - 1) {
                skip();
            }
            return seen < count && decode();
        } catch (IndexOutOfBoundsException e) {
            throw malformed("record %d leaves the buffer".formatted(seen), nextAt);
        }
    }

    /// Makes the next call of [#next] move to the first record at `offset` or behind it. Records
    /// before it are stepped over by their lengths, and their contents are not checked. Never moves
    /// backwards.
    public void skipTo(long offset) {
        skipBelow = (int) Math.clamp(offset - baseOffset, 0L, Integer.MAX_VALUE);
    }

    private void skip() {
        if (count - 1 == lastOffsetDelta) { // no gaps: record n has delta n
            while (seen < count && seen < skipBelow) {
                nextAt = recordEnd(nextAt);
                seen++;
            }
            offsetDelta = Math.max(offsetDelta, seen - 1);
        } else {
            while (seen < count) {
                int behind = recordEnd(nextAt);
                readLong(varintEnd + 1);
                int delta = readInt(varintEnd);
                if (delta >= skipBelow) {
                    return;
                }
                nextAt = behind;
                seen++;
            }
        }
    }

    /// Reads the length of the record at `at`; its fields begin at `varintEnd`.
    private int recordEnd(int at) {
        int length = readInt(at);
        if (length < BatchFormat.MIN_RECORD_BYTES - 1 || length > end - varintEnd) {
            throw malformed(
                    "record %d has a length of %d with %d bytes left in the batch"
                            .formatted(seen, length, end - varintEnd),
                    at);
        }
        return varintEnd + length;
    }

    private boolean decode() {
        int recordEnd = recordEnd(nextAt);
        long newTimestampDelta = readLong(varintEnd + 1);
        int newOffsetDelta = readInt(varintEnd);
        if (newOffsetDelta <= offsetDelta || newOffsetDelta > lastOffsetDelta) {
            throw malformed(
                    "record %d has offset delta %d after %d, in a batch that ends at %d"
                            .formatted(seen, newOffsetDelta, offsetDelta, lastOffsetDelta),
                    nextAt);
        }
        keyLength = readFieldLength(varintEnd, recordEnd, "key");
        keyAt = varintEnd;
        valueLength = readFieldLength(keyAt + Math.max(0, keyLength), recordEnd, "value");
        valueAt = varintEnd;
        int at = valueAt + Math.max(0, valueLength);
        headerCount = readInt(at);
        headersAt = varintEnd;
        int behind = headerCount == 0 ? headersAt : checkHeaders(recordEnd);
        if (behind != recordEnd) {
            throw malformed(
                    "record %d ends %d bytes away from its length".formatted(seen, recordEnd - behind),
                    behind);
        }
        if (seen + 1 == count && recordEnd != end) {
            throw malformed(
                    "%d bytes stand behind the last record".formatted(end - recordEnd), recordEnd);
        }
        offsetDelta = newOffsetDelta;
        timestampDelta = newTimestampDelta;
        nextAt = recordEnd;
        seen++;
        return true;
    }

    private int checkHeaders(int recordEnd) {
        if (headerCount < 0 || headerCount > recordEnd - headersAt) {
            throw malformed("record %d has %d headers".formatted(seen, headerCount), headersAt);
        }
        int at = headersAt;
        for (int i = 0; i < headerCount; i++) {
            int length = readFieldLength(at, recordEnd, "header key");
            if (length < 0) {
                throw malformed("record %d has a header without a key".formatted(seen), at);
            }
            length = Math.max(0, readFieldLength(varintEnd + length, recordEnd, "header value"));
            at = varintEnd + length;
        }
        return at;
    }

    private int readFieldLength(int at, int recordEnd, String what) {
        int length = readInt(at);
        if (length < -1 || length > recordEnd - varintEnd) {
            throw malformed(
                    "record %d has a %s of %d bytes with %d left in the record"
                            .formatted(seen, what, length, recordEnd - varintEnd),
                    at);
        }
        return length;
    }

    private int readInt(int at) {
        int value = data.get(at);
        int p = at + 1;
        if (value < 0) {
            value &= 0x7f;
            for (int shift = 7; ; shift += 7) {
                int next = data.get(p++);
                if (shift == 28 && (next & 0xf0) != 0) {
                    throw malformed("a number has more than 32 bits", at);
                }
                value |= (next & 0x7f) << shift;
                if (next >= 0) {
                    break;
                }
            }
        }
        varintEnd = p;
        return Varints.unzigzag(value);
    }

    private long readLong(int at) {
        long value = data.get(at);
        int p = at + 1;
        if (value < 0) {
            value &= 0x7f;
            for (int shift = 7; ; shift += 7) {
                int next = data.get(p++);
                if (shift == 63 && (next & 0xfe) != 0) {
                    throw malformed("a number has more than 64 bits", at);
                }
                value |= (next & 0x7fL) << shift;
                if (next >= 0) {
                    break;
                }
            }
        }
        varintEnd = p;
        return Varints.unzigzag(value);
    }

    private MalformedBatchException malformed(String what, int at) {
        return new MalformedBatchException(what, at - origin);
    }

    @Override
    public long offset() {
        return baseOffset + offsetDelta;
    }

    @Override
    public long timestampMillis() {
        return appendTime ? appendTimestamp : baseTimestamp + timestampDelta;
    }

    @Override
    public int keyLength() {
        return keyLength;
    }

    @Override
    public int valueLength() {
        return valueLength;
    }

    @Override
    public @Nullable ByteBuffer key() {
        return keyLength < 0 ? null : keyView.limit(keyAt + keyLength).position(keyAt);
    }

    @Override
    public @Nullable ByteBuffer value() {
        return valueLength < 0 ? null : valueView.limit(valueAt + valueLength).position(valueAt);
    }

    @Override
    public List<Header> headers() {
        if (headerCount == 0) {
            return List.of();
        }
        List<Header> headers = new ArrayList<>(headerCount);
        int at = headersAt;
        for (int i = 0; i < headerCount; i++) {
            byte[] key = java.util.Objects.requireNonNull(copy(at));
            byte[] value = copy(varintEnd);
            at = varintEnd;
            headers.add(new Header(new String(key, StandardCharsets.UTF_8), value));
        }
        return List.copyOf(headers);
    }

    /// Copies the field at `at`, length first; leaves the position behind it in `varintEnd`.
    private byte @Nullable [] copy(int at) {
        int length = readInt(at);
        if (length < 0) {
            return null;
        }
        byte[] copied = copy(varintEnd, length);
        varintEnd += length;
        return copied;
    }

    private byte[] copy(int at, int length) {
        byte[] copied = new byte[length];
        data.get(at, copied);
        return copied;
    }

    @Override
    public LogRecord copy() {
        return new LogRecord(
                timestampMillis(),
                keyLength < 0 ? null : copy(keyAt, keyLength),
                valueLength < 0 ? null : copy(valueAt, valueLength),
                headers());
    }
}
