package dev.millrace.log.internal;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.millrace.log.RecordBatch;
import dev.millrace.log.internal.BatchFormat.TimestampType;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.List;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.MemoryRecordsBuilder;
import org.apache.kafka.common.record.internal.MutableRecordBatch;
import org.junit.jupiter.api.Test;

class BatchFormatTest {
    private static final int AT = 5;

    /// A batch of Kafka's at position 5 with a value of its own in every field.
    private static ByteBuffer kafkas(boolean transactional) {
        ByteBuffer buffer = ByteBuffer.allocate(1000);
        buffer.position(AT);
        MemoryRecordsBuilder builder =
                MemoryRecords.builder(
                        buffer,
                        (byte) 2,
                        Compression.NONE,
                        org.apache.kafka.common.record.TimestampType.CREATE_TIME,
                        1L << 40,
                        -1,
                        123_456_789_012L,
                        (short) 321,
                        654_321,
                        transactional,
                        false,
                        987);
        builder.append(2_000_000_000_000L, new byte[3], new byte[10]);
        builder.append(2_000_000_000_500L, new byte[3], new byte[10]);
        builder.append(1_999_999_999_999L, new byte[3], new byte[10]);
        builder.build();
        return buffer.clear();
    }

    @Test
    void everyFieldIsWhereKafkaPutsIt() {
        ByteBuffer b = kafkas(true);
        MutableRecordBatch kafkas =
                MemoryRecords.readableRecords(b.slice(AT, 500)).batches().iterator().next();

        assertThat(BatchFormat.problem(b, AT, 900)).isNull();
        assertThat(BatchFormat.baseOffset(b, AT)).isEqualTo(1L << 40);
        assertThat(BatchFormat.sizeInBytes(b, AT)).isEqualTo(kafkas.sizeInBytes());
        assertThat(BatchFormat.leaderEpoch(b, AT)).isEqualTo(987);
        assertThat(BatchFormat.magic(b, AT)).isEqualTo((byte) 2);
        assertThat(BatchFormat.crc(b, AT)).isEqualTo((int) kafkas.checksum());
        assertThat(BatchFormat.compressionId(b, AT)).isZero();
        assertThat(BatchFormat.timestampType(b, AT)).isEqualTo(TimestampType.CREATE_TIME);
        assertThat(BatchFormat.isTransactional(b, AT)).isTrue();
        assertThat(BatchFormat.isControl(b, AT)).isFalse();
        assertThat(BatchFormat.lastOffsetDelta(b, AT)).isEqualTo(2);
        assertThat(BatchFormat.lastOffset(b, AT)).isEqualTo((1L << 40) + 2);
        assertThat(BatchFormat.baseTimestamp(b, AT)).isEqualTo(2_000_000_000_000L);
        assertThat(BatchFormat.maxTimestamp(b, AT)).isEqualTo(2_000_000_000_500L);
        assertThat(BatchFormat.producerId(b, AT)).isEqualTo(123_456_789_012L);
        assertThat(BatchFormat.producerEpoch(b, AT)).isEqualTo((short) 321);
        assertThat(BatchFormat.baseSequence(b, AT)).isEqualTo(654_321);
        assertThat(BatchFormat.count(b, AT)).isEqualTo(3);
        assertThat(BatchFormat.isControl(b.putShort(AT + 21, (short) 0x20), AT)).isTrue();
    }

    @Test
    void problemsAreSaidInWords() {
        ByteBuffer good = kafkas(false);
        int size = BatchFormat.sizeInBytes(good, AT);
        assertThat(BatchFormat.problem(good, AT, 60)).contains("60 bytes are too few");
        assertThat(BatchFormat.problem(good, AT, size - 1))
                .isEqualTo("size is %d bytes, but %d are there".formatted(size, size - 1));
        assertThat(problemOf(b -> b.put(AT + BatchFormat.MAGIC, (byte) 3)))
                .isEqualTo("magic is 3, not 2");
        assertThat(problemOf(b -> b.putInt(AT + BatchFormat.LENGTH, 48)))
                .startsWith("size is 60 bytes, not 61 to");
        assertThat(problemOf(b -> b.putInt(AT + BatchFormat.LENGTH, -1)))
                .startsWith("size is 11 bytes, not 61 to");
        assertThat(problemOf(b -> b.putInt(AT + BatchFormat.LENGTH, Integer.MAX_VALUE)))
                .startsWith("size is -");
        assertThat(problemOf(b -> b.putInt(AT + BatchFormat.COUNT, 4)))
                .isEqualTo("count is 4 with a last offset delta of 2");
        assertThat(problemOf(b -> b.putInt(AT + BatchFormat.CRC, 1)))
                .contains("CRC-32C is ")
                .endsWith("the batch says 00000001");
        assertThat(problemOf(b -> b.put(AT + size - 1, (byte) 1))).contains("CRC-32C is ");
    }

    private static String problemOf(java.util.function.Consumer<ByteBuffer> change) {
        ByteBuffer b = kafkas(false);
        change.accept(b);
        return BatchFormat.problem(b, AT, 900);
    }

    @Test
    void theChecksumIsTheSameInAnyMemory() {
        ByteBuffer heap = kafkas(false);
        byte[] large = new byte[100_000];
        ByteBuffer largeBatch = RecordBatch.builder().add(1, null, large).build().buffer();
        ByteBuffer direct = ByteBuffer.allocateDirect(heap.capacity()).put(heap).clear();
        heap.clear();
        BatchChecksum checksum = new BatchChecksum();
        int expected = BatchFormat.crc(heap, AT);
        for (ByteBuffer b :
                List.of(
                        heap,
                        heap.asReadOnlyBuffer(),
                        direct,
                        direct.asReadOnlyBuffer(),
                        ByteBuffer.allocate(1200).position(77).slice().put(heap.duplicate()))) {
            assertThat(checksum.of(b, AT)).isEqualTo(expected);
            assertThat(checksum.of(b, AT)).isEqualTo(expected);
        }
        assertThat(checksum.of(largeBatch, 0)).isEqualTo(BatchFormat.crc(largeBatch, 0));
    }

    @Test
    void checkingAllocatesNothing() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        ByteBuffer heap = kafkas(false);
        ByteBuffer direct = ByteBuffer.allocateDirect(heap.capacity()).put(heap).clear();
        heap.clear();
        for (ByteBuffer b : List.of(heap, heap.asReadOnlyBuffer(), direct)) {
            BatchChecksum checksum = new BatchChecksum();
            long allocated = 0;
            for (int round = 0; round < 3; round++) { // the last one counts
                long before = threads.getCurrentThreadAllocatedBytes();
                for (int i = 0; i < 20_000; i++) {
                    if (BatchFormat.problem(b, AT, 900, checksum) != null) {
                        throw new AssertionError("a problem where there was none");
                    }
                    BatchFormat.stamp(heap, AT, i, i);
                }
                allocated = threads.getCurrentThreadAllocatedBytes() - before;
            }
            assertThat(allocated).as("bytes for 20,000 checks of %s", b).isLessThan(50_000);
        }
    }
}
