package dev.millrace.log.internal;

/// Counts what one cursor reads, and tells its partition from time to time: every MiB, at the
/// high-water mark, and at the end. Bytes are those of batches that were entered, records those
/// that were shown.
///
/// For one thread.
final class ReadCount {
    private static final long TELL_BYTES = 1 << 20;

    private final PartitionCounters counters;
    private long batches;
    private long records;
    private long bytes;
    private int leftInBatch = -1;

    ReadCount(PartitionCounters counters) {
        this.counters = counters;
    }

    /// A batch was entered.
    void entered(int batchBytes) {
        batches++;
        bytes += batchBytes;
    }

    /// The first record of the batch was shown, `left` are behind it.
    void shown(int left) {
        records++;
        leftInBatch = left;
    }

    /// The batch is left, with `left` records that were not shown.
    void left(int left) {
        if (leftInBatch >= 0) {
            records += leftInBatch - left;
            leftInBatch = -1;
        }
        if (bytes >= TELL_BYTES) {
            tell();
        }
    }

    void tell() {
        if (batches > 0) {
            counters.read(batches, records, bytes);
            batches = 0;
            records = 0;
            bytes = 0;
        }
    }
}
