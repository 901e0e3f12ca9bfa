package dev.millrace.cli.bench;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;

/// Record values, made or read before any clock runs, and taken round and round. Whatever was read
/// back can be checked against them.
///
/// Safe for any thread: nothing changes after construction.
public final class Values {
    public static final int VALUE_BYTES = 100;
    private static final int COUNT = 1 << 17;
    private static final long MOST_BYTES = 64 << 20;

    /// Odd, so that multiplying by it modulo 2^32 can be undone.
    private static final int SCRAMBLE = 0x9e3779b1;

    private static final int UNSCRAMBLE = inverse(SCRAMBLE);

    /// A power of two of them.
    private final byte[][] values;

    private final boolean numbered;
    private final Set<ByteBuffer> known;

    private Values(byte[][] values, boolean numbered) {
        this.values = values;
        this.numbered = numbered;
        this.known = new HashSet<>();
        if (!numbered) {
            for (byte[] value : values) {
                known.add(ByteBuffer.wrap(value));
            }
        }
    }

    /// 131,072 different values of 100 random bytes.
    public Values(long seed) {
        this(random(seed, VALUE_BYTES), true);
    }

    /// Values of so many random bytes, from 4 on: 131,072 of them, or as many as 64 MiB hold.
    static Values ofSize(long seed, int valueBytes) {
        return new Values(random(seed, valueBytes), true);
    }

    /// These values, again and again in their order.
    static Values of(List<byte[]> given) {
        int count = Integer.highestOneBit(Math.max(1, 2 * given.size() - 1));
        byte[][] values = new byte[count][];
        for (int i = 0; i < count; i++) {
            values[i] = given.get(i % given.size());
        }
        return new Values(values, false);
    }

    /// The first four bytes tell which one it is, scrambled, so that they too look random.
    private static byte[][] random(long seed, int valueBytes) {
        SplittableRandom random = new SplittableRandom(seed);
        long count = Math.clamp(MOST_BYTES / valueBytes, 16, COUNT);
        byte[][] values = new byte[(int) Long.highestOneBit(count)][valueBytes];
        for (int i = 0; i < values.length; i++) {
            random.nextBytes(values[i]);
            ByteBuffer.wrap(values[i]).order(ByteOrder.BIG_ENDIAN).putInt(0, (i + 1) * SCRAMBLE);
        }
        return values;
    }

    /// The `number`-th value, counted round and round.
    public byte[] get(long number) {
        return values[(int) number & values.length - 1];
    }

    /// Bytes of the first `count` values.
    long bytesOf(long count) {
        long round = 0;
        for (byte[] value : values) {
            round += value.length;
        }
        long bytes = count / values.length * round;
        for (int i = 0; i < count % values.length; i++) {
            bytes += values[i].length;
        }
        return bytes;
    }

    /// Whether these are the bytes, from position to limit, of one of the values.
    public boolean contains(ByteBuffer bytes) {
        if (!numbered) {
            return known.contains(bytes);
        }
        if (bytes.remaining() != values[0].length) {
            return false;
        }
        int number = bytes.getInt(bytes.position()) * UNSCRAMBLE - 1;
        return number >= 0
                && number < values.length
                && ByteBuffer.wrap(values[number]).mismatch(bytes) < 0;
    }

    /// By Newton's iteration: each round doubles the number of right bits.
    private static int inverse(int odd) {
        int inverse = odd;
        for (int bits = 3; bits < 32; bits *= 2) {
            inverse *= 2 - odd * inverse;
        }
        return inverse;
    }
}
