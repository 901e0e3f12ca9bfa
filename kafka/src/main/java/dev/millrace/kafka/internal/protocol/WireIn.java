package dev.millrace.kafka.internal.protocol;

import java.nio.ByteBuffer;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.jspecify.annotations.Nullable;

/// Reads the fields of a request by hand. What cannot be read is a `RuntimeException`.
///
/// | type | as it was | compact |
/// |---|---|---|
/// | string | int16 length, -1 for null, UTF-8 | unsigned varint length + 1, 0 for null, UTF-8 |
/// | bytes | int32 length, -1 for null | unsigned varint length + 1, 0 for null |
/// | array | int32 count, -1 for null | unsigned varint count + 1, 0 for null |
/// | end of a structure | nothing | tagged fields: their count, then tag, size, bytes of each |
public final class WireIn {
    private final ByteBuffer buffer;
    private final ByteBufferAccessor in;
    private final boolean compact;

    public WireIn(ByteBuffer buffer, boolean compact) {
        this.buffer = buffer;
        this.in = new ByteBufferAccessor(buffer);
        this.compact = compact;
    }

    public short int16() {
        return in.readShort();
    }

    public int int32() {
        return in.readInt();
    }

    public @Nullable String nullableString() {
        int length = compact ? in.readUnsignedVarint() - 1 : in.readShort();
        if (length < 0) {
            return null;
        }
        return in.readString(atMostRest(length));
    }

    public String string() {
        String text = nullableString();
        if (text == null) {
            throw new IllegalArgumentException("null where a string must be");
        }
        return text;
    }

    /// The bytes as a part of the request's own; null where there are none.
    public @Nullable ByteBuffer nullableBytes() {
        int length = compact ? in.readUnsignedVarint() - 1 : in.readInt();
        if (length < 0) {
            return null;
        }
        ByteBuffer bytes = buffer.slice(buffer.position(), atMostRest(length));
        buffer.position(buffer.position() + length);
        return bytes;
    }

    /// How many elements follow; each takes a byte at least.
    public int arrayLength() {
        int count = compact ? in.readUnsignedVarint() - 1 : in.readInt();
        return atMostRest(Math.max(0, count));
    }

    /// Goes over the tagged fields, where the format has them: none is known that matters here.
    public void endStructure() {
        if (!compact) {
            return;
        }
        int fields = atMostRest(in.readUnsignedVarint());
        for (int i = 0; i < fields; i++) {
            in.readUnsignedVarint();
            int size = atMostRest(in.readUnsignedVarint());
            buffer.position(buffer.position() + size);
        }
    }

    private int atMostRest(int length) {
        if (length < 0 || length > buffer.remaining()) {
            throw new IllegalArgumentException(
                    "a length of %d where %d bytes are left".formatted(length, buffer.remaining()));
        }
        return length;
    }
}
