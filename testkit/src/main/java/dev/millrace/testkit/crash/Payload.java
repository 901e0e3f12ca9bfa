package dev.millrace.testkit.crash;

import dev.millrace.log.Header;
import dev.millrace.log.LogRecord;
import dev.millrace.log.RecordView;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/// Records that tell what they are: the value begins with an id, and everything else of the record,
/// key and timestamp and headers included, follows from the id and the value's length. So a record
/// that was read back is checked to the last byte without anybody having kept it.
public final class Payload {
    /// The shortest value, in bytes.
    public static final int MIN_BYTES = Long.BYTES;

    private static final long FIRST_MILLIS = 1_600_000_000_000L;

    private Payload() {}

    /// The record of an id.
    ///
    /// @param valueBytes the length of its value, at least [#MIN_BYTES]
    public static LogRecord record(long id, int valueBytes) {
        return new LogRecord(millis(id), key(id), value(id, valueBytes), headers(id));
    }

    /// The id of a record that was read back.
    ///
    /// @throws AssertionError where it is not the record of any id
    public static long idOf(RecordView record) {
        ByteBuffer value = record.value();
        if (value == null || value.remaining() < MIN_BYTES) {
            throw new AssertionError(
                    "offset %d holds a value that nobody sent".formatted(record.offset()));
        }
        long id = value.getLong(value.position());
        LogRecord expected = record(id, value.remaining());
        if (!value.equals(ByteBuffer.wrap(bytes(expected.value())))
                || record.timestampMillis() != expected.timestampMillis()
                || !sameKey(record.key(), expected.key())
                || !sameHeaders(record.headers(), expected.headers())) {
            throw new AssertionError(
                    "offset %d holds record %x with other bytes than were sent"
                            .formatted(record.offset(), id));
        }
        return id;
    }

    private static long millis(long id) {
        return FIRST_MILLIS + (id & 0xffff_ffffL);
    }

    private static byte @Nullable [] key(long id) {
        return id % 3 == 0 ? null : ByteBuffer.allocate(Long.BYTES).putLong(~id).array();
    }

    private static List<Header> headers(long id) {
        return id % 5 == 0 ? List.of(new Header("h", new byte[] {(byte) id})) : List.of();
    }

    private static byte[] value(long id, int length) {
        byte[] value = new byte[length];
        new SplittableRandom(id).nextBytes(value);
        ByteBuffer.wrap(value).putLong(id);
        return value;
    }

    private static boolean sameKey(@Nullable ByteBuffer key, byte @Nullable [] expected) {
        return key == null || expected == null
                ? key == null && expected == null
                : key.equals(ByteBuffer.wrap(expected));
    }

    private static boolean sameHeaders(List<Header> headers, List<Header> expected) {
        if (headers.size() != expected.size()) {
            return false;
        }
        for (int i = 0; i < headers.size(); i++) {
            if (!headers.get(i).key().equals(expected.get(i).key())
                    || !Arrays.equals(headers.get(i).value(), expected.get(i).value())) {
                return false;
            }
        }
        return true;
    }

    private static byte[] bytes(byte @Nullable [] value) {
        return value == null ? new byte[0] : value;
    }
}
