package dev.millrace.log.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// Against the first test vectors of the authors' implementation: key 00 01 … 0f, input 00 01 … of
/// growing length.
class SipHashTest {
    private static final String[] VECTORS = {
        "a3817f04ba25a8e66df67214c7550293", "da87c1d86b99af44347659119b22fc45",
    };

    private final SipHash hash = new SipHash(0x0706050403020100L, 0x0f0e0d0c0b0a0908L);

    @Test
    void agreesWithTheAuthorsVectors() {
        for (int length = 0; length < VECTORS.length; length++) {
            assertThat(hex(counting(length))).as("%d bytes", length).isEqualTo(VECTORS[length]);
        }
    }

    @Test
    void everyByteAndTheLengthCount() {
        Set<String> seen = new HashSet<>();
        for (int length = 0; length < 40; length++) {
            assertThat(seen.add(hex(counting(length)))).isTrue();
            for (int i = 0; i < length; i++) {
                byte[] changed = counting(length);
                changed[i] ^= (byte) 0x80;
                assertThat(seen.add(hex(changed))).isTrue();
            }
        }
    }

    @Test
    void takesTheBytesFromPositionToLimitAndLeavesThemThere() {
        ByteBuffer bytes = ByteBuffer.allocateDirect(64);
        bytes.position(9).put(counting(21)).flip().position(9);
        hash.hash(bytes);
        long first = hash.first();
        assertThat(bytes.position()).isEqualTo(9);
        assertThat(bytes.limit()).isEqualTo(30);
        hash.hash(ByteBuffer.wrap(counting(21)));
        assertThat(hash.first()).isEqualTo(first);
    }

    private String hex(byte[] input) {
        hash.hash(ByteBuffer.wrap(input));
        ByteBuffer out = ByteBuffer.allocate(16);
        out.putLong(Long.reverseBytes(hash.first())).putLong(Long.reverseBytes(hash.second()));
        return HexFormat.of().formatHex(out.array());
    }

    private static byte[] counting(int length) {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) i;
        }
        return bytes;
    }
}
