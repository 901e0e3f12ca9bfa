package dev.millrace.log.internal;

import dev.millrace.log.CorruptRecordException;
import dev.millrace.log.Damage;
import dev.millrace.log.LocalLog.VerifyProgress;
import dev.millrace.log.LogException;
import dev.millrace.log.OffsetOutOfRangeException;
import dev.millrace.log.TopicPartition;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/// Reads everything, and collects what is damaged. Batches that have been checked since the log was
/// opened are checked again.
final class Verification {
    private static final int RECORDS_PER_REPORT = 1 << 14;

    private final Collection<PartitionLog> partitions;
    private final Consumer<VerifyProgress> progress;
    private final List<Damage> damage = new ArrayList<>();
    private long bytesBefore;
    private long totalBytes;

    Verification(Collection<PartitionLog> partitions, Consumer<VerifyProgress> progress) {
        this.partitions = partitions;
        this.progress = progress;
    }

    List<Damage> run() {
        Map<PartitionLog, Long> sizes = new LinkedHashMap<>();
        for (PartitionLog partition : partitions) {
            sizes.put(partition, partition.sizeInBytes());
            totalBytes += sizes.get(partition);
        }
        sizes.forEach(
                (partition, bytes) -> {
                    verify(partition, bytes);
                    bytesBefore += bytes;
                    report(partition.id(), 0);
                });
        return List.copyOf(damage);
    }

    /// @param size of the partition when the verification began
    private void verify(PartitionLog partition, long size) {
        for (Segment segment : partition.segments().all()) {
            segment.verified().clear();
        }
        long end = partition.highWaterMark();
        try (PartitionCursor cursor =
                new PartitionCursor(partition, false, partition.earliestOffset())) {
            read(partition.id(), cursor, end, size);
        } catch (LogException e) {
            if (e.code() != LogException.Code.UNKNOWN_TOPIC) { // deleted meanwhile
                throw e;
            }
        }
    }

    private void read(TopicPartition partition, PartitionCursor cursor, long end, long size) {
        long bytes = 0;
        long records = 0;
        while (cursor.position() < end) {
            try {
                if (!cursor.next()) {
                    return;
                }
                bytes += cursor.record().keyLength() + cursor.record().valueLength();
                if (++records % RECORDS_PER_REPORT == 0) {
                    report(partition, Math.min(bytes, size));
                }
            } catch (CorruptRecordException e) {
                damage.add(e.damage());
                cursor.seek(e.nextReadableOffset());
            } catch (OffsetOutOfRangeException e) {
                cursor.seek(e.earliest()); // deleted meanwhile
            }
        }
    }

    private void report(TopicPartition partition, long bytes) {
        progress.accept(new VerifyProgress(partition, bytesBefore + bytes, totalBytes));
    }
}
