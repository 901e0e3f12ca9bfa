package dev.millrace.log.internal;

import static dev.millrace.log.internal.Varints.unzigzag;

import dev.millrace.log.Header;
import dev.millrace.log.LogRecord;
import dev.millrace.log.RecordView;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
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
/// The caller has checked the batch ([BatchFormat#problem]); that its *records* are whole is
/// checked here, record by record: a batch with a right CRC and wrong contents ends in a
/// [MalformedBatchException], never in an index error.
///
/// Nothing is allocated for a record, and for a batch only where its memory is other than before.
/// For one thread.
///
/// **Three ways through a record.** [#decodeDirect] and [#decodeArray] are twins for the two kinds
/// of memory: they take what nearly all records are, numbers of one or two bytes and no headers, in
/// one pass over local variables. One method for both kinds would meet two classes of buffer at
/// every byte and take twice the time. Whatever else they meet, right or wrong, they leave to
/// [#decodeAny], which starts the record again, checks every step, and has the words for what is
/// wrong.
public final class RecordDecoder implements RecordView {
    private final BatchContents contents;
    private BatchContents.Memory memory = BatchContents.Memory.NONE;
    private byte @Nullable [] array;
    private ByteBuffer data = memory.data;

    private long baseOffset;
    private int lastOffsetDelta;
    private long baseTimestamp;
    private boolean appendTime;
    private long appendTimestamp;

    private int origin; // that reported positions count from
    private int end; // behind the last record
    private int remaining; // records not yet stepped over
    private int nextAt; // the next record
    private boolean dense; // the offset deltas are 0, 1, 2, …
    private int skipBelow; // offset deltas that are not wanted

    private int offsetDelta;
    private long timestampDelta;
    private int keyAt;
    private int keyLength;
    private int valueAt;
    private int valueLength;
    private int headersAt;
    private int headerCount;

    private int varintEnd; // behind the number that readInt or readLong read last

    public RecordDecoder() {
        this(Codecs.MAX_DECOMPRESSED_BYTES);
    }

    /// @param maxDecompressedBytes what the records of a batch may become; a batch that becomes
    ///   more is malformed
    public RecordDecoder(int maxDecompressedBytes) {
        contents = new BatchContents(maxDecompressedBytes);
    }

    /// Points it before the first record of the batch at `at`.
    ///
    /// @param b any big-endian buffer, which must not change while the batch is being read
    /// @throws MalformedBatchException where the records cannot be decompressed
    public void batch(ByteBuffer b, int at) {
        remaining = 0; // until all is well
        keyLength = -1;
        valueLength = -1;
        headerCount = 0;
        offsetDelta = -1;
        skipBelow = 0;
        baseOffset = BatchFormat.baseOffset(b, at);
        lastOffsetDelta = BatchFormat.lastOffsetDelta(b, at);
        baseTimestamp = BatchFormat.baseTimestamp(b, at);
        appendTime = (BatchFormat.attributes(b, at) & BatchFormat.LOG_APPEND_TIME_BIT) != 0;
        appendTimestamp = BatchFormat.maxTimestamp(b, at);
        contents.open(b, at);
        use(contents.memory());
        origin = contents.origin();
        nextAt = contents.from();
        end = contents.end();
        remaining = BatchFormat.count(b, at);
        dense = remaining - 1 == lastOffsetDelta;
    }

    private void use(BatchContents.Memory records) {
        memory = records;
        array = records.array;
        data = records.data;
    }

    /// Lets go of the buffers that it was given.
    public void forget() {
        remaining = 0;
        skipBelow = 0;
        keyLength = -1;
        valueLength = -1;
        headerCount = 0;
        contents.forget();
        use(BatchContents.Memory.NONE);
    }

    /// Records of the batch behind the present one.
    int remaining() {
        return remaining;
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
        if (offsetDelta + 1 < skipBelow) {
            skip();
        }
        if (remaining == 0) {
            return false;
        }
        try {
            return array == null ? decodeDirect(data) : decodeArray(array);
        } catch (IndexOutOfBoundsException e) {
            return decodeAny();
        }
    }

    /// Makes the next call of [#next] move to the first record at `offset` or behind it. Records
    /// before it are stepped over by their lengths, and their contents are not checked. Never moves
    /// backwards.
    public void skipTo(long offset) {
        skipBelow = (int) Math.clamp(offset - baseOffset, 0L, Integer.MAX_VALUE);
    }

