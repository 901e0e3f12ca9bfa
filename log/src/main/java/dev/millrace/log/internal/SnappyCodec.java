package dev.millrace.log.internal;

import java.io.IOException;
import org.xerial.snappy.Snappy;

/// Snappy in the framing of snappy-java, which Kafka's Java clients write; a single bare Snappy
/// block, as other clients write it, is read too.
///
/// | bytes | field | value |
/// |---|---|---|
/// | 8 | magic | 82 `SNAPPY` 00 |
/// | 4 | version | 1 |
/// | 4 | lowest version that can read it | 1 |
/// | 4 | length of a block | big-endian; then the block, and so on to the end |
///
/// A block holds up to 32 KiB and begins with its decompressed length. Nothing has a checksum.
final class SnappyCodec implements Codec {
    static final SnappyCodec INSTANCE = new SnappyCodec();

    private static final byte[] MAGIC = {(byte) 0x82, 'S', 'N', 'A', 'P', 'P', 'Y', 0};
    private static final int HEADER_BYTES = 16;
    private static final int BLOCK_BYTES = 32 << 10;

    /// Three bytes copy 64 at most, so that no block grows more than this.
    private static final int MAX_RATIO = 32;

    private SnappyCodec() {}

    @Override
    public int maxCompressedBytes(int length) {
        int blocks = length / BLOCK_BYTES + 1;
        return HEADER_BYTES + blocks * (4 + Snappy.maxCompressedLength(BLOCK_BYTES));
    }

    @Override
    public int compress(byte[] from, int at, int length, byte[] into, int intoAt) {
        System.arraycopy(MAGIC, 0, into, intoAt, MAGIC.length);
        putInt(into, intoAt + 8, 1);
        putInt(into, intoAt + 12, 1);
        int p = intoAt + HEADER_BYTES;
        try {
            for (int done = 0; done < length; done += BLOCK_BYTES) {
                int part = Math.min(BLOCK_BYTES, length - done);
                int size = Snappy.compress(from, at + done, part, into, p + 4);
                putInt(into, p, size);
                p += 4 + size;
            }
        } catch (IOException e) {
            throw new IllegalStateException("snappy refuses to compress", e);
        }
        return p - intoAt;
    }

    @Override
    public void decompress(byte[] from, int at, int length, Scratch into) throws IOException {
        int end = at + length;
        if (!startsHeader(from, at, end)) {
            block(from, at, length, into);
            return;
        }
        int p = at;
        while (p < end) {
            if (startsHeader(from, p, end)) { // once, or before every part of a joined stream
                p += HEADER_BYTES;
                continue;
            }
            if (end - p < 4) {
                throw new IOException("the length of a block is cut short");
            }
            int size = getInt(from, p);
            p += 4;
            if (size < 0 || size > end - p) {
                throw new IOException(
                        "a block says it has %d bytes where %d are left".formatted(size, end - p));
            }
            block(from, p, size, into);
            p += size;
        }
    }

    private static void block(byte[] from, int at, int length, Scratch into) throws IOException {
        long size = Snappy.uncompressedLength(from, at, length) & 0xffff_ffffL;
        if (size > (long) length * MAX_RATIO) {
            throw new IOException("a block of %d bytes says it becomes %d".formatted(length, size));
        }
        into.reserve(size);
        into.written(Snappy.uncompress(from, at, length, into.bytes(), into.size()));
    }

    private static boolean startsHeader(byte[] from, int at, int end) {
        return end - at >= HEADER_BYTES
                && java.util.Arrays.equals(from, at, at + MAGIC.length, MAGIC, 0, MAGIC.length);
    }

    private static void putInt(byte[] b, int at, int value) {
        b[at] = (byte) (value >>> 24);
        b[at + 1] = (byte) (value >>> 16);
        b[at + 2] = (byte) (value >>> 8);
        b[at + 3] = (byte) value;
    }

    private static int getInt(byte[] b, int at) {
        return b[at] << 24 | (b[at + 1] & 0xff) << 16 | (b[at + 2] & 0xff) << 8 | b[at + 3] & 0xff;
    }
}
