package dev.millrace.log.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.luben.zstd.Zstd;
import dev.millrace.log.Compression;
import dev.millrace.log.RecordBatch;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;
import net.jpountz.lz4.LZ4FrameOutputStream;
import net.jpountz.lz4.LZ4FrameOutputStream.BLOCKSIZE;
import net.jpountz.lz4.LZ4FrameOutputStream.FLG.Bits;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.xerial.snappy.Snappy;
import org.xerial.snappy.SnappyOutputStream;

class CodecsTest {
    private static final int LIMIT = 1 << 20;

    private static byte[] content(long seed, int length) {
        Random random = new Random(seed);
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) (i % 1000 < 300 ? random.nextInt() : random.nextInt(4));
        }
        return bytes;
    }

    private static byte[] compressed(Compression compression, byte[] content) {
        Codec codec = Codecs.of(compression);
        byte[] into = new byte[7 + codec.maxCompressedBytes(content.length)];
        int size = codec.compress(content, 0, content.length, into, 7);
        return Arrays.copyOfRange(into, 7, 7 + size);
    }

    private static byte[] decompressed(Compression compression, byte[] compressed) {
        byte[] shifted = new byte[compressed.length + 9];
        System.arraycopy(compressed, 0, shifted, 5, compressed.length);
        Scratch into = new Scratch(LIMIT);
        Codecs.decompress(compression.id(), shifted, 5, compressed.length, into);
        return Arrays.copyOf(into.bytes(), into.size());
    }

    @ParameterizedTest
    @EnumSource(value = Compression.class, names = "NONE", mode = EnumSource.Mode.EXCLUDE)
    void whatIsCompressedComesBack(Compression compression) {
        int[] lengths = {0, 1, 100, 32_767, 32_768, 32_769, 65_536, 65_537, 200_000, LIMIT - 1};
        for (int length : lengths) {
            byte[] content = content(length, length);
            assertThat(decompressed(compression, compressed(compression, content)))
                    .isEqualTo(content);
            byte[] noise = new byte[length];
            new Random(length).nextBytes(noise);
            assertThat(decompressed(compression, compressed(compression, noise))).isEqualTo(noise);
        }
    }

    @ParameterizedTest
    @EnumSource(value = Compression.class, names = "NONE", mode = EnumSource.Mode.EXCLUDE)
    void whatDecompressesToTooMuchIsRefused(Compression compression) {
        byte[] bomb = compressed(compression, new byte[64 << 20]);
        assertThatThrownBy(() -> decompressed(compression, bomb))
                .isInstanceOf(MalformedBatchException.class)
                .hasMessageContaining("more than the %d bytes allowed", LIMIT);
    }

    @ParameterizedTest
    @EnumSource(value = Compression.class, names = "NONE", mode = EnumSource.Mode.EXCLUDE)
    void whatIsCutShortIsRefusedOrGivesLess(Compression compression) {
        byte[] content = content(3, 100_000);
        byte[] whole = compressed(compression, content);
        for (int size = 0; size < whole.length; size += 1 + size / 50) {
            byte[] cut = Arrays.copyOf(whole, size);
            try {
                // Snappy's framing does not say where it ends: the batch's count does.
                assertThat(decompressed(compression, cut)).hasSizeLessThan(content.length);
            } catch (MalformedBatchException e) {
                assertThat(e).hasMessageStartingWith("the records are not " + compression.key());
            }
        }
    }

    @ParameterizedTest
    @EnumSource(value = Compression.class, names = "NONE", mode = EnumSource.Mode.EXCLUDE)
    void flippedBitsEndInTheDocumentedException(Compression compression) {
        byte[] good = compressed(compression, content(5, 70_000));
        Random random = new Random(5);
        for (int round = 0; round < 2_000; round++) {
            byte[] bad = good.clone();
            int at = random.nextInt(round % 2 == 0 ? 40 : bad.length);
            bad[at] ^= (byte) (1 << random.nextInt(8));
            try {
                decompressed(compression, bad);
            } catch (MalformedBatchException e) {
                assertThat(e).hasMessageContaining("the "); // and no other exception
            }
        }
    }

    @Test
    void gzipMembersMayFollowEachOtherAndHaveNames() throws IOException {
        byte[] first = content(1, 1000);
        byte[] second = content(2, 50_000);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(named(first));
        try (OutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(second);
        }
        assertThat(decompressed(Compression.GZIP, out.toByteArray()))
                .isEqualTo(joined(first, second));
    }

    /// A member with an extra field, a name, a comment and a header CRC.
    private static byte[] named(byte[] content) throws IOException {
        byte[] plain = compressed(Compression.GZIP, content);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(new byte[] {0x1f, (byte) 0x8b, Deflater.DEFLATED, 30, 1, 2, 3, 4, 0, 3});
        out.write(new byte[] {3, 0, 9, 9, 9});
        out.write("name\0a comment\0".getBytes(StandardCharsets.UTF_8));
        out.write(new byte[] {5, 5});
        out.write(plain, 10, plain.length - 10);
        return out.toByteArray();
    }

    @Test
    void snappyIsReadBareAndInJoinedStreams() throws IOException {
        byte[] content = content(1, 90_000);
        assertThat(decompressed(Compression.SNAPPY, Snappy.compress(content))).isEqualTo(content);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int i = 0; i < 2; i++) {
            try (OutputStream snappy = new SnappyOutputStream(out, 10_000)) {
                snappy.write(content);
            }
        }
        assertThat(decompressed(Compression.SNAPPY, out.toByteArray()))
                .isEqualTo(joined(content, content));
    }

    @Test
    void snappyBlocksThatClaimTooMuchAreNotBelieved() {
        byte[] claim = {(byte) 0xff, (byte) 0xff, (byte) 0xff, (byte) 0xff, 7, 0, 0};
        assertThatThrownBy(() -> decompressed(Compression.SNAPPY, claim))
                .isInstanceOf(MalformedBatchException.class)
                .hasMessageContaining("7 bytes says it becomes 2147483647");
    }

    @Test
    void lz4FramesWithChecksumsAndSizesAreRead() throws IOException {
        byte[] content = content(1, 300_000);
        for (BLOCKSIZE size : BLOCKSIZE.values()) {
            for (Bits[] bits :
                    List.of(
                            new Bits[] {Bits.BLOCK_INDEPENDENCE},
                            new Bits[] {Bits.BLOCK_INDEPENDENCE, Bits.BLOCK_CHECKSUM},
                            new Bits[] {Bits.BLOCK_INDEPENDENCE, Bits.CONTENT_CHECKSUM},
                            new Bits[] {
                                Bits.BLOCK_INDEPENDENCE,
                                Bits.BLOCK_CHECKSUM,
                                Bits.CONTENT_CHECKSUM,
                                Bits.CONTENT_SIZE
                            })) {
                ByteArrayOutputStream out = new ByteArrayOutputStream();
                try (OutputStream lz4 = new LZ4FrameOutputStream(out, size, content.length, bits)) {
                    lz4.write(content);
                }
                assertThat(decompressed(Compression.LZ4, out.toByteArray())).isEqualTo(content);
            }
        }
    }

    @Test
    void lz4FramesOfDependentBlocksAreRefused() {
        byte[] frame = compressed(Compression.LZ4, content(1, 1000));
        frame[4] &= ~0x20;
        assertThatThrownBy(() -> decompressed(Compression.LZ4, frame))
                .isInstanceOf(MalformedBatchException.class)
                .hasMessageContaining("dependent blocks");
    }

    @Test
    void zstdFramesMayFollowEachOther() throws IOException {
        byte[] first = content(1, 1000);
        byte[] second = content(2, 50_000);
        assertThat(
                        decompressed(
                                Compression.ZSTD,
                                joined(Zstd.compress(first), Zstd.compress(second, 19))))
                .isEqualTo(joined(first, second));
    }

    @Test
    void codecsThatDoNotExistAreRefused() {
        for (int id = 5; id < 8; id++) {
            int unknown = id;
            assertThatThrownBy(
                            () -> Codecs.decompress(unknown, new byte[9], 0, 9, new Scratch(LIMIT)))
                    .isInstanceOf(MalformedBatchException.class)
                    .hasMessageContaining("unknown codec " + id);
        }
    }

    /// With nothing on the class path but our own classes.
    @Test
    void nothingOfTheLibrariesIsNeededWithoutCompression() throws Exception {
        URL classes = RecordBatch.class.getProtectionDomain().getCodeSource().getLocation();
        try (URLClassLoader alone =
                new URLClassLoader(new URL[] {classes}, ClassLoader.getPlatformClassLoader())) {
            Class<?> batches = alone.loadClass(RecordBatch.class.getName());
            Object builder = batches.getMethod("builder").invoke(null);
            builder.getClass()
                    .getMethod("add", long.class, byte[].class, byte[].class)
                    .invoke(builder, 1L, null, new byte[10]);
            Object batch = builder.getClass().getMethod("build").invoke(builder);
            Object encoded =
                    batches.getMethod("encoded", ByteBuffer.class)
                            .invoke(null, batches.getMethod("buffer").invoke(batch));
            List<?> records = (List<?>) batches.getMethod("records").invoke(encoded);
            assertThat(records).hasSize(1);
        }
    }

    private static byte[] joined(byte[] first, byte[] second) {
        byte[] joined = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, joined, first.length, second.length);
        return joined;
    }
}