    private boolean decodeDirect(ByteBuffer b) {
        int p = nextAt;
        int length = b.get(p++);
        if (length < 0) {
            int high = b.get(p++);
            if (high < 0) {
                return decodeAny();
            }
            length = length & 0x7f | high << 7;
        }
        int recordEnd = p + unzigzag(length);
        p++; // the attributes mean nothing
        long timestamp = b.get(p++);
        if (timestamp < 0) {
            timestamp &= 0x7f;
            int next;
            int shift = 7;
            do {
                next = b.get(p++);
                timestamp |= (next & 0x7fL) << shift;
                shift += 7;
            } while (next < 0 && shift < 63);
            if (next < 0) {
                return decodeAny();
            }
        }
        int offset = b.get(p++);
        if (offset < 0) {
            int high = b.get(p++);
            if (high < 0) {
                return decodeAny();
            }
            offset = offset & 0x7f | high << 7;
        }
        return fieldsDirect(b, p, recordEnd, unzigzag(timestamp), unzigzag(offset));
    }

    /// Goes on where the key is: key, value, and the number of headers.
    private boolean fieldsDirect(
            ByteBuffer b, int keyField, int recordEnd, long newTimestampDelta, int newOffsetDelta) {
        int p = keyField;
        int key = b.get(p++);
        if (key < 0) {
            int high = b.get(p++);
            if (high < 0) {
                return decodeAny();
            }
            key = key & 0x7f | high << 7;
        }
        key = unzigzag(key);
        int keyStart = p;
        p += Math.max(0, key);
        int value = b.get(p++);
        if (value < 0) {
            int high = b.get(p++);
            if (high < 0) {
                return decodeAny();
            }
            value = value & 0x7f | high << 7;
        }
        value = unzigzag(value);
        int valueEnd = p + Math.max(0, value);
        int headers = b.get(valueEnd);
        if (headers < 0) {
            return decodeAny();
        }
        keyAt = keyStart;
        keyLength = key;
        valueAt = p;
        valueLength = value;
        headersAt = valueEnd + 1;
        headerCount = unzigzag(headers);
        return accept(recordEnd, newTimestampDelta, newOffsetDelta);
    }

    /// As [#decodeDirect], in an array.
    private boolean decodeArray(byte[] b) {
        int p = nextAt;
        int length = b[p++];
        if (length < 0) {
            int high = b[p++];
            if (high < 0) {
                return decodeAny();
            }
            length = length & 0x7f | high << 7;
        }
        int recordEnd = p + unzigzag(length);
        p++; // the attributes mean nothing
        long timestamp = b[p++];
        if (timestamp < 0) {
            timestamp &= 0x7f;
            int next;
            int shift = 7;
            do {
                next = b[p++];
                timestamp |= (next & 0x7fL) << shift;
                shift += 7;
            } while (next < 0 && shift < 63);
            if (next < 0) {
                return decodeAny();
            }
        }
        int offset = b[p++];
        if (offset < 0) {
            int high = b[p++];
            if (high < 0) {
                return decodeAny();
            }
            offset = offset & 0x7f | high << 7;
        }
        return fieldsArray(b, p, recordEnd, unzigzag(timestamp), unzigzag(offset));
    }

    /// Goes on where the key is: key, value, and the number of headers.
    private boolean fieldsArray(
            byte[] b, int keyField, int recordEnd, long newTimestampDelta, int newOffsetDelta) {
        int p = keyField;
        int key = b[p++];
        if (key < 0) {
            int high = b[p++];
            if (high < 0) {
                return decodeAny();
            }
            key = key & 0x7f | high << 7;
        }
        key = unzigzag(key);
        int keyStart = p;
        p += Math.max(0, key);
        int value = b[p++];
        if (value < 0) {
            int high = b[p++];
            if (high < 0) {
                return decodeAny();
            }
            value = value & 0x7f | high << 7;
        }
        value = unzigzag(value);
        int valueEnd = p + Math.max(0, value);
        int headers = b[valueEnd];
        if (headers < 0) {
            return decodeAny();
        }
        keyAt = keyStart;
        keyLength = key;
        valueAt = p;
        valueLength = value;
        headersAt = valueEnd + 1;
        headerCount = unzigzag(headers);
        return accept(recordEnd, newTimestampDelta, newOffsetDelta);
    }

