package dev.millrace.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.log.internal.BatchFormat;
import dev.millrace.log.internal.RecordEncoder;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RecordBatchTest {
    private static final byte[] KEY = "key".getBytes(StandardCharsets.UTF_8);
    private static final byte[] VALUE = "value".getBytes(StandardCharsets.UTF_8);

    @Test
    void sizeIsKnownWhileRecordsAreAdded() {
        RecordBatch.Builder builder = RecordBatch.builder();
        assertThat(builder.sizeInBytes()).isEqualTo(61);
        for (int i = 1; i <= 1000; i++) {
            builder.add(i, KEY, VALUE, List.of(new Header("h", null)));
            assertThat(builder.count()).isEqualTo(i);
        }
        int size = builder.sizeInBytes();
        assertThat(builder.build().sizeInBytes()).isEqualTo(size);
    }

    @Test
    void aBuilderMakesBatchAfterBatch() {
        RecordBatch.Builder builder = RecordBatch.builder().compression(Compression.LZ4);
        RecordBatch first = builder.add(1, KEY, VALUE).build();
        List<LogRecord> before = first.records();
        RecordBatch second = builder.add(2, VALUE, null).add(3, null, KEY).build();

        assertThat(first.records()).usingRecursiveComparison().isEqualTo(before);
        assertThat(first.count()).isEqualTo(1);
        assertThat(second.count()).isEqualTo(2);
        assertThat(second.compression()).isEqualTo(Compression.LZ4);
        assertThat(second.records())
                .usingRecursiveComparison()
                .isEqualTo(
                        List.of(
                                new LogRecord(2, VALUE, null, List.of()),
                                new LogRecord(3, null, KEY, List.of())));
    }

    @Test
    void batchesDoNotShareTheBuildersArray() {
        byte[] large = new byte[100_000];
        RecordBatch.Builder builder = RecordBatch.builder();
        RecordBatch filled = builder.add(1, null, large).build();
        byte[] before = bytes(filled);

        builder.add(9, VALUE, VALUE).build();

        assertThat(bytes(filled)).isEqualTo(before);
    }

    @ParameterizedTest
    @EnumSource(Compression.class)
    void aClearedBuilderIsEmpty(Compression codec) {
        RecordBatch.Builder builder = RecordBatch.builder().compression(codec);
        builder.add(7, KEY, VALUE).clear();
        assertThat(builder.count()).isZero();
        assertThatThrownBy(builder::build).isInstanceOf(IllegalStateException.class);
        assertThat(builder.add(1, KEY, VALUE).build().maxTimestampMillis()).isEqualTo(1);
    }

    @Test
    void oneRecordIsEncodedAsByABuilder() {
        for (int size : new int[] {0, 1, 63, 64, 1000, 8191, 8192, 1 << 20}) {
            LogRecord plain = new LogRecord(5, KEY, new byte[size], List.of());
            assertThat(bytes(RecordBatch.of(plain)))
                    .isEqualTo(bytes(RecordBatch.builder().add(plain).build()));
            LogRecord headed =
                    new LogRecord(
                            5, null, new byte[size], List.of(new Header("h", new byte[size])));
            assertThat(bytes(RecordBatch.of(headed)))
                    .isEqualTo(bytes(RecordBatch.builder().add(headed).build()));
        }
    }

    @Test
    void timestampsMayGoBackAndReachTheLimits() {
        long[] times = {0, -1, Long.MAX_VALUE, Long.MIN_VALUE, 1};
        RecordBatch.Builder builder = RecordBatch.builder();
        for (long time : times) {
            builder.add(time, null, null);
        }
        RecordBatch batch = builder.build();

        assertThat(batch.maxTimestampMillis()).isEqualTo(Long.MAX_VALUE);
        assertThat(batch.records())
                .extracting(LogRecord::timestampMillis)
                .containsExactly(0L, -1L, Long.MAX_VALUE, Long.MIN_VALUE, 1L);
        assertThat(RecordBatch.encoded(batch.buffer()).maxTimestampMillis())
                .isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void theBufferIsReadOnlyAndWholeEveryTime() {
        RecordBatch batch = RecordBatch.of(LogRecord.of("k", "v"));
        assertThat(batch.buffer().isReadOnly()).isTrue();
        batch.buffer().position(10);
        assertThat(batch.buffer().position()).isZero();
        assertThat(batch.buffer().remaining()).isEqualTo(batch.sizeInBytes());
    }

    @Test
    void aStampedBatchKeepsItsChecksum() {
        RecordBatch batch = RecordBatch.of(LogRecord.of("k", "v"));
        ByteBuffer stored = ByteBuffer.allocate(batch.sizeInBytes()).put(batch.buffer()).flip();

        BatchFormat.stamp(stored, 0, Long.MAX_VALUE - 5, 77);

        assertThat(BatchFormat.problem(stored, 0, stored.limit())).isNull();
        assertThat(BatchFormat.baseOffset(stored, 0)).isEqualTo(Long.MAX_VALUE - 5);
        assertThat(BatchFormat.lastOffset(stored, 0)).isEqualTo(Long.MAX_VALUE - 5);
        assertThat(BatchFormat.leaderEpoch(stored, 0)).isEqualTo(77);
    }

    @Test
    void moreThanABatchCanHoldIsRefusedAndChangesNothing() {
        RecordBatch.Builder builder = RecordBatch.builder();
        byte[] tooLarge = new byte[BatchFormat.MAX_BATCH_BYTES];
        builder.add(1, KEY, VALUE);
        int size = builder.sizeInBytes();

        assertThatThrownBy(() -> builder.add(2, null, tooLarge))
                .isInstanceOf(LogException.class)
                .hasMessageContaining("268435456 bytes")
                .hasMessageContaining("begin another batch")
                .extracting(e -> ((LogException) e).code())
                .isEqualTo(LogException.Code.RECORD_TOO_LARGE);

        assertThat(builder.count()).isEqualTo(1);
        assertThat(builder.sizeInBytes()).isEqualTo(size);
        assertThat(builder.build().records()).hasSize(1);
    }

    @Test
    void noRecordsMakeNoBatch() {
        assertThatThrownBy(() -> RecordBatch.of(List.of(), Compression.NONE))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @EnumSource(Compression.class)
    void aBatchSealedInPlaceIsTheSame(Compression codec) {
        RecordEncoder encoder = new RecordEncoder(64);
        RecordBatch.Builder builder = RecordBatch.builder().compression(codec);
        encoder.compression(codec);
        for (int round = 0; round < 3; round++) {
            for (int i = 0; i < 50 * (3 - round); i++) {
                encoder.add(i, KEY, VALUE);
                builder.add(i, KEY, VALUE);
            }
            int size = encoder.seal();
            assertThat(ByteBuffer.wrap(encoder.sealed(), 0, size))
                    .isEqualTo(builder.build().buffer());
            encoder.clear();
        }
    }

    private static byte[] bytes(RecordBatch batch) {
        byte[] bytes = new byte[batch.sizeInBytes()];
        batch.buffer().get(bytes);
        return bytes;
    }
}
