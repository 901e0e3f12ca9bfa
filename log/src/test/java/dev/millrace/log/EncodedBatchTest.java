package dev.millrace.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.log.internal.BatchFormat;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// What [RecordBatch#encoded] lets in, and what it refuses with which words.
class EncodedBatchTest {
    private static final byte[] KEY = "key".getBytes(StandardCharsets.UTF_8);
    private static final byte[] VALUE = "a value of some length".getBytes(StandardCharsets.UTF_8);

    private static ByteBuffer threeRecords(Compression codec) {
        RecordBatch batch =
                RecordBatch.builder()
                        .compression(codec)
                        .add(1000, KEY, VALUE, List.of(new Header("h", VALUE)))
                        .add(999, null, VALUE)
                        .add(1001, KEY, null)
                        .build();
        return ByteBuffer.allocate(batch.sizeInBytes()).put(batch.buffer()).flip();
    }

    private static void fixCrc(ByteBuffer batch) {
        batch.putInt(BatchFormat.CRC, BatchFormat.computeCrc(batch, 0));
    }

    private static void refuses(ByteBuffer batch, CharSequence... words) {
        assertThatThrownBy(() -> RecordBatch.encoded(batch))
                .isInstanceOf(LogException.class)
                .hasMessageStartingWith("not a valid record batch: ")
                .hasMessageContainingAll(words.length == 0 ? new CharSequence[] {": "} : words)
                .extracting(e -> ((LogException) e).code())
                .isEqualTo(
                        isDamaged(batch)
                                ? LogException.Code.CORRUPT_BATCH
                                : LogException.Code.INVALID_BATCH);
    }

    /// Whether nothing but the checksum is wrong, as far as a header can tell.
    private static boolean isDamaged(ByteBuffer batch) {
        return BatchFormat.structuralProblem(batch, 0, batch.limit()) == null
                && BatchFormat.sizeInBytes(batch, 0) == batch.limit()
                && BatchFormat.computeCrc(batch, 0) != BatchFormat.crc(batch, 0);
    }

    private static void refusesHeader(Consumer<ByteBuffer> change, CharSequence... words) {
        ByteBuffer batch = threeRecords(Compression.NONE);
        change.accept(batch);
        fixCrc(batch);
        refuses(batch, words);
    }

