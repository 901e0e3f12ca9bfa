package dev.millrace.kafka.internal.group;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// Writes the fields of a record as Kafka's message format has them, big-endian. Lengths stand in
/// front: as `int16` (strings) or `int32` (bytes, arrays), -1 for null; *compact* as an unsigned
/// varint of one more, 0 for null.
///
/// For one thread, and one record.
final class FieldWriter {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final boolean compact;

    FieldWriter(boolean compact) {
        this.compact = compact;
    }

    FieldWriter int16(int value) {
        bytes.write(value >> 8);
        bytes.write(value);
        return this;
    }

    FieldWriter int32(int value) {
        return int16(value >> 16).int16(value);
    }

    FieldWriter int64(long value) {
        return int32((int) (value >> 32)).int32((int) value);
    }

    FieldWriter varint(int value) {
        int rest = value;
        while ((rest & ~0x7f) != 0) {
            bytes.write(rest & 0x7f | 0x80);
            rest >>>= 7;
        }
        bytes.write(rest);
        return this;
    }

    FieldWriter string(@Nullable String value) {
        byte[] utf8 = value == null ? null : value.getBytes(StandardCharsets.UTF_8);
        int length = utf8 == null ? -1 : utf8.length;
        if (length > Short.MAX_VALUE) {
            throw new IllegalArgumentException("a string of " + length + " bytes: at most 32767");
        }
        return compact ? varint(length + 1).raw(utf8) : int16(length).raw(utf8);
    }

    FieldWriter bytes(byte[] value) {
        return count(value.length).raw(value);
    }

    /// Of an array's elements, which follow.
    FieldWriter count(int elements) {
        return compact ? varint(elements + 1) : int32(elements);
    }

    private FieldWriter raw(byte @Nullable [] value) {
        if (value != null) {
            bytes.writeBytes(value);
        }
        return this;
    }

    byte[] toBytes() {
        return bytes.toByteArray();
    }
}
