package dev.millrace.log;

import java.nio.ByteBuffer;

/// Records encoded as one Kafka record batch (magic 2). Immutable; safe to append more than once.
///
/// (Being written: builder, decoding.)
public final class RecordBatch {
    private final ByteBuffer bytes;
    private final int count;

    private RecordBatch(ByteBuffer bytes, int count) {
        this.bytes = bytes;
        this.count = count;
    }

    /// How many records it holds, at least 1.
    public int count() {
        return count;
    }

    /// The encoded size, header included.
    public int sizeInBytes() {
        return bytes.remaining();
    }

    /// The encoded batch from position to limit, read-only, big-endian.
    public ByteBuffer buffer() {
        return bytes.asReadOnlyBuffer();
    }
}
