package dev.millrace.log.internal;

import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;

/// gzip (RFC 1952) of one or more members, at the JDK's default level.
///
/// | bytes | field | value |
/// |---|---|---|
/// | 2 | magic | 1f 8b |
/// | 1 | method | 8, deflate |
/// | 1 | flags | bit 1 header CRC, 2 extra, 3 name, 4 comment; 0 as written here |
/// | 6 | time, level, system | skipped; 0 as written here |
/// | … | extra, name, comment, header CRC | as the flags say; skipped |
/// | … | deflate stream | |
/// | 4 | CRC-32 of the content | little-endian |
/// | 4 | length of the content | little-endian, modulo 2^32 |
final class GzipCodec implements Codec {
    static final GzipCodec INSTANCE = new GzipCodec();

    private static final int HEADER_BYTES = 10;
    private static final int TRAILER_BYTES = 8;
    private static final int HEADER_CRC = 2;
    private static final int EXTRA = 4;
    private static final int NAME = 8;
    private static final int COMMENT = 16;

    private GzipCodec() {}

    @Override
    public int maxCompressedBytes(int length) {
        // Deflate stores what it cannot shrink: 5 bytes for every 16 KiB at most, and 6 to end.
        return length + 5 * (length / (16 << 10) + 1) + 6 + HEADER_BYTES + TRAILER_BYTES;
    }

    @Override
    public int compress(byte[] from, int at, int length, byte[] into, int intoAt) {
        java.util.Arrays.fill(into, intoAt, intoAt + HEADER_BYTES, (byte) 0);
        into[intoAt] = 0x1f;
        into[intoAt + 1] = (byte) 0x8b;
        into[intoAt + 2] = Deflater.DEFLATED;
        int p = intoAt + HEADER_BYTES;
        Deflater deflater = new Deflater(Deflater.DEFAULT_COMPRESSION, true);
        try {
            deflater.setInput(from, at, length);
            deflater.finish();
            while (!deflater.finished()) {
                p += deflater.deflate(into, p, into.length - p);
            }
        } finally {
            deflater.end();
        }
        CRC32 crc = new CRC32();
        crc.update(from, at, length);
        putLittleEndian(into, p, (int) crc.getValue());
        putLittleEndian(into, p + 4, length);
        return p + TRAILER_BYTES - intoAt;
    }

    @Override
    public void decompress(byte[] from, int at, int length, Scratch into)
            throws DataFormatException {
        int end = at + length;
        int p = at;
        Inflater inflater = new Inflater(true);
        try {
            do {
                p = behindHeader(from, p, end);
                int first = into.size();
                inflater.reset();
                inflater.setInput(from, p, end - p);
                inflate(inflater, into);
                p = end - inflater.getRemaining();
                if (end - p < TRAILER_BYTES) {
                    throw new DataFormatException("it is cut short");
                }
                CRC32 crc = new CRC32();
                crc.update(into.bytes(), first, into.size() - first);
                if (getLittleEndian(from, p) != (int) crc.getValue()
                        || getLittleEndian(from, p + 4) != into.size() - first) {
                    throw new DataFormatException("its checksum or length is wrong");
                }
                p += TRAILER_BYTES;
            } while (p < end);
        } finally {
            inflater.end();
        }
    }

    private static void inflate(Inflater inflater, Scratch into) throws DataFormatException {
        while (!inflater.finished()) {
            if (into.room() == 0) {
                into.reserve(1);
            }
            int count = inflater.inflate(into.bytes(), into.size(), into.room());
            if (count == 0 && (inflater.needsInput() || inflater.needsDictionary())) {
                throw new DataFormatException("it is cut short");
            }
            into.written(count);
        }
    }

    private static int behindHeader(byte[] from, int at, int end) throws DataFormatException {
        if (end - at < HEADER_BYTES
                || from[at] != 0x1f
                || from[at + 1] != (byte) 0x8b
                || from[at + 2] != Deflater.DEFLATED) {
            throw new DataFormatException("it has no gzip header");
        }
        int flags = from[at + 3];
        int p = at + HEADER_BYTES;
        if ((flags & EXTRA) != 0) {
            p += end - p < 2 ? 2 : 2 + (from[p] & 0xff | (from[p + 1] & 0xff) << 8);
        }
        for (int text = flags & (NAME | COMMENT); text != 0; text &= text - 1) {
            while (p < end && from[p] != 0) {
                p++;
            }
            p++;
        }
        if ((flags & HEADER_CRC) != 0) {
            p += 2;
        }
        if (p > end) {
            throw new DataFormatException("its header is cut short");
        }
        return p;
    }

    private static void putLittleEndian(byte[] b, int at, int value) {
        b[at] = (byte) value;
        b[at + 1] = (byte) (value >>> 8);
        b[at + 2] = (byte) (value >>> 16);
        b[at + 3] = (byte) (value >>> 24);
    }

    private static int getLittleEndian(byte[] b, int at) {
        return b[at] & 0xff | (b[at + 1] & 0xff) << 8 | (b[at + 2] & 0xff) << 16 | b[at + 3] << 24;
    }
}
