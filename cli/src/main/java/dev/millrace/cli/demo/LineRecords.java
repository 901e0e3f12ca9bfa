package dev.millrace.cli.demo;

import dev.millrace.cli.load.EventFields;
import dev.millrace.cli.load.Line;
import dev.millrace.cli.load.Timestamps;
import dev.millrace.log.Header;
import dev.millrace.log.LogRecord;
import dev.millrace.log.RecordView;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Makes a record of a line: the line itself is the value, its entity the key, its time the
/// timestamp. The header [#HEADER] has the line's number in the whole input, from 0, so that anyone
/// can tell which lines a log holds. A line that is not JSON is kept, without a key.
///
/// For one thread.
final class LineRecords {
    static final String HEADER = "line";

    private static final List<String> ENTITY = List.of("subject", "Hostname", "host");
    private static final List<String> TIME =
            List.of("time", "@timestamp", "timestamp", "EventTime", "TimeCreated");

    private final EventFields fields;

    /// @param entityField the field with the entity; null for the first of `subject`, `Hostname`,
    ///   `host`
    LineRecords(@Nullable String entityField) {
        fields = new EventFields(entityField == null ? ENTITY : List.of(entityField), TIME);
    }

    LogRecord record(Line line, long number) {
        read(line);
        long time = fields.timestampMillis();
        return new LogRecord(
                time == Timestamps.NONE ? System.currentTimeMillis() : time,
                fields.keyBytes(),
                line.copy(),
                List.of(new Header(HEADER, bytes(number))));
    }

    /// Looks into a line without making a record of it.
    EventFields read(Line line) {
        fields.read(line);
        return fields;
    }

    /// The number of the line that a record was made of; -1 where it was made of none.
    static long number(RecordView record) {
        for (Header header : record.headers()) {
            byte[] value = header.value();
            if (header.key().equals(HEADER) && value != null && value.length <= 8) {
                long number = 0;
                for (byte b : value) {
                    number = number << 8 | (b & 0xff);
                }
                return number;
            }
        }
        return -1;
    }

    /// As few bytes as the number needs, the highest first.
    private static byte[] bytes(long number) {
        int length = Math.max(1, (71 - Long.numberOfLeadingZeros(number)) / 8);
        byte[] bytes = new byte[length];
        for (int i = length - 1, shift = 0; i >= 0; i--, shift += 8) {
            bytes[i] = (byte) (number >>> shift);
        }
        return bytes;
    }
}
