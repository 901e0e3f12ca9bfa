package dev.millrace.kafka.internal.protocol;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.common.utils.ByteUtils;
import org.jspecify.annotations.Nullable;

/// Writes the fields of a response by hand, in the types of [WireIn]. For one thread.
public final class WireOut {
    private static final int SIZE_BYTES = 4;

    private final boolean compact;
    private ByteBuffer out;

    /// @param compact whether strings, arrays and bytes are
    /// @param bytes that are expected
    public WireOut(boolean compact, int bytes) {
        this.compact = compact;
        this.out = ByteBuffer.allocate(Math.max(64, bytes));
    }

    /// Begins with the size of the response, to be filled in by [#finish], and its header.
    public WireOut begin(int correlationId) {
        room(SIZE_BYTES + 5).putInt(0).putInt(correlationId);
        return endStructure();
    }

    private ByteBuffer room(int bytes) {
        if (out.remaining() < bytes) {
            int capacity = Math.max(out.capacity() * 2, out.position() + bytes);
            out = ByteBuffer.allocate(capacity).put(out.flip());
        }
        return out;
    }

    public WireOut int16(int value) {
        room(2).putShort((short) value);
        return this;
    }

    public WireOut int32(int value) {
        room(4).putInt(value);
        return this;
    }

    public WireOut int64(long value) {
        room(8).putLong(value);
        return this;
    }

    /// Sixteen bytes.
    public WireOut uuid(long mostSignificant, long leastSignificant) {
        room(16).putLong(mostSignificant).putLong(leastSignificant);
        return this;
    }

    public WireOut string(@Nullable String text) {
        if (text == null) {
            return compact ? varint(0) : int16(-1);
        }
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        if (compact) {
            varint(utf8.length + 1);
        } else {
            int16(utf8.length);
        }
        room(utf8.length).put(utf8);
        return this;
    }

    /// The length of an array or of bytes, which follow; -1 for null.
    public WireOut length(int count) {
        return compact ? varint(count + 1) : int32(count);
    }

    private WireOut varint(int value) {
        ByteUtils.writeUnsignedVarint(value, room(5));
        return this;
    }

    /// Bytes as they are.
    public WireOut raw(ByteBuffer bytes) {
        room(bytes.remaining()).put(bytes.duplicate());
        return this;
    }

    /// Ends a structure without tagged fields.
    public WireOut endStructure() {
        return compact ? varint(0) : this;
    }

    /// How many bytes have been written.
    public int position() {
        return out.position();
    }

    /// What has been written, from 0 to the limit.
    ///
    /// @param more bytes of the response that are not written here
    public ByteBuffer finish(int more) {
        ByteBuffer written = out.flip();
        return written.putInt(0, written.limit() - SIZE_BYTES + more);
    }
}
