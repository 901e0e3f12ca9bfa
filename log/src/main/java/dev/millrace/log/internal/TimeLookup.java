package dev.millrace.log.internal;

import dev.millrace.log.CorruptRecordException;
import dev.millrace.log.Cursor;
import dev.millrace.log.LogException;
import dev.millrace.log.LogException.Code;
import java.io.IOException;
import java.util.OptionalLong;
import java.util.function.LongFunction;

/// Finds the first record of a partition that is not older than a timestamp: the first segment that
/// has such a record, the place before which its time index has none, and from there record by
/// record.
final class TimeLookup {
    private TimeLookup() {}

    static OptionalLong firstOffsetAt(
            PartitionLog log, long timestampMillis, LongFunction<? extends Cursor> cursorAt) {
        try {
            for (Segment segment : log.segments()) {
                SegmentIndexes indexes = segment.indexes();
                if (indexes.maxTimestamp() < timestampMillis) {
                    continue;
                }
                long from = Math.max(indexes.offsetBefore(timestampMillis), segment.baseOffset());
                try (Cursor cursor = cursorAt.apply(from)) {
                    return firstOffsetAt(cursor, timestampMillis);
                }
            }
            return OptionalLong.empty();
        } catch (IOException e) {
            throw new LogException(Code.IO, "cannot read %s: %s".formatted(log.id(), e), e);
        }
    }

    private static OptionalLong firstOffsetAt(Cursor cursor, long timestampMillis) {
        while (true) {
            try {
                if (!cursor.next()) {
                    return OptionalLong.empty();
                }
                if (cursor.record().timestampMillis() >= timestampMillis) {
                    return OptionalLong.of(cursor.record().offset());
                }
            } catch (CorruptRecordException e) {
                cursor.seek(e.nextReadableOffset());
            }
        }
    }
}
