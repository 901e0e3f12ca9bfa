package dev.millrace.cli.demo;

import dev.millrace.log.CorruptRecordException;
import dev.millrace.log.Cursor;
import dev.millrace.log.LocalLog;
import dev.millrace.log.RecordView;
import dev.millrace.log.TopicPartition;
import java.nio.ByteBuffer;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.zip.CRC32C;

/// Looks up every batch that the killed process saw acknowledged: its records have to be at their
/// offsets, with the very values whose checksum the process reported.
///
/// @param found acknowledged records that are there, unchanged
/// @param lost acknowledged records that are not
/// @param nanos how long the looking took
record Proof(long found, long lost, long nanos) {

    static Proof of(LocalLog log, List<Acknowledged> acknowledged) {
        long started = System.nanoTime();
        long found = 0;
        long all = 0;
        List<Acknowledged> ordered =
                acknowledged.stream()
                        .sorted(
                                Comparator.comparingInt(Acknowledged::partition)
                                        .thenComparingLong(Acknowledged::baseOffset))
                        .toList();
        for (Acknowledged batch : ordered) {
            all += batch.count();
            found += holds(log, batch) ? batch.count() : 0;
        }
        return new Proof(found, all - found, System.nanoTime() - started);
    }

    private static boolean holds(LocalLog log, Acknowledged batch) {
        TopicPartition partition = new TopicPartition(Demo.TOPIC, batch.partition());
        if (batch.baseOffset() < log.earliestOffset(partition)
                || batch.endOffset() > log.latestOffset(partition)) {
            return false;
        }
        CRC32C crc = new CRC32C();
        long sum = 0;
        try (Cursor cursor = log.read(partition, batch.baseOffset())) {
            for (long offset = batch.baseOffset(); offset < batch.endOffset(); offset++) {
                if (!cursor.next() || cursor.record().offset() != offset) {
                    return false;
                }
                sum += checksum(crc, cursor.record());
            }
            return sum == batch.checksum();
        } catch (CorruptRecordException e) {
            return false;
        }
    }

    /// As [Acknowledgements#checksum].
    static long checksum(CRC32C crc, RecordView record) {
        ByteBuffer value = Objects.requireNonNull(record.value(), "the demo writes no tombstones");
        crc.reset();
        crc.update(value);
        return crc.getValue();
    }
}
