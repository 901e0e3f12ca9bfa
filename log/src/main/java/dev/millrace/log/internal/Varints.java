package dev.millrace.log.internal;

/// The numbers inside a record: zigzag, then groups of seven bits, the lowest first, the top bit of
/// a byte set where another follows (the varint of Protocol Buffers, as Kafka's message format
/// takes it). An `int` has 1 to 5 bytes, a `long` 1 to 10.
///
/// Callers zigzag first: every size and every write below takes the zigzag form.
final class Varints {
    private Varints() {}

    static int zigzag(int value) {
        return (value << 1) ^ (value >> 31);
    }

    static long zigzag(long value) {
        return (value << 1) ^ (value >> 63);
    }

    static int unzigzag(int value) {
        return (value >>> 1) ^ -(value & 1);
    }

    static long unzigzag(long value) {
        return (value >>> 1) ^ -(value & 1);
    }

    /// Bytes of a number in zigzag form: its bits divided by seven, upwards, without a division.
    static int size(int zigzag) {
        return (352 - 9 * Integer.numberOfLeadingZeros(zigzag)) >>> 6;
    }

    static int size(long zigzag) {
        return (640 - 9 * Long.numberOfLeadingZeros(zigzag)) >>> 6;
    }

    /// Writes a number in zigzag form.
    ///
    /// @return the position behind it
    static int write(byte[] bytes, int at, int zigzag) {
        if ((zigzag & ~0x7f) == 0) {
            bytes[at] = (byte) zigzag;
            return at + 1;
        }
        if ((zigzag & ~0x3fff) == 0) {
            bytes[at] = (byte) (zigzag | 0x80);
            bytes[at + 1] = (byte) (zigzag >>> 7);
            return at + 2;
        }
        return writeLong(bytes, at, zigzag & 0xffff_ffffL);
    }

    /// As [#write(byte[],int,int)].
    static int write(byte[] bytes, int at, long zigzag) {
        if ((zigzag & ~0x7fL) == 0) {
            bytes[at] = (byte) zigzag;
            return at + 1;
        }
        return writeLong(bytes, at, zigzag);
    }

    private static int writeLong(byte[] bytes, int at, long zigzag) {
        int p = at;
        long rest = zigzag;
        while ((rest & ~0x7fL) != 0) {
            bytes[p++] = (byte) (rest & 0x7f | 0x80);
            rest >>>= 7;
        }
        bytes[p++] = (byte) rest;
        return p;
    }
}
