package dev.millrace.log.internal;

import java.nio.ByteBuffer;

/// SipHash-2-4 with 128 bits of output: a keyed hash that nobody can find two inputs of one output
/// for without knowing the key.
///
/// Source: Aumasson and Bernstein, *SipHash: a fast short-input PRF* (INDOCRYPT 2012), and the
/// authors' reference implementation for the 128-bit variant.
///
/// For one thread; allocates nothing.
final class SipHash {
    private final long key0;
    private final long key1;
    private long v0;
    private long v1;
    private long v2;
    private long v3;
    private long first;
    private long second;

    SipHash(long key0, long key1) {
        this.key0 = key0;
        this.key1 = key1;
    }

    /// Hashes the bytes from position to limit of a big-endian buffer, which stays as it is.
    void hash(ByteBuffer bytes) {
        v0 = 0x736f6d6570736575L ^ key0;
        v1 = 0x646f72616e646f6dL ^ key1 ^ 0xee;
        v2 = 0x6c7967656e657261L ^ key0;
        v3 = 0x7465646279746573L ^ key1;
        int at = bytes.position();
        int end = bytes.limit();
        int length = end - at;
        for (; end - at >= Long.BYTES; at += Long.BYTES) {
            compress(Long.reverseBytes(bytes.getLong(at)));
        }
        long last = (long) length << 56;
        for (int shift = 0; at < end; at++, shift += 8) {
            last |= (bytes.get(at) & 0xffL) << shift;
        }
        compress(last);
        v2 ^= 0xee;
        rounds(4);
        first = v0 ^ v1 ^ v2 ^ v3;
        v1 ^= 0xdd;
        rounds(4);
        second = v0 ^ v1 ^ v2 ^ v3;
    }

    /// The first 64 bits of the last hash.
    long first() {
        return first;
    }

    /// The other 64 bits of it.
    long second() {
        return second;
    }

    private void compress(long word) {
        v3 ^= word;
        rounds(2);
        v0 ^= word;
    }

    private void rounds(int count) {
        long a = v0;
        long b = v1;
        long c = v2;
        long d = v3;
        for (int i = 0; i < count; i++) {
            a += b;
            b = Long.rotateLeft(b, 13) ^ a;
            a = Long.rotateLeft(a, 32);
            c += d;
            d = Long.rotateLeft(d, 16) ^ c;
            a += d;
            d = Long.rotateLeft(d, 21) ^ a;
            c += b;
            b = Long.rotateLeft(b, 17) ^ c;
            c = Long.rotateLeft(c, 32);
        }
        v0 = a;
        v1 = b;
        v2 = c;
        v3 = d;
    }
}
