package dev.millrace.log.internal;

import dev.millrace.log.CorruptRecordException;
import dev.millrace.log.Damage;
import dev.millrace.log.LocalLog.VerifyProgress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
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
        for (PartitionLog partition : partitions) {
            totalBytes += partition.sizeInBytes();
        }
        for (PartitionLog partition : partitions) {
            verify(partition);
            bytesBefore += partition.sizeInBytes();
            report(partition, 0);
        }
        return List.copyOf(damage);
    }

    private void verify(PartitionLog partition) {
        for (Segment segment : partition.segments()) {
            segment.verified().clear();
        }
        long bytes = 0;
        long records = 0;
        try (PartitionCursor cursor =
                new PartitionCursor(partition, false, partition.earliestOffset())) {
            while (true) {
                try {
                    if (!cursor.next()) {
                        return;
                    }
                    bytes += cursor.record().keyLength() + cursor.record().valueLength();
                    if (++records % RECORDS_PER_REPORT == 0) {
                        report(partition, Math.min(bytes, partition.sizeInBytes()));
                    }
                } catch (CorruptRecordException e) {
                    damage.add(e.damage());
                    cursor.seek(e.nextReadableOffset());
                }
            }
        }
    }

    private void report(PartitionLog partition, long bytes) {
        progress.accept(new VerifyProgress(partition.id(), bytesBefore + bytes, totalBytes));
    }
}
