package dev.millrace.log.internal;

import java.util.concurrent.atomic.LongAdder;

/// What was appended to a partition and read from it since the log was opened. Its writer counts
/// appends, share by share; its cursors count what they have read, batch by batch.
///
/// Any thread reads.
final class PartitionCounters {
    private final Counter batches = new Counter();
    private final Counter records = new Counter();
    private final Counter bytes = new Counter();
    private final Counter failed = new Counter();
    private final LongAdder batchesRead = new LongAdder();
    private final LongAdder recordsRead = new LongAdder();
    private final LongAdder bytesRead = new LongAdder();

    /// Counts a share that was published; by the partition's writer.
    void appended(int shareBatches, long shareRecords, int shareBytes) {
        batches.add(shareBatches);
        records.add(shareRecords);
        bytes.add(shareBytes);
    }

    /// Counts batches that were refused or taken back; by the partition's writer.
    void failed(int shareBatches) {
        failed.add(shareBatches);
    }

    /// Counts what a cursor has read; from any thread.
    void read(long readBatches, long readRecords, long readBytes) {
        batchesRead.add(readBatches);
        recordsRead.add(readRecords);
        bytesRead.add(readBytes);
    }

    long batches() {
        return batches.get();
    }

    long records() {
        return records.get();
    }

    long bytes() {
        return bytes.get();
    }

    long failed() {
        return failed.get();
    }

    long batchesRead() {
        return batchesRead.sum();
    }

    long recordsRead() {
        return recordsRead.sum();
    }

    long bytesRead() {
        return bytesRead.sum();
    }
}
