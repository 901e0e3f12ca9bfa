package dev.millrace.cli.demo;

import dev.millrace.cli.load.Line;
import dev.millrace.log.Cursor;
import dev.millrace.log.LocalLog;
import dev.millrace.log.LogRecord;
import dev.millrace.log.RecordView;
import dev.millrace.log.TopicPartition;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The lines that the log holds, in the order of the input: the partitions, each in order, merged
/// by the number in the records' header. What is appended meanwhile is left out.
final class PresentLines implements AutoCloseable {
    private final List<Head> heads = new ArrayList<>();
    private @Nullable Head first;

    private static final class Head {
        final Cursor cursor;
        final long end;
        long number;

        Head(Cursor cursor, long end) {
            this.cursor = cursor;
            this.end = end;
        }

        boolean next() {
            if (cursor.position() >= end || !cursor.next()) {
                return false;
            }
            number = LineRecords.number(cursor.record());
            return true;
        }
    }

    PresentLines(LocalLog log, List<TopicPartition> partitions) {
        for (TopicPartition partition : partitions) {
            Cursor cursor = log.read(partition, log.earliestOffset(partition));
            Head head = new Head(cursor, log.latestOffset(partition));
            if (head.next()) {
                heads.add(head);
            } else {
                cursor.close();
            }
        }
        findFirst();
    }

    private void findFirst() {
        first = null;
        for (Head head : heads) {
            if (first == null || head.number < first.number) {
                first = head;
            }
        }
    }

    /// The number of the line that comes first; `Long.MAX_VALUE` where none is left.
    long number() {
        return first == null ? Long.MAX_VALUE : first.number;
    }

    /// Passes over the line that comes first.
    void skip() {
        if (first != null && !first.next()) {
            first.cursor.close();
            heads.remove(first);
        }
        findFirst();
    }

    /// Whether the record that comes first is, byte for byte, the one that this line makes.
    boolean holds(Line line, LogRecord expected) {
        if (first == null) {
            return false;
        }
        RecordView record = first.cursor.record();
        return equal(record.value(), line.bytes(), line.offset(), line.length())
                && equal(record.key(), expected.key());
    }

    private static boolean equal(@Nullable ByteBuffer stored, byte @Nullable [] expected) {
        return expected == null ? stored == null : equal(stored, expected, 0, expected.length);
    }

    private static boolean equal(
            @Nullable ByteBuffer stored, byte[] expected, int offset, int length) {
        return stored != null && stored.equals(ByteBuffer.wrap(expected, offset, length));
    }

    @Override
    public void close() {
        heads.forEach(head -> head.cursor.close());
    }
}