    /// Takes the record whose fields were read, if they are what they may be. They follow each
    /// other up to `recordEnd`, so that they lie in the batch if that does.
    private boolean accept(int recordEnd, long newTimestampDelta, int newOffsetDelta) {
        if (recordEnd > end
                || newOffsetDelta <= offsetDelta
                || newOffsetDelta > lastOffsetDelta
                || keyLength < -1
                || valueLength < -1
                || (headerCount == 0 && headersAt != recordEnd)
                || headerCount < 0
                || headerCount > recordEnd - headersAt
                || (remaining == 1 && recordEnd != end)) {
            return decodeAny();
        }
        step(recordEnd, newTimestampDelta, newOffsetDelta);
        return true;
    }

    private void step(int recordEnd, long newTimestampDelta, int newOffsetDelta) {
        nextAt = recordEnd;
        remaining--;
        offsetDelta = newOffsetDelta;
        timestampDelta = newTimestampDelta;
    }

    /// Decodes any record, or says what is wrong with it.
    private boolean decodeAny() {
        int start = nextAt;
        int recordEnd = recordEnd(start);
        long newTimestampDelta = readLong(varintEnd + 1);
        int newOffsetDelta = readInt(varintEnd);
        if (newOffsetDelta <= offsetDelta || newOffsetDelta > lastOffsetDelta) {
            throw malformed(
                    "a record has offset delta %d after %d, in a batch that ends at %d"
                            .formatted(newOffsetDelta, offsetDelta, lastOffsetDelta),
                    start);
        }
        keyLength = fieldLength(varintEnd, recordEnd, "key");
        keyAt = varintEnd;
        valueLength = fieldLength(keyAt + Math.max(0, keyLength), recordEnd, "value");
        valueAt = varintEnd;
        headerCount = readInt(valueAt + Math.max(0, valueLength));
        headersAt = varintEnd;
        if (headerCount < 0 || headerCount > recordEnd - headersAt) {
            throw malformed("a record has %d headers".formatted(headerCount), headersAt);
        }
        if (headerCount == 0 && headersAt != recordEnd) {
            throw malformed(
                    "a record of %d bytes has %d bytes of fields"
                            .formatted(recordEnd - start, headersAt - start),
                    start);
        }
        if (remaining == 1 && recordEnd != end) {
            throw malformed(
                    "%d bytes stand behind the last record".formatted(end - recordEnd), recordEnd);
        }
        step(recordEnd, newTimestampDelta, newOffsetDelta);
        return true;
    }

    /// Reads a length of -1 or more that stays in the record.
    private int fieldLength(int at, int recordEnd, String what) {
        int length = readInt(at);
        if (length < -1 || length > recordEnd - varintEnd) {
            throw malformed(
                    "a %s has a length of %d with %d bytes left in the record"
                            .formatted(what, length, recordEnd - varintEnd),
                    at);
        }
        return length;
    }

    /// Reads the length of the record at `at`, whose attributes follow at `varintEnd`.
    private int recordEnd(int at) {
        int length = readInt(at);
        if (length < BatchFormat.MIN_RECORD_BYTES - 1 || length > end - varintEnd) {
            throw malformed(
                    "a record has a length of %d with %d bytes left in the batch"
                            .formatted(length, end - varintEnd),
                    at);
        }
        return varintEnd + length;
    }

    private void skip() {
        if (dense) {
            skipDense();
            while (remaining > 0 && offsetDelta + 1 < skipBelow) {
                nextAt = recordEnd(nextAt);
                offsetDelta++;
                remaining--;
            }
            return;
        }
        while (remaining > 0) {
            int behind = recordEnd(nextAt);
            readLong(varintEnd + 1);
            if (readInt(varintEnd) >= skipBelow) {
                return;
            }
            nextAt = behind;
            remaining--;
        }
    }

