package dev.millrace.kafka.internal.engine;

import dev.millrace.log.Header;
import dev.millrace.log.LogRecord;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// How many bytes records take in a batch that is not compressed, as Kafka's format (magic 2) has
/// it: a header of 61 bytes, then per record
///
/// | field | bytes |
/// |---|---|
/// | length of the rest | varint |
/// | attributes | 1 |
/// | timestamp, from the batch's first | varlong |
/// | offset, from the batch's first | varint |
/// | key and value, each behind its length (-1: none) | varint and bytes |
/// | number of headers; each as key and value behind their lengths | varint and bytes |
final class RecordSizes {
    /// Of a batch.
    static final int HEADER_BYTES = 61;

    /// What a record may take more where it stands behind other records than it takes in a batch of
    /// its own: 4 bytes of the offset, 9 of the timestamp, 1 of the length.
    static final int JOINING_BYTES = 14;

    private RecordSizes() {}

    /// Of a batch of these records.
    static long batch(List<LogRecord> records) {
        long bytes = HEADER_BYTES;
        for (int i = 0; i < records.size(); i++) {
            LogRecord record = records.get(i);
            long delta = record.timestampMillis() - records.getFirst().timestampMillis();
            bytes += record(record, i, delta);
        }
        return bytes;
    }

    /// The most that a record takes.
    static long most(LogRecord record) {
        return record(record, 0, 0) + JOINING_BYTES;
    }

    private static long record(LogRecord record, int offsetDelta, long timestampDelta) {
        long body =
                1L
                        + varint(timestampDelta)
                        + varint(offsetDelta)
                        + withLength(record.key())
                        + withLength(record.value())
                        + varint(record.headers().size());
        for (Header header : record.headers()) {
            int key = header.key().getBytes(StandardCharsets.UTF_8).length;
            body += varint(key) + key + withLength(header.value());
        }
        return varint(body) + body;
    }

    private static long withLength(byte @Nullable [] bytes) {
        return bytes == null ? 1 : varint(bytes.length) + (long) bytes.length;
    }

    /// Of a number in zigzag, seven bits a byte.
    private static int varint(long number) {
        long zigzag = number << 1 ^ number >> 63;
        return Math.max(1, (70 - Long.numberOfLeadingZeros(zigzag)) / 7);
    }

    /// What the limits of a topic count of a record: key, value and headers.
    static long content(LogRecord record) {
        long bytes = length(record.key()) + length(record.value());
        for (Header header : record.headers()) {
            bytes += header.key().getBytes(StandardCharsets.UTF_8).length + length(header.value());
        }
        return bytes;
    }

    private static long length(byte @Nullable [] bytes) {
        return bytes == null ? 0 : bytes.length;
    }
}
