package dev.millrace.log.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import dev.millrace.log.Compression;
import dev.millrace.log.LogRecord;
import dev.millrace.log.RandomRecords;
import dev.millrace.log.RecordBatch;
import java.io.ByteArrayOutputStream;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RecordDecoderTest {
    private final RecordDecoder decoder = new RecordDecoder();

    private static ByteBuffer copyOf(RecordBatch batch) {
        return ByteBuffer.allocate(batch.sizeInBytes()).put(batch.buffer()).flip();
    }

    private static ByteBuffer direct(ByteBuffer b) {
        return ByteBuffer.allocateDirect(b.remaining()).put(b.duplicate()).flip();
    }

    /// An uncompressed batch of the given bytes as its records.
    private static ByteBuffer batchOf(int count, int lastOffsetDelta, byte[] records) {
        ByteBuffer b =
                ByteBuffer.allocate(BatchFormat.HEADER_BYTES + records.length)
                        .put(0, RecordBatch.of(LogRecord.of("k", "v")).buffer(), 0, 61)
                        .put(61, records);
        b.putInt(BatchFormat.LENGTH, b.limit() - BatchFormat.LOG_OVERHEAD);
        b.putInt(BatchFormat.COUNT, count).putInt(BatchFormat.LAST_OFFSET_DELTA, lastOffsetDelta);
        return b.putInt(BatchFormat.CRC, BatchFormat.computeCrc(b, 0));
    }

    /// Bytes of a record with the given zigzag numbers, each in one byte.
    private static byte[] record(int... bytes) {
        byte[] record = new byte[bytes.length + 1];
        record[0] = (byte) (bytes.length << 1);
        for (int i = 0; i < bytes.length; i++) {
            record[i + 1] = (byte) bytes[i];
        }
        return record;
    }

    private static byte[] joined(byte[]... parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }

    private void refuses(ByteBuffer batch, CharSequence... words) {
        for (ByteBuffer b : List.of(batch, direct(batch))) {
            decoder.batch(b, 0);
            assertThatThrownBy(
                            () -> {
                                while (decoder.next()) {
                                    decoder.headers();
                                }
                            })
                    .isInstanceOf(MalformedBatchException.class)
                    .hasMessageContainingAll(
                            words.length == 0 ? new CharSequence[] {"byte"} : words);
            assertThat(decoder.next()).as("behind the damage").isFalse();
        }
    }

    @ParameterizedTest
    @EnumSource(Compression.class)
    void skipsToAnyOffset(Compression codec) {
        RecordBatch.Builder builder = RecordBatch.builder().compression(codec);
        for (int i = 0; i < 300; i++) {
            builder.add(i, null, new byte[i % 150]);
        }
        ByteBuffer heap = copyOf(builder.build());
        BatchFormat.stamp(heap, 0, 1000, 0);
        for (ByteBuffer b : List.of(heap, direct(heap))) {
            for (long offset = 990; offset < 1310; offset++) {
                decoder.batch(b, 0);
                decoder.skipTo(offset);
                boolean found = decoder.next();
                assertThat(found).isEqualTo(offset < 1300);
                if (found) {
                    assertThat(decoder.offset()).isEqualTo(Math.max(offset, 1000));
                    assertThat(decoder.timestampMillis()).isEqualTo(decoder.offset() - 1000);
                }
            }
        }
    }

    @Test
    void skipsForwardOnlyAndFromAnywhere() {
        RecordBatch.Builder builder = RecordBatch.builder();
        for (int i = 0; i < 100; i++) {
            builder.add(i, null, null);
        }
        decoder.batch(copyOf(builder.build()), 0);
        for (int expected : new int[] {0, 1, 10, 11, 12, 50, 99}) {
            if (expected % 10 != 2) {
                decoder.skipTo(expected);
            }
            assertThat(decoder.next()).isTrue();
            assertThat(decoder.offset()).isEqualTo(expected);
            decoder.skipTo(0);
        }
        assertThat(decoder.next()).isFalse();
        assertThat(decoder.next()).isFalse();
    }

    @Test
    void readsAndSkipsOverTheGapsThatCompactionLeaves() {
        byte[] records =
                joined(
                        record(0, 2, 4, 1, 1, 0), // offset delta 2
                        record(0, 4, 6, 1, 1, 0), // 3
                        record(0, 6, 18, 1, 1, 0)); // 9
        ByteBuffer b = batchOf(3, 12, records);
        decoder.batch(b, 0);
        List<Long> offsets = new ArrayList<>();
        while (decoder.next()) {
            offsets.add(decoder.offset());
        }
        assertThat(offsets).containsExactly(2L, 3L, 9L);
        assertThat(decoder.lastOffset()).isEqualTo(12);
        long[] expected = {2, 2, 2, 3, 9, 9, 9, 9, 9, 9, -1, -1, -1, -1};
        for (int wanted = 0; wanted < expected.length; wanted++) {
            decoder.batch(b, 0);
            decoder.skipTo(wanted);
            assertThat(decoder.next() ? decoder.offset() : -1).isEqualTo(expected[wanted]);
        }
        decoder.batch(batchOf(0, 12, new byte[0]), 0);
        assertThat(decoder.next()).isFalse();
    }

    @Test
    void recordsOfALogAppendTimeBatchHaveItsMaxTimestamp() {
        ByteBuffer b = copyOf(RecordBatch.builder().add(1, null, null).add(2, null, null).build());
        b.putShort(BatchFormat.ATTRIBUTES, (short) BatchFormat.LOG_APPEND_TIME_BIT);
        b.putLong(BatchFormat.MAX_TIMESTAMP, 77);
        decoder.batch(b, 0);
        assertThat(decoder.next()).isTrue();
        assertThat(decoder.timestampMillis()).isEqualTo(77);
        assertThat(decoder.next()).isTrue();
        assertThat(decoder.timestampMillis()).isEqualTo(77);
    }

    @Test
    void numbersMayBeLongerThanTheyNeedToBe() {
        byte[] record = {
            (byte) 0x90,
            (byte) 0x80,
            0, // length, set below
            0, // attributes
            (byte) 0x82,
            (byte) 0x80,
            0, // timestamp delta 1
            (byte) 0x80,
            0, // offset delta 0
            1, // no key
            1, // no value
            0 // no headers
        };
        record[0] = (byte) (0x80 | (record.length - 3) << 1);
        ByteBuffer b = batchOf(1, 0, record);
        decoder.batch(b, 0);
        assertThat(decoder.next()).isTrue();
        assertThat(decoder.timestampMillis() - BatchFormat.baseTimestamp(b, 0)).isEqualTo(1);
        assertThat(decoder.key()).isNull();
        assertThat(decoder.next()).isFalse();
    }

    @Test
    void whatIsWrongIsSaidWithItsPlace() {
        refuses(batchOf(1, 0, record(0, 0, 0, 6, 1, 0)), "key has a length of 3 with 2", "byte 65");
        refuses(batchOf(1, 0, record(0, 0, 0, 3, 1, 0)), "key has a length of -2");
        refuses(batchOf(1, 0, record(0, 0, 0, 1, 8, 0)), "value has a length of 4");
        refuses(batchOf(1, 0, record(0, 0, 0, 1, 5, 0)), "value has a length of -3");
        refuses(batchOf(1, 0, record(0, 0, 0, 1, 1, 4)), "2 headers");
        refuses(batchOf(1, 0, record(0, 0, 0, 1, 1, 1)), "-1 headers");
        refuses(batchOf(1, 0, record(0, 0, 0, 1, 1, 2, 1, 1)), "a header has no key");
        refuses(batchOf(1, 0, record(0, 0, 0, 1, 1, 2, 8, 1)), "header key has a length of 4");
        refuses(batchOf(1, 0, record(0, 0, 0, 1, 1, 2, 0, 2)), "header value has a length of 1");
        refuses(
                batchOf(1, 0, record(0, 0, 0, 1, 1, 2, 0, 1, 9)),
                "end 1 bytes before it",
                "byte 70");
        refuses(batchOf(1, 0, record(0, 0, 0, 1, 1, 0, 0)), "8 bytes has 7 bytes of fields");
        refuses(batchOf(1, 0, record(0, 0, 2, 1, 1, 0)), "offset delta 1 after -1", "ends at 0");
        refuses(batchOf(1, 0, record(0, 0, 1, 1, 1, 0)), "offset delta -1 after -1");
        refuses(batchOf(1, 0, record(0, 0, 0, 1, 1)), "a record has a length of 5");
        refuses(batchOf(1, 0, new byte[] {1, 0, 0, 0, 1, 1, 0}), "a record has a length of -1");
        refuses(batchOf(1, 0, new byte[] {14, 0, 0, 0, 1, 1, 0}), "length of 7 with 6", "byte 61");
        refuses(batchOf(1, 0, new byte[0]), "leaves the batch");
        byte[] twice = joined(record(0, 0, 0, 1, 1, 0), record(0, 0, 0, 1, 1, 0));
        refuses(batchOf(2, 1, twice), "offset delta 0 after 0", "byte 68");
        refuses(batchOf(1, 0, twice), "7 bytes stand behind the last record", "byte 68");
    }

    @Test
    void numbersThatNeverEndAreRefused() {
        for (int at = 61; at < 68; at++) {
            byte[] records = joined(record(0, 0, 0, 1, 1, 0), new byte[20]);
            records[0] = 52;
            Arrays.fill(records, at - 61, records.length, (byte) 0xff);
            refuses(batchOf(1, 0, records));
            Arrays.fill(records, at - 61, records.length, (byte) 0x80);
            refuses(batchOf(1, 0, records));
        }
    }

    /// What one memory or one way through a record takes or refuses, all do, and with one and the
    /// same exception.
    @Test
    void mutatedRecordsAreReadAlikeOrRefusedAlikeInAnyMemory() {
        for (int seed = 0; seed < 60; seed++) {
            Random random = new Random(seed);
            byte[] good = bytes(RecordBatch.of(new RandomRecords(seed).some(), Compression.NONE));
            for (int round = 0; round < 100; round++) {
                byte[] bad = good.clone();
                for (int n = random.nextInt(3); n >= 0; n--) {
                    int range =
                            random.nextBoolean() ? Math.min(100, bad.length - 61) : bad.length - 61;
                    bad[61 + random.nextInt(range)] = (byte) random.nextInt();
                }
                ByteBuffer exact = ByteBuffer.wrap(bad);
                ByteBuffer padded = ByteBuffer.allocate(bad.length + 50).put(0, bad);
                ByteBuffer longest = ByteBuffer.allocateDirect(bad.length + 50).put(0, bad);
                String expected = outcome(exact);
                assertThat(outcome(padded)).as("seed %d round %d", seed, round).isEqualTo(expected);
                assertThat(outcome(direct(exact)))
                        .as("seed %d round %d", seed, round)
                        .isEqualTo(expected);
                assertThat(outcome(longest))
                        .as("seed %d round %d", seed, round)
                        .isEqualTo(expected);
            }
        }
    }

    /// All that can be read of a batch, and how it ended.
    private String outcome(ByteBuffer b) {
        long hash = 0;
        int count = 0;
        try {
            decoder.batch(b, 0);
            while (decoder.next()) {
                LogRecord copy = decoder.copy();
                hash = 31 * hash + decoder.offset();
                hash = 31 * hash + copy.timestampMillis();
                hash = 31 * hash + Arrays.hashCode(copy.key());
                hash = 31 * hash + Arrays.hashCode(copy.value());
                hash = 31 * hash + copy.headers().size();
                count++;
            }
            return count + " records, " + hash;
        } catch (MalformedBatchException e) {
            return count + " records, " + hash + ", then " + e.getMessage();
        }
    }

    @Test
    void decodingAllocatesNothing() {
        RecordBatch.Builder builder = RecordBatch.builder();
        for (int i = 0; i < 500; i++) {
            builder.add(i * 1000L, new byte[8], new byte[100]);
        }
        ByteBuffer heap = copyOf(builder.build());
        ByteBuffer direct = direct(heap).asReadOnlyBuffer();
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long bytes = 0;
        long allocated = 0;
        for (int round = 0; round < 3; round++) { // the last one counts
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < 2_000; i++) {
                bytes += read(i % 8 < 4 ? heap : direct);
            }
            allocated = threads.getCurrentThreadAllocatedBytes() - before;
        }
        assertThat(bytes).isEqualTo(3L * 1_000_000 * 108);
        assertThat(allocated).as("bytes for a million records").isLessThan(50_000);
    }

    private long read(ByteBuffer b) {
        long bytes = 0;
        decoder.batch(b, 0);
        while (decoder.next()) {
            bytes += decoder.key().remaining() + decoder.value().remaining();
        }
        return bytes;
    }

    @Test
    void forgetsWhatItRead() {
        decoder.batch(copyOf(RecordBatch.of(LogRecord.of("k", "v"))), 0);
        decoder.forget();
        assertThat(decoder.next()).isFalse();
    }

    private static byte[] bytes(RecordBatch batch) {
        byte[] bytes = new byte[batch.sizeInBytes()];
        batch.buffer().get(bytes);
        return bytes;
    }
}
