package dev.millrace.cli.bench;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.SplittableRandom;

/// Record values: 131,072 different ones of 100 random bytes, made before any clock runs. The first
/// four bytes tell which one it is (scrambled, so that they too look random), so that whatever was
/// read back can be checked.
///
/// Safe for any thread: nothing changes after construction.
public final class Values {
    public static final int VALUE_BYTES = 100;
    private static final int COUNT = 1 << 17;

    /// Odd, so that multiplying by it modulo 2^32 can be undone.
    private static final int SCRAMBLE = 0x9e3779b1;

    private static final int UNSCRAMBLE = inverse(SCRAMBLE);

    private final byte[][] values = new byte[COUNT][VALUE_BYTES];
    private final ByteBuffer[] buffers = new ByteBuffer[COUNT];

    public Values(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < COUNT; i++) {
            random.nextBytes(values[i]);
            buffers[i] = ByteBuffer.wrap(values[i]).order(ByteOrder.BIG_ENDIAN);
            buffers[i].putInt(0, (i + 1) * SCRAMBLE);
        }
    }

    /// The `number`-th value, counted round and round.
    public byte[] get(long number) {
        return values[(int) number & COUNT - 1];
    }

    /// Whether these are the bytes, from position to limit, of one of the values.
    public boolean contains(ByteBuffer bytes) {
        if (bytes.remaining() != VALUE_BYTES) {
            return false;
        }
        int number = bytes.getInt(bytes.position()) * UNSCRAMBLE - 1;
        return number >= 0 && number < COUNT && buffers[number].mismatch(bytes) < 0;
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
