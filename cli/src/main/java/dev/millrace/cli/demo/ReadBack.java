package dev.millrace.cli.demo;

import dev.millrace.log.Cursor;
import dev.millrace.log.LocalLog;
import dev.millrace.log.RecordView;
import dev.millrace.log.TopicPartition;
import java.util.BitSet;
import java.util.List;
import java.util.zip.CRC32C;

/// Reads everything back, twice: as fast as it goes, for count, bytes and checksum; and with the
/// headers, for each line being there once and in order.
///
/// @param records in the log
/// @param valueBytes of their values
/// @param checksum of their values
/// @param nanos of the first reading
/// @param distinctLines lines of the input that are there
/// @param inOrder whether each partition has its lines in the order of the input
record ReadBack(
        long records,
        long valueBytes,
        long checksum,
        long nanos,
        long distinctLines,
        boolean inOrder) {

    static ReadBack of(LocalLog log, List<TopicPartition> partitions) {
        long records = 0;
        long bytes = 0;
        long checksum = 0;
        CRC32C crc = new CRC32C();
        long started = System.nanoTime();
        for (TopicPartition partition : partitions) {
            try (Cursor cursor = log.read(partition, log.earliestOffset(partition))) {
                RecordView record = cursor.record();
                while (cursor.next()) {
                    records++;
                    bytes += record.valueLength();
                    checksum += Proof.checksum(crc, record);
                }
            }
        }
        long nanos = System.nanoTime() - started;
        BitSet lines = new BitSet();
        boolean inOrder = true;
        for (TopicPartition partition : partitions) {
            inOrder &= collect(log, partition, lines);
        }
        return new ReadBack(records, bytes, checksum, nanos, lines.cardinality(), inOrder);
    }

    private static boolean collect(LocalLog log, TopicPartition partition, BitSet lines) {
        long before = -1;
        boolean inOrder = true;
        try (Cursor cursor = log.read(partition, log.earliestOffset(partition))) {
            while (cursor.next()) {
                long number = LineRecords.number(cursor.record());
                inOrder &= number > before;
                before = number;
                if (number >= 0) {
                    lines.set(Math.toIntExact(number));
                }
            }
        }
        return inOrder;
    }

    /// Whether the log holds each line of the input exactly once, unchanged.
    boolean matches(Inventory input) {
        return records == input.lines()
                && valueBytes == input.bytes()
                && checksum == input.checksum()
                && distinctLines == input.lines()
                && inOrder;
    }
}
