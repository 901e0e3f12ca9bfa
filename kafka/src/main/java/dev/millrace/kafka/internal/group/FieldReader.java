package dev.millrace.kafka.internal.group;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// Reads what [FieldWriter] writes. What is cut short throws a [BufferUnderflowException], a length
/// that cannot be an [IllegalArgumentException].
///
/// For one thread, and one record.
final class FieldReader {
    private final ByteBuffer bytes;
    private boolean compact;

    FieldReader(ByteBuffer bytes) {
        this.bytes = bytes.slice();
    }

    /// From here on lengths are compact.
    FieldReader compact(boolean whether) {
        compact = whether;
        return this;
    }

    int int16() {
        return bytes.getShort();
    }

    int int32() {
        return bytes.getInt();
    }

    long int64() {
        return bytes.getLong();
    }

    UUID uuid() {
        return new UUID(bytes.getLong(), bytes.getLong());
    }

    int varint() {
        int value = 0;
        for (int shift = 0; shift < 35; shift += 7) {
            int next = bytes.get();
            value |= (next & 0x7f) << shift;
            if (next >= 0) {
                return value;
            }
        }
        throw new IllegalArgumentException("a varint of more than 5 bytes");
    }

    String string() {
        String value = nullableString();
        if (value == null) {
            throw new IllegalArgumentException("null where a string must be");
        }
        return value;
    }

    @Nullable String nullableString() {
        int length = compact ? varint() - 1 : int16();
        return length < 0 ? null : new String(raw(length), StandardCharsets.UTF_8);
    }

    byte[] bytes() {
        return raw(count());
    }

    /// Of an array's elements, which follow; 0 for null too.
    int count() {
        return Math.max(0, compact ? varint() - 1 : int32());
    }

    /// Skips the given number of bytes.
    void skip(int length) {
        raw(length);
    }

    private byte[] raw(int length) {
        if (length < 0 || length > bytes.remaining()) {
            throw new BufferUnderflowException();
        }
        byte[] raw = new byte[length];
        bytes.get(raw);
        return raw;
    }
}
