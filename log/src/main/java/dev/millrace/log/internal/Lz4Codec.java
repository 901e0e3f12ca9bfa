package dev.millrace.log.internal;

import java.io.IOException;
import net.jpountz.lz4.LZ4Compressor;
import net.jpountz.lz4.LZ4Exception;
import net.jpountz.lz4.LZ4Factory;
import net.jpountz.lz4.LZ4SafeDecompressor;
import net.jpountz.xxhash.XXHash32;
import net.jpountz.xxhash.XXHashFactory;

/// One LZ4 frame (LZ4 Frame Format 1.6) of independent blocks, as Kafka's clients write it.
///
/// | bytes | field | value |
/// |---|---|---|
/// | 4 | magic | 0x184d2204; all numbers little-endian |
/// | 1 | flags | bits 7-6 version 1, 5 independent blocks, 4 block checksums, 3 content size, 2 content checksum, 0 dictionary |
/// | 1 | block size | bits 6-4: 4 = 64 KiB, 5 = 256 KiB, 6 = 1 MiB, 7 = 4 MiB |
/// | 0 or 8 | content size | skipped |
/// | 1 | header checksum | byte 1 of xxHash-32 from the flags on |
/// | 4 | length of a block | top bit: the block is not compressed; 0 ends the frame |
/// | … | block, 0 or 4 for its xxHash-32 | and so on |
/// | 0 or 4 | content checksum | xxHash-32 |
///
/// Written here: 64 KiB blocks, no checksums but the header's (the batch has its CRC), no content
/// size, a block that does not shrink is stored as it is. Every checksum that is there is checked.
/// Frames with dependent blocks or a dictionary are refused, as Kafka refuses them.
final class Lz4Codec implements Codec {
    static final Lz4Codec INSTANCE = new Lz4Codec();

    private static final int MAGIC = 0x184d2204;
    private static final int VERSION = 0x40;
    private static final int INDEPENDENT = 0x20;
    private static final int BLOCK_CHECKSUM = 0x10;
    private static final int CONTENT_SIZE = 0x08;
    private static final int CONTENT_CHECKSUM = 0x04;
    private static final int DICTIONARY = 0x01;
    private static final int STORED = 0x8000_0000;
    private static final int BLOCK_BYTES = 64 << 10;
    private static final byte BLOCK_BYTES_CODE = 4 << 4;
    private static final int HEADER_BYTES = 7;

    private final LZ4Compressor compressor;
    private final LZ4SafeDecompressor decompressor;
    private final XXHash32 hash;

    private Lz4Codec() {
        LZ4Factory factory = LZ4Factory.fastestInstance();
        compressor = factory.fastCompressor();
        decompressor = factory.safeDecompressor();
        hash = XXHashFactory.fastestInstance().hash32();
    }

    @Override
    public int maxCompressedBytes(int length) {
        int blocks = length / BLOCK_BYTES + 1;
        return HEADER_BYTES + blocks * (4 + compressor.maxCompressedLength(BLOCK_BYTES)) + 4;
    }

    @Override
    public int compress(byte[] from, int at, int length, byte[] into, int intoAt) {
        putInt(into, intoAt, MAGIC);
        into[intoAt + 4] = VERSION | INDEPENDENT;
        into[intoAt + 5] = BLOCK_BYTES_CODE;
        into[intoAt + 6] = (byte) (hash.hash(into, intoAt + 4, 2, 0) >>> 8);
        int p = intoAt + HEADER_BYTES;
        for (int done = 0; done < length; done += BLOCK_BYTES) {
            int part = Math.min(BLOCK_BYTES, length - done);
            int size = compressor.compress(from, at + done, part, into, p + 4);
            if (size < part) {
                putInt(into, p, size);
            } else {
                System.arraycopy(from, at + done, into, p + 4, part);
                size = part;
                putInt(into, p, size | STORED);
            }
            p += 4 + size;
        }
        putInt(into, p, 0);
        return p + 4 - intoAt;
    }

    @Override
    public void decompress(byte[] from, int at, int length, Scratch into) throws IOException {
        int end = at + length;
        need(HEADER_BYTES, at, end);
        if (getInt(from, at) != MAGIC) {
            throw new IOException("it has no LZ4 frame header");
        }
        int flags = from[at + 4];
        if ((flags & 0xc0) != VERSION || (flags & INDEPENDENT) == 0 || (flags & DICTIONARY) != 0) {
            throw new IOException(
                    "the frame's flags are %02x; dependent blocks and dictionaries are not supported"
                            .formatted(flags & 0xff));
        }
        int code = from[at + 5] >>> 4 & 7;
        if (code < 4) {
            throw new IOException("the frame's block size is of an unknown code " + code);
        }
        int p = at + 6 + ((flags & CONTENT_SIZE) == 0 ? 0 : 8);
        need(1, p, end);
        if (from[p] != (byte) (hash.hash(from, at + 4, p - at - 4, 0) >>> 8)) {
            throw new IOException("the frame header's checksum is wrong");
        }
        int first = into.size();
        p = blocks(from, p + 1, end, flags, 1 << 8 + 2 * code, into);
        if ((flags & CONTENT_CHECKSUM) != 0) {
            need(4, p, end);
            if (getInt(from, p) != hash.hash(into.bytes(), first, into.size() - first, 0)) {
                throw new IOException("the content's checksum is wrong");
            }
            p += 4;
        }
        if (p != end) {
            throw new IOException("%d bytes follow the frame".formatted(end - p));
        }
    }

    /// Decompresses blocks until the frame ends.
    ///
    /// @return the position behind the end mark
    private int blocks(byte[] from, int at, int end, int flags, int blockBytes, Scratch into)
            throws IOException {
        int p = at;
        while (true) {
            need(4, p, end);
            int word = getInt(from, p);
            p += 4;
            if (word == 0) {
                return p;
            }
            int size = word & ~STORED;
            if (size > blockBytes) {
                throw new IOException("a block of %d bytes is too large".formatted(size));
            }
            need(size, p, end);
            if ((word & STORED) != 0) {
                into.reserve(size);
                System.arraycopy(from, p, into.bytes(), into.size(), size);
                into.written(size);
            } else {
                block(from, p, size, blockBytes, into);
            }
            if ((flags & BLOCK_CHECKSUM) != 0) {
                need(4, p + size, end);
                if (getInt(from, p + size) != hash.hash(from, p, size, 0)) {
                    throw new IOException("a block's checksum is wrong");
                }
                p += 4;
            }
            p += size;
        }
    }

    private void block(byte[] from, int at, int size, int blockBytes, Scratch into)
            throws IOException {
        int room = into.reserveUpTo(blockBytes);
        try {
            into.written(decompressor.decompress(from, at, size, into.bytes(), into.size(), room));
        } catch (LZ4Exception e) {
            into.reserve(blockBytes); // where it was the limit that left too little room
            throw new IOException("a block cannot be decompressed", e);
        }
    }

    private static void need(int bytes, int at, int end) throws IOException {
        if (bytes > end - at) {
            throw new IOException("it is cut short");
        }
    }

    private static void putInt(byte[] b, int at, int value) {
        b[at] = (byte) value;
        b[at + 1] = (byte) (value >>> 8);
        b[at + 2] = (byte) (value >>> 16);
        b[at + 3] = (byte) (value >>> 24);
    }

    private static int getInt(byte[] b, int at) {
        return b[at] & 0xff | (b[at + 1] & 0xff) << 8 | (b[at + 2] & 0xff) << 16 | b[at + 3] << 24;
    }
}
