package dev.millrace.log.internal;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdCompressCtx;
import com.github.luben.zstd.ZstdDecompressCtx;
import com.github.luben.zstd.ZstdException;
import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import java.io.ByteArrayInputStream;
import java.io.IOException;

/// Zstandard frames (RFC 8878). Written here: one frame at level 3, the default, with its content
/// size, so that it can be read in one step; Kafka's clients stream theirs and leave the size out.
final class ZstdCodec implements Codec {
    static final ZstdCodec INSTANCE = new ZstdCodec();

    private static final int LEVEL = 3;

    /// Up to here the size that a frame claims is believed before its content is seen.
    private static final int BELIEVED_BYTES = 16 << 20;

    /// Contexts are some hundred KiB of native memory each, which nothing but `close` frees.
    private final Pool<ZstdCompressCtx> compressors =
            new Pool<>(() -> new ZstdCompressCtx().setLevel(LEVEL), ZstdCompressCtx::close);

    private final Pool<ZstdDecompressCtx> decompressors =
            new Pool<>(ZstdDecompressCtx::new, ZstdDecompressCtx::close);

    private ZstdCodec() {}

    @Override
    public int maxCompressedBytes(int length) {
        return Math.toIntExact(Zstd.compressBound(length));
    }

    @Override
    public int compress(byte[] from, int at, int length, byte[] into, int intoAt) {
        ZstdCompressCtx compressor = compressors.take();
        try {
            return compressor.compressByteArray(
                    into, intoAt, into.length - intoAt, from, at, length);
        } finally {
            compressors.giveBack(compressor);
        }
    }

    @Override
    public void decompress(byte[] from, int at, int length, Scratch into) throws IOException {
        long size = length == 0 ? 0 : Zstd.getFrameContentSize(from, at, length);
        if (size <= 0 || size > BELIEVED_BYTES || !decompressFrame(from, at, length, size, into)) {
            stream(from, at, length, into);
        }
    }

    /// Decompresses what should be one frame of known size in one step; false where it is not.
    private boolean decompressFrame(byte[] from, int at, int length, long size, Scratch into) {
        into.reserve(size);
        ZstdDecompressCtx decompressor = decompressors.take();
        try {
            into.written(
                    decompressor.decompressByteArray(
                            into.bytes(), into.size(), (int) size, from, at, length));
            return true;
        } catch (ZstdException e) {
            return false; // several frames, or damage: the stream knows
        } finally {
            decompressors.giveBack(decompressor);
        }
    }

    private static void stream(byte[] from, int at, int length, Scratch into) throws IOException {
        try (ZstdInputStreamNoFinalizer stream =
                new ZstdInputStreamNoFinalizer(new ByteArrayInputStream(from, at, length))) {
            while (true) {
                if (into.room() == 0) {
                    into.reserve(1);
                }
                int count = stream.read(into.bytes(), into.size(), into.room());
                if (count < 0) {
                    return;
                }
                into.written(count);
            }
        }
    }
}
