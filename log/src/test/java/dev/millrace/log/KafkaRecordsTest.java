package dev.millrace.log;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.log.internal.BatchFormat;
import dev.millrace.log.internal.RecordDecoder;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.MutableRecordBatch;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.apache.kafka.common.utils.Utils;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Kafka's own record classes and ours mean the same by the same bytes.
class KafkaRecordsTest {
    private static final int SEEDS = 40;

    static Stream<Arguments> codecsAndSeeds() {
        return Stream.of(Compression.values())
                .flatMap(codec -> IntStream.range(0, SEEDS).mapToObj(s -> Arguments.of(codec, s)));
    }

    @ParameterizedTest
    @MethodSource("codecsAndSeeds")
    void kafkaReadsWhatWeEncode(Compression codec, int seed) {
        List<LogRecord> records = new RandomRecords(seed).some();
        RecordBatch batch = RecordBatch.of(records, codec);

        List<MutableRecordBatch> read = new ArrayList<>();
        MemoryRecords.readableRecords(batch.buffer()).batches().forEach(read::add);

        assertThat(read).as("seed %d", seed).hasSize(1);
        MutableRecordBatch kafkas = read.getFirst();
        kafkas.ensureValid();
        assertThat(kafkas.compressionType().id).isEqualTo((byte) codec.id());
        assertThat(kafkas.timestampType()).isEqualTo(TimestampType.CREATE_TIME);
        assertThat(kafkas.isTransactional()).isFalse();
        assertThat(kafkas.isControlBatch()).isFalse();
        assertThat(kafkas.hasProducerId()).isFalse();
        assertThat(kafkas.countOrNull()).isEqualTo(records.size()).isEqualTo(batch.count());
        assertThat(kafkas.maxTimestamp()).isEqualTo(batch.maxTimestampMillis());
        assertThat(kafkas.sizeInBytes()).isEqualTo(batch.sizeInBytes());
        List<LogRecord> theirs = new ArrayList<>();
        for (Record record : kafkas) {
            assertThat(record.offset()).isEqualTo(theirs.size());
            theirs.add(ours(record));
        }
        assertSame(theirs, records, seed);
    }

    @ParameterizedTest
    @MethodSource("codecsAndSeeds")
    void weReadWhatKafkaEncodes(Compression codec, int seed) {
        List<LogRecord> records = new RandomRecords(seed).some();
        ByteBuffer encoded = kafkas(records, codec, 0);
        byte[] before = Utils.toArray(encoded);

        RecordBatch batch = RecordBatch.encoded(encoded);

        assertThat(batch.compression()).isEqualTo(codec);
        assertThat(batch.count()).isEqualTo(records.size());
        assertThat(batch.maxTimestampMillis())
                .isEqualTo(
                        records.stream().mapToLong(LogRecord::timestampMillis).max().getAsLong());
        assertThat(Utils.toArray(batch.buffer())).as("unchanged").isEqualTo(before);
        assertSame(batch.records(), records, seed);
    }

    @ParameterizedTest
    @MethodSource("codecsAndSeeds")
    void theDecoderReadsKafkasBatchesInAnyMemory(Compression codec, int seed) {
        List<LogRecord> records = new RandomRecords(seed).some();
        long baseOffset = 1L << 33;
        ByteBuffer encoded = kafkas(records, codec, baseOffset);
        RecordDecoder decoder = new RecordDecoder();
        for (ByteBuffer memory : memories(encoded, 13)) {
            assertThat(BatchFormat.problem(memory, 13, encoded.remaining())).isNull();
            decoder.batch(memory, 13);
            List<LogRecord> read = new ArrayList<>();
            while (decoder.next()) {
                assertThat(decoder.offset()).isEqualTo(baseOffset + read.size());
                read.add(viewed(decoder));
            }
            assertThat(decoder.baseOffset()).isEqualTo(baseOffset);
            assertThat(decoder.lastOffset()).isEqualTo(baseOffset + records.size() - 1);
            assertSame(read, records, seed);
        }
    }

    /// The batch at `at`, with noise around it, in all the kinds of memory that there are.
    private static List<ByteBuffer> memories(ByteBuffer batch, int at) {
        byte[] bytes = new byte[at + batch.remaining() + 20];
        Arrays.fill(bytes, (byte) 0xa5);
        batch.get(batch.position(), bytes, at, batch.remaining());
        byte[] shifted = new byte[bytes.length + 7];
        System.arraycopy(bytes, 0, shifted, 7, bytes.length);
        ByteBuffer direct = ByteBuffer.allocateDirect(bytes.length).put(bytes).clear();
        return List.of(
                ByteBuffer.wrap(bytes),
                ByteBuffer.wrap(shifted, 7, bytes.length).slice(),
                ByteBuffer.wrap(bytes).asReadOnlyBuffer(),
                direct,
                direct.asReadOnlyBuffer());
    }

    private static LogRecord viewed(RecordDecoder decoder) {
        ByteBuffer key = decoder.key();
        ByteBuffer value = decoder.value();
        assertThat(key == null ? -1 : key.remaining()).isEqualTo(decoder.keyLength());
        assertThat(value == null ? -1 : value.remaining()).isEqualTo(decoder.valueLength());
        LogRecord copy = decoder.copy();
        if (key != null) {
            assertThat(key.isReadOnly()).isTrue();
            assertThat(Utils.toArray(key)).isEqualTo(copy.key());
        }
        if (value != null) {
            assertThat(value.isReadOnly()).isTrue();
            assertThat(Utils.toArray(value)).isEqualTo(copy.value());
        }
        assertThat(copy.timestampMillis()).isEqualTo(decoder.timestampMillis());
        return copy;
    }

    private static ByteBuffer kafkas(List<LogRecord> records, Compression codec, long baseOffset) {
        SimpleRecord[] simple =
                records.stream().map(KafkaRecordsTest::theirs).toArray(SimpleRecord[]::new);
        return MemoryRecords.withRecords(
                        baseOffset,
                        org.apache.kafka.common.compress.Compression.of(codec.key()).build(),
                        simple)
                .buffer();
    }

    private static SimpleRecord theirs(LogRecord record) {
        return new SimpleRecord(
                record.timestampMillis(),
                record.key(),
                record.value(),
                record.headers().stream()
                        .map(header -> new RecordHeader(header.key(), header.value()))
                        .toArray(org.apache.kafka.common.header.Header[]::new));
    }

    private static LogRecord ours(Record record) {
        return new LogRecord(
                record.timestamp(),
                Utils.toNullableArray(record.key()),
                Utils.toNullableArray(record.value()),
                Stream.of(record.headers())
                        .map(header -> new Header(header.key(), header.value()))
                        .toList());
    }

    private static void assertSame(List<LogRecord> actual, List<LogRecord> expected, int seed) {
        assertThat(actual).as("seed %d", seed).hasSameSizeAs(expected);
        for (int i = 0; i < expected.size(); i++) {
            LogRecord a = actual.get(i);
            LogRecord e = expected.get(i);
            boolean same =
                    a.timestampMillis() == e.timestampMillis()
                            && Arrays.equals(a.key(), e.key())
                            && Arrays.equals(a.value(), e.value())
                            && a.headers().size() == e.headers().size();
            for (int h = 0; same && h < e.headers().size(); h++) {
                same =
                        a.headers().get(h).key().equals(e.headers().get(h).key())
                                && Arrays.equals(
                                        a.headers().get(h).value(), e.headers().get(h).value());
            }
            assertThat(same).as("record %d of seed %d is the same", i, seed).isTrue();
        }
    }
}
