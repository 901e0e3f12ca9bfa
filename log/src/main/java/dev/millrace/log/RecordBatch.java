package dev.millrace.log;

import dev.millrace.log.internal.BatchFormat;
import dev.millrace.log.internal.BatchValidator;
import dev.millrace.log.internal.RecordDecoder;
import dev.millrace.log.internal.RecordEncoder;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Records encoded as one Kafka record batch (magic 2). Immutable; safe to append more than once,
/// from any thread.
///
/// ```java
/// RecordBatch batch =
///         RecordBatch.builder().compression(Compression.LZ4).add(now, key, value).build();
/// ```
public final class RecordBatch {
    private final ByteBuffer bytes;
    private final int largestRecordBytes;

    private RecordBatch(ByteBuffer bytes, int largestRecordBytes) {
        this.bytes = bytes;
        this.largestRecordBytes = largestRecordBytes;
    }

    /// An empty builder, without compression.
    public static Builder builder() {
        return new Builder();
    }

    /// A batch of one record.
    public static RecordBatch of(LogRecord record) {
        RecordEncoder encoder = new RecordEncoder(RecordEncoder.roomFor(record));
        encoder.add(record.timestampMillis(), record.key(), record.value(), record.headers());
        return new RecordBatch(encoder.finishLast(), encoder.largestRecordBytes());
    }

    /// A batch of these records, in this order.
    ///
    /// @throws IllegalArgumentException where there is none
    public static RecordBatch of(List<LogRecord> records, Compression compression) {
        if (records.isEmpty()) {
            throw new IllegalArgumentException("a batch needs a record");
        }
        Builder builder = builder().compression(compression);
        records.forEach(builder::add);
        return builder.build();
    }

    /// A batch that somebody else encoded, from position to limit of `kafkaBatch`, checked down to
    /// the last byte of its last record. The bytes are not copied: whoever hands them over leaves
    /// them alone. Base offset and leader epoch mean nothing here; a max timestamp that is not the
    /// latest of the records' is put right, as Kafka does.
    ///
    /// @throws LogException `invalid-batch`, saying what is wrong and where: in the header, the
    ///   CRC, the compression, a record; also for control and transactional batches
    public static RecordBatch encoded(ByteBuffer kafkaBatch) {
        BatchValidator.Checked checked = BatchValidator.check(kafkaBatch);
        return new RecordBatch(checked.bytes(), checked.largestRecordBytes());
    }

    /// How many records it holds, at least 1.
    public int count() {
        return BatchFormat.count(bytes, 0);
    }

    /// The encoded size, header included.
    public int sizeInBytes() {
        return bytes.limit();
    }

    /// Bytes of the largest record: key, value and headers, before compression.
    public int largestRecordBytes() {
        return largestRecordBytes;
    }

    /// The encoded batch from position to limit, read-only, big-endian.
    public ByteBuffer buffer() {
        return bytes.asReadOnlyBuffer();
    }

    /// How the records are compressed.
    public Compression compression() {
        return Compression.of(BatchFormat.compressionId(bytes, 0));
    }

    /// The producer that appends it, so that it is appended once however often it is sent; -1 where
    /// it names none.
    public long producerId() {
        return BatchFormat.producerId(bytes, 0);
    }

    /// The epoch of the producer; -1 where there is none.
    public int producerEpoch() {
        return BatchFormat.producerEpoch(bytes, 0);
    }

    /// The producer's sequence number of the first record; -1 where there is none.
    public int baseSequence() {
        return BatchFormat.baseSequence(bytes, 0);
    }

    /// The latest timestamp of the records, in milliseconds since the epoch.
    public long maxTimestampMillis() {
        return BatchFormat.maxTimestamp(bytes, 0);
    }

    /// The records, copied.
    public List<LogRecord> records() {
        RecordDecoder decoder = new RecordDecoder();
        decoder.batch(bytes, 0);
        List<LogRecord> records = new ArrayList<>(count());
        while (decoder.next()) {
            records.add(decoder.copy());
        }
        return records;
    }

    @Override
    public String toString() {
        return "RecordBatch[%d records, %d bytes, %s]"
                .formatted(count(), sizeInBytes(), compression().key());
    }

    /// Gathers records for a batch. Keys and values are copied by `add`. For one thread; empty
    /// again after [#build], so that one builder makes any number of batches.
    public static final class Builder {
        private static final int FIRST_CAPACITY = 1 << 10;

        private final RecordEncoder encoder = new RecordEncoder(FIRST_CAPACITY);

        private Builder() {}

        /// How batches are compressed from now on, the one being gathered included.
        public Builder compression(Compression compression) {
            encoder.compression(compression);
            return this;
        }

        /// Says who appends the batch being gathered, that one alone: it is appended once however
        /// often it is sent, see [LocalLog#newProducer].
        ///
        /// @param sequence of its first record among the producer's records of the partition: 0 for
        ///   the first, after 2^31 - 1 again 0
        /// @throws IllegalArgumentException where something is below 0, or the epoch above 32,767
        public Builder producer(long id, int epoch, int sequence) {
            if (id < 0 || epoch < 0 || epoch > Short.MAX_VALUE || sequence < 0) {
                throw new IllegalArgumentException(
                        "no producer: id %d, epoch %d, sequence %d".formatted(id, epoch, sequence));
            }
            encoder.producer(id, (short) epoch, sequence);
            return this;
        }

        /// Adds a record without headers.
        ///
        /// @throws LogException `record-too-large` where the batch would pass 256 MiB; it stays as
        ///   it is. Smaller limits are those of the topic that it is appended to
        public Builder add(long timestampMillis, byte @Nullable [] key, byte @Nullable [] value) {
            encoder.add(timestampMillis, key, value);
            return this;
        }

        /// As [#add(long,byte[],byte[])], with headers.
        public Builder add(
                long timestampMillis,
                byte @Nullable [] key,
                byte @Nullable [] value,
                List<Header> headers) {
            encoder.add(timestampMillis, key, value, headers);
            return this;
        }

        /// As [#add(long,byte[],byte[])].
        public Builder add(LogRecord record) {
            encoder.add(record.timestampMillis(), record.key(), record.value(), record.headers());
            return this;
        }

        /// Records gathered so far.
        public int count() {
            return encoder.count();
        }

        /// Size of the batch as gathered so far, header included, before compression; 61 where it
        /// is empty.
        public int sizeInBytes() {
            return encoder.sizeInBytes();
        }

        /// The batch; the builder is empty again and keeps its compression.
        ///
        /// @throws IllegalStateException where no record was added
        public RecordBatch build() {
            int largest = encoder.largestRecordBytes();
            return new RecordBatch(encoder.finish(), largest);
        }

        /// Forgets the records gathered so far.
        public Builder clear() {
            encoder.clear();
            return this;
        }
    }
}