    /// Base offset (bytes 0 to 7) and leader epoch (12 to 15) are the log's to write: the CRC
    /// leaves them out, and whatever a client puts there is taken. Length (8 to 11) and magic (16)
    /// are not under the CRC either, and are refused for what they say.
    @ParameterizedTest
    @EnumSource(Compression.class)
    void everyFlippedBitIsRefusedOutsideOfBaseOffsetAndEpoch(Compression codec) {
        ByteBuffer batch = threeRecords(codec);
        for (int at = 0; at < batch.limit(); at++) {
            boolean logsOwn = at < 8 || (at >= 12 && at < 16);
            for (int bit = 0; bit < 8; bit++) {
                byte good = batch.get(at);
                batch.put(at, (byte) (good ^ 1 << bit));
                if (logsOwn) {
                    assertThat(RecordBatch.encoded(batch).count()).isEqualTo(3);
                } else {
                    refuses(batch);
                }
                batch.put(at, good);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Compression.class)
    void everyOtherLengthIsRefused(Compression codec) {
        ByteBuffer batch = threeRecords(codec);
        for (int size = 0; size < batch.limit(); size++) {
            refuses(batch.duplicate().limit(size));
        }
        ByteBuffer longer = ByteBuffer.allocate(batch.limit() + 1).put(batch).clear();
        refuses(longer, "1 bytes follow it");
    }

    @Test
    void theBatchLiesBetweenPositionAndLimit() {
        ByteBuffer batch = threeRecords(Compression.NONE);
        byte[] around = new byte[batch.limit() + 20];
        batch.get(0, around, 9, batch.limit());
        ByteBuffer given = ByteBuffer.wrap(around, 9, batch.limit());

        RecordBatch taken = RecordBatch.encoded(given);

        assertThat(taken.buffer()).isEqualTo(batch);
        assertThat(given.position()).isEqualTo(9);
        assertThat(taken.records()).hasSize(3);
    }

    @Test
    void anotherMagicIsRefused() {
        refusesHeader(b -> b.put(BatchFormat.MAGIC, (byte) 1), "magic is 1");
    }

    @Test
    void controlBatchesAreRefused() {
        refusesHeader(b -> b.putShort(BatchFormat.ATTRIBUTES, (short) 0x20), "control batches");
    }

    @Test
    void transactionalBatchesAreRefused() {
        refusesHeader(b -> b.putShort(BatchFormat.ATTRIBUTES, (short) 0x10), "transactions");
    }

    @Test
    void appendTimeIsNotTheClientsToGive() {
        refusesHeader(b -> b.putShort(BatchFormat.ATTRIBUTES, (short) 0x08), "append");
    }

    @Test
    void unknownCodecsAndAttributesAreRefused() {
        for (int codec = 5; codec < 8; codec++) {
            short attributes = (short) codec;
            refusesHeader(
                    b -> b.putShort(BatchFormat.ATTRIBUTES, attributes), "unknown codec " + codec);
        }
        for (int bit = 6; bit < 16; bit++) {
            short attributes = (short) (1 << bit);
            refusesHeader(b -> b.putShort(BatchFormat.ATTRIBUTES, attributes), "unknown bits");
        }
    }

    @Test
    void countAndLastOffsetMustAgree() {
        refusesHeader(b -> b.putInt(BatchFormat.COUNT, 2), "count is 2", "delta of 2");
        refusesHeader(b -> b.putInt(BatchFormat.COUNT, 4), "count is 4");
        refusesHeader(b -> b.putInt(BatchFormat.COUNT, 0), "count is 0");
        refusesHeader(b -> b.putInt(BatchFormat.COUNT, -1), "count is -1");
        refusesHeader(b -> b.putInt(BatchFormat.LAST_OFFSET_DELTA, 3), "delta of 3");
        refusesHeader(b -> b.putInt(BatchFormat.LAST_OFFSET_DELTA, -1), "delta of -1");
    }

    @Test
    void fewerOrMoreRecordsThanCountedAreRefused() {
        refusesHeader(
                b -> b.putInt(BatchFormat.COUNT, 2).putInt(BatchFormat.LAST_OFFSET_DELTA, 1),
                "bytes stand behind the last record");
        refusesHeader(
                b -> b.putInt(BatchFormat.COUNT, 4).putInt(BatchFormat.LAST_OFFSET_DELTA, 3),
                "leaves the batch");
    }

    @Test
    void aProducerNeedsASequence() {
        refusesHeader(b -> b.putLong(BatchFormat.PRODUCER_ID, 7), "producer 7");
        ByteBuffer batch = threeRecords(Compression.NONE);
        batch.putLong(BatchFormat.PRODUCER_ID, 7).putInt(BatchFormat.BASE_SEQUENCE, 0);
        fixCrc(batch);
        assertThat(RecordBatch.encoded(batch).count()).isEqualTo(3);
    }

    @ParameterizedTest
    @EnumSource(Compression.class)
    void aWrongMaxTimestampIsPutRightInACopy(Compression codec) {
        ByteBuffer batch = threeRecords(codec);
        byte[] right = batch.array().clone();
        batch.putLong(BatchFormat.MAX_TIMESTAMP, -1);
        fixCrc(batch);
        byte[] given = batch.array().clone();

        RecordBatch mended = RecordBatch.encoded(batch);

        assertThat(mended.buffer()).isEqualTo(ByteBuffer.wrap(right));
        assertThat(batch.array()).isEqualTo(given);
    }

    @ParameterizedTest
    @EnumSource(value = Compression.class, names = "NONE", mode = EnumSource.Mode.EXCLUDE)
    void compressedBytesOfAnotherCodecAreRefused(Compression codec) {
        for (Compression other : Compression.values()) {
            if (other != codec) {
                ByteBuffer batch = threeRecords(other);
                batch.putShort(BatchFormat.ATTRIBUTES, (short) codec.id());
                fixCrc(batch);
                refuses(batch);
            }
        }
    }

    /// The CRC is right in every round: what is refused is refused for what it says, with the one
    /// documented exception, and what is let in can be read to the end.
    @ParameterizedTest
    @EnumSource(Compression.class)
    void mutatedBatchesAreRefusedOrReadable(Compression codec) {
        for (int seed = 0; seed < 20; seed++) {
            Random random = new Random(seed);
            List<LogRecord> records = new RandomRecords(seed).some();
            RecordBatch batch = RecordBatch.of(records, codec);
            byte[] good = new byte[Math.min(batch.sizeInBytes(), 100_000)];
            batch.buffer().get(good);
            for (int round = 0; round < 300; round++) {
                byte[] bad = mutated(good, random);
                ByteBuffer b = ByteBuffer.wrap(bad);
                b.putInt(BatchFormat.LENGTH, bad.length - BatchFormat.LOG_OVERHEAD);
                b.put(BatchFormat.MAGIC, BatchFormat.CURRENT_MAGIC);
                fixCrc(b);
                try {
                    RecordBatch taken = RecordBatch.encoded(b);
                    assertThat(taken.records()).hasSize(taken.count());
                } catch (LogException e) {
                    assertThat(e.code())
                            .as("seed %d round %d", seed, round)
                            .isEqualTo(LogException.Code.INVALID_BATCH);
                } catch (RuntimeException | Error e) {
                    throw new AssertionError(
                            "%s, seed %d, round %d".formatted(codec, seed, round), e);
                }
            }
        }
    }

    /// A few bytes changed, mostly in the records, now and then cut.
    private static byte[] mutated(byte[] good, Random random) {
        byte[] bad = good.clone();
        int first = random.nextInt(20) == 0 ? BatchFormat.ATTRIBUTES : BatchFormat.HEADER_BYTES;
        for (int n = random.nextInt(4); n >= 0; n--) {
            int at = first + random.nextInt(bad.length - first);
            if (random.nextInt(3) == 0) {
                at = Math.min(bad.length - 1, BatchFormat.HEADER_BYTES + random.nextInt(24));
            }
            bad[at] =
                    switch (random.nextInt(4)) {
                        case 0 -> (byte) 0xff;
                        case 1 -> (byte) 0x80;
                        case 2 -> (byte) (bad[at] ^ 1 << random.nextInt(8));
                        default -> (byte) random.nextInt();
                    };
        }
        return random.nextInt(6) == 0
                ? Arrays.copyOf(bad, BatchFormat.HEADER_BYTES + random.nextInt(bad.length - 60))
                : bad;
    }
}
