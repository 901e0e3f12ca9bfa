package dev.millrace.log.internal;

import dev.millrace.log.Compression;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// Brings the records of a batch to where a [RecordDecoder] reads them: nowhere if they are in an
/// array or a direct buffer already, else into an array of its own, decompressed if they are
/// compressed.
///
/// Makes nothing for a batch that is in the same memory as one of the last two. For one thread.
final class BatchContents {

    /// An array or a direct buffer, with read-only views of all of it.
    static final class Memory {
        static final Memory NONE = new Memory(new byte[0]);

        private final Object source;
        final byte @Nullable [] array;

        /// Of one class for all direct buffers, and of one for all arrays.
        final ByteBuffer data;

        final ByteBuffer key;
        final ByteBuffer value;

        private Memory(byte[] array) {
            this(array, array, ByteBuffer.wrap(array));
        }

        private Memory(ByteBuffer direct) {
            this(direct, null, direct);
        }

        private Memory(Object source, byte @Nullable [] array, ByteBuffer b) {
            this.source = source;
            this.array = array;
            data = b.asReadOnlyBuffer().clear();
            key = data.duplicate();
            value = data.duplicate();
        }
    }

    private final Scratch compressed = new Scratch(BatchFormat.MAX_BATCH_BYTES);
    private final Scratch content;
    private Memory last = Memory.NONE;
    private Memory beforeLast = Memory.NONE;
    private int origin;
    private int from;
    private int end;

    /// @param maxDecompressedBytes what the records of a batch may become
    BatchContents(int maxDecompressedBytes) {
        content = new Scratch(maxDecompressedBytes);
    }

    /// Opens the batch at `at`.
    ///
    /// @throws MalformedBatchException where its records cannot be decompressed
    void open(ByteBuffer b, int at) {
        int size = BatchFormat.sizeInBytes(b, at);
        int codec = BatchFormat.compressionId(b, at);
        if (codec != Compression.NONE.id()) {
            decompress(b, at + BatchFormat.HEADER_BYTES, size - BatchFormat.HEADER_BYTES, codec);
            origin = 0;
            from = 0;
            end = content.size();
            return;
        }
        if (b.hasArray()) {
            use(b.array());
            origin = b.arrayOffset() + at;
        } else if (b.isDirect()) {
            use(b);
            origin = at;
        } else { // read-only and not direct: there is no getting at its array
            copy(b, at, size);
            use(compressed.bytes());
            origin = 0;
        }
        from = origin + BatchFormat.HEADER_BYTES;
        end = origin + size;
    }

    private void decompress(ByteBuffer b, int at, int length, int codec) {
        content.clear();
        if (b.hasArray()) {
            Codecs.decompress(codec, b.array(), b.arrayOffset() + at, length, content);
        } else {
            copy(b, at, length);
            Codecs.decompress(codec, compressed.bytes(), 0, length, content);
        }
        use(content.bytes());
    }

    private void copy(ByteBuffer b, int at, int length) {
        compressed.clear();
        compressed.reserve(length);
        b.get(at, compressed.bytes(), 0, length);
    }

    private void use(Object source) {
        if (last.source != source) {
            Memory found = beforeLast;
            beforeLast = last;
            last = found.source == source ? found : make(source);
        }
    }

    private static Memory make(Object source) {
        return source instanceof byte[] array ? new Memory(array) : new Memory((ByteBuffer) source);
    }

    /// Where the records are.
    Memory memory() {
        return last;
    }

    /// The position that places are told from: the start of the batch, or of the decompressed
    /// records.
    int origin() {
        return origin;
    }

    /// The position of the first record.
    int from() {
        return from;
    }

    /// The position behind the last record.
    int end() {
        return end;
    }

    /// Lets go of the buffers that were given.
    void forget() {
        last = Memory.NONE;
        beforeLast = Memory.NONE;
        compressed.clear();
        content.clear();
    }
}
