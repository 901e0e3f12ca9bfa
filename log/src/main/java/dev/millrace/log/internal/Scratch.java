package dev.millrace.log.internal;

import java.util.Arrays;

/// An array that grows while it is filled, up to a limit, and is used again.
final class Scratch {
    /// A larger array is let go of when its content is no longer needed.
    private static final int KEPT_BYTES = 4 << 20;

    private static final int FIRST_BYTES = 16 << 10;

    private final int limit;
    private byte[] bytes = new byte[0];
    private int size;

    Scratch(int limit) {
        this.limit = limit;
    }

    /// The content, from 0 to [#size]. Another array after [#reserve].
    byte[] bytes() {
        return bytes;
    }

    int size() {
        return size;
    }

    /// Bytes that may be written from [#size] on.
    int room() {
        return bytes.length - size;
    }

    void clear() {
        size = 0;
        if (bytes.length > KEPT_BYTES) {
            bytes = new byte[0];
        }
    }

    /// Makes room for `more` bytes.
    ///
    /// @throws MalformedBatchException where the content would pass the limit
    void reserve(long more) {
        if (size + more > limit) {
            throw new MalformedBatchException(
                    "the decompressed records have more than the %d bytes allowed".formatted(limit),
                    size);
        }
        if (more > room()) {
            long doubled = Math.min(limit, Math.max(FIRST_BYTES, 2L * bytes.length));
            bytes = Arrays.copyOf(bytes, (int) Math.max(size + more, doubled));
        }
    }

    /// Makes room for `more` bytes, or for as many as the limit leaves; for at least one.
    int reserveUpTo(int more) {
        int granted = Math.max(1, Math.min(more, limit - size));
        reserve(granted);
        return granted;
    }

    /// Takes in bytes that were written from [#size] on.
    void written(int count) {
        size += count;
    }
}
