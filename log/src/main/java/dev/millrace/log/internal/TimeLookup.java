package dev.millrace.log.internal;

import dev.millrace.log.CorruptRecordException;
import dev.millrace.log.Cursor;
import dev.millrace.log.LogException;
import dev.millrace.log.LogException.Code;
import dev.millrace.log.OffsetOutOfRangeException;
import java.io.IOException;
import java.util.List;
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
            long from = from(log, timestampMillis);
            return from < 0
                    ? OptionalLong.empty()
                    : firstOffsetAt(log, from, timestampMillis, cursorAt);
        } catch (IOException e) {
            throw new LogException(Code.IO, "cannot read %s: %s".formatted(log.id(), e), e);
        }
    }

    /// Where to begin to look; -1 where there is no such record.
    private static long from(PartitionLog log, long timestampMillis) throws IOException {
        List<Segment> segments = log.segments().all();
        for (int i = 0; i < segments.size(); i++) {
            Segment segment = segments.get(i);
            if (!segment.enter()) {
                segments = log.segments().all(); // that one was taken away: begin again
                i = -1;
                continue;
            }
            try {
                SegmentIndexes indexes = segment.indexes();
                if (indexes.maxTimestamp() >= timestampMillis) {
                    return Math.max(indexes.offsetBefore(timestampMillis), segment.baseOffset());
                }
            } finally {
                segment.leave();
            }
        }
        return -1;
    }

    private static OptionalLong firstOffsetAt(
            PartitionLog log,
            long from,
            long timestampMillis,
            LongFunction<? extends Cursor> cursorAt) {
        while (true) {
            try (Cursor cursor = cursorAt.apply(Math.max(from, log.earliestOffset()))) {
                return firstOffsetAt(cursor, timestampMillis);
            } catch (OffsetOutOfRangeException e) {
                // more was deleted from the front meanwhile
            }
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
