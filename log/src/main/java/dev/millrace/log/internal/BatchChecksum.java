package dev.millrace.log.internal;

import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/// Computes batches' CRC-32C again and again without allocating: it keeps a view of the buffer that
/// it saw last, and with it a reference to that buffer. For one thread.
public final class BatchChecksum {
    private final CRC32C crc = new CRC32C();
    private @Nullable ByteBuffer source;
    private ByteBuffer view = ByteBuffer.allocate(0);
    private byte[] chunk = new byte[0];

    /// The CRC-32C of the batch at `at` from its attributes to its end.
    ///
    /// @param b any buffer; neither position nor limit moves
    /// @throws IndexOutOfBoundsException where the batch says that it is larger than the buffer
    public int of(ByteBuffer b, int at) {
        int from = at + BatchFormat.ATTRIBUTES;
        return of(b, from, BatchFormat.sizeInBytes(b, at) - BatchFormat.ATTRIBUTES);
    }

    /// The CRC-32C of `length` bytes from `from` on.
    public int of(ByteBuffer b, int from, int length) {
        Objects.checkFromIndexSize(from, length, b.limit());
        crc.reset();
        if (b.hasArray()) {
            crc.update(b.array(), b.arrayOffset() + from, length);
        } else if (b.isDirect()) {
            if (source != b) {
                view = b.duplicate();
                source = b;
            }
            crc.update(view.limit(from + length).position(from));
        } else {
            updateByChunks(b, from, length);
        }
        return (int) crc.getValue();
    }

    /// Lets go of the buffer that it saw last.
    public void forget() {
        source = null;
        view = ByteBuffer.allocate(0);
    }

    /// A read-only heap buffer gives no array, and [CRC32C] would make one for every call.
    private void updateByChunks(ByteBuffer b, int from, int length) {
        if (chunk.length == 0) {
            chunk = new byte[16 << 10];
        }
        int done = 0;
        while (done < length) {
            int part = Math.min(chunk.length, length - done);
            b.get(from + done, chunk, 0, part);
            crc.update(chunk, 0, part);
            done += part;
        }
    }
}
