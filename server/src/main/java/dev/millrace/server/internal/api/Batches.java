package dev.millrace.server.internal.api;

import dev.millrace.log.Header;
import dev.millrace.log.LogRecord;
import dev.millrace.log.RecordBatch;
import dev.millrace.log.TopicConfig;
import java.util.ArrayList;
import java.util.List;

/// Cuts records into batches that a topic takes, as few as may be.
final class Batches {
    /// Lengths, deltas and counts of a record, or of a header, take no more.
    private static final int MOST_OVERHEAD = 41;

    private Batches() {}

    static List<RecordBatch> of(List<LogRecord> records, TopicConfig config) {
        List<RecordBatch> batches = new ArrayList<>();
        RecordBatch.Builder builder = RecordBatch.builder().compression(config.compression());
        for (LogRecord record : records) {
            if (builder.count() > 0
                    && builder.sizeInBytes() + roomFor(record) > config.maxMessageBytes()) {
                batches.add(builder.build());
            }
            builder.add(record);
        }
        if (builder.count() > 0) {
            batches.add(builder.build());
        }
        return batches;
    }

    private static long roomFor(LogRecord record) {
        byte[] key = record.key();
        byte[] value = record.value();
        long bytes = MOST_OVERHEAD;
        bytes += key == null ? 0 : key.length;
        bytes += value == null ? 0 : value.length;
        for (Header header : record.headers()) {
            byte[] its = header.value();
            // a character is three bytes of UTF-8 at most
            bytes += MOST_OVERHEAD + 3L * header.key().length() + (its == null ? 0 : its.length);
        }
        return bytes;
    }
}