    /// Steps over records whose lengths take one byte or two, as far as all is well.
    ///
    /// Where a record begins is known only when the length of the one before has come from memory,
    /// and fifty such waits in a row are most of the time of a random read. Neighbours are often of
    /// one size: so the inner loop steps on by the last size and merely *compares* the lengths,
    /// which the processor predicts, fetching many records at once.
    private void skipDense() {
        ByteBuffer b = data;
        int p = nextAt;
        int most = Math.min(remaining, skipBelow - offsetDelta - 1);
        int skipped = 0;
        while (skipped < most && p + 1 < end) {
            int length = b.get(p);
            int from = p + 1;
            if (length < 0) {
                int high = b.get(from++);
                if (high < 0) {
                    break;
                }
                length = length & 0x7f | high << 7;
            }
            int behind = from + unzigzag(length);
            if (behind < from + BatchFormat.MIN_RECORD_BYTES - 1 || behind > end) {
                break;
            }
            int size = behind - p;
            short lengthBytes = b.getShort(p);
            do {
                p += size;
                skipped++;
            } while (skipped < most && p + size <= end && b.getShort(p) == lengthBytes);
        }
        nextAt = p;
        offsetDelta += skipped;
        remaining -= skipped;
    }

    private int readInt(int at) {
        if (at < end) {
            int first = data.get(at);
            if (first >= 0) {
                varintEnd = at + 1;
                return unzigzag(first);
            }
        }
        long value = readLong(at);
        if (value != (int) value) {
            throw malformed("a number of 32 bits is %d".formatted(value), at);
        }
        return (int) value;
    }

    private long readLong(int at) {
        ByteBuffer b = data;
        long value = 0;
        int p = at;
        for (int shift = 0; shift < 70; shift += 7) {
            if (p >= end) {
                throw malformed("a number leaves the batch", at);
            }
            int next = b.get(p++);
            value |= (next & 0x7fL) << shift;
            if (next >= 0) {
                varintEnd = p;
                return unzigzag(value);
            }
        }
        throw malformed("a number has more than 10 bytes", at);
    }

    private MalformedBatchException malformed(String what, int at) {
        remaining = 0; // nothing can be told of what follows
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
        return keyLength < 0 ? null : memory.key.limit(keyAt + keyLength).position(keyAt);
    }

    @Override
    public @Nullable ByteBuffer value() {
        return valueLength < 0 ? null : memory.value.limit(valueAt + valueLength).position(valueAt);
    }

    /// Checks the headers, which [#next] leaves alone: most readers never look at them.
    ///
    /// @return bytes of their keys and values
    /// @throws MalformedBatchException where they are not what they should be
    public int checkHeaders() {
        return headerCount > 0 ? walkHeaders(null) : 0;
    }

    /// @throws MalformedBatchException where they are not what they should be
    @Override
    public List<Header> headers() {
        if (headerCount == 0) {
            return List.of();
        }
        List<Header> headers = new ArrayList<>(headerCount);
        walkHeaders(headers);
        return Collections.unmodifiableList(headers);
    }

    int headerCount() {
        return headerCount;
    }

    /// Bytes of the headers behind their count, as they are stored.
    int headerBytes() {
        return nextAt - headersAt;
    }

    /// Copies them.
    void copyHeaders(byte[] into, int at) {
        data.get(headersAt, into, at, nextAt - headersAt);
    }

    private int walkHeaders(@Nullable List<Header> into) {
        int bytes = 0;
        int recordEnd = nextAt;
        int at = headersAt;
        for (int i = 0; i < headerCount; i++) {
            int nameLength = fieldLength(at, recordEnd, "header key");
            if (nameLength < 0) {
                throw malformed("a header has no key", at);
            }
            int nameAt = varintEnd;
            int length = fieldLength(nameAt + nameLength, recordEnd, "header value");
            at = varintEnd + Math.max(0, length);
            bytes += nameLength + Math.max(0, length);
            if (into != null) {
                String name = new String(copy(nameAt, nameLength), StandardCharsets.UTF_8);
                into.add(new Header(name, length < 0 ? null : copy(varintEnd, length)));
            }
        }
        if (at != recordEnd) {
            throw malformed(
                    "the headers of a record end %d bytes before it".formatted(recordEnd - at), at);
        }
        return bytes;
    }

    @Override
    public LogRecord copy() {
        return new LogRecord(
                timestampMillis(),
                keyLength < 0 ? null : copy(keyAt, keyLength),
                valueLength < 0 ? null : copy(valueAt, valueLength),
                headers());
    }

    private byte[] copy(int at, int length) {
        byte[] copied = new byte[length];
        memory.data.get(at, copied);
        return copied;
    }
}
