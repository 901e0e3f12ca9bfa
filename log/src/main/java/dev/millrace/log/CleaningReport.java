package dev.millrace.log;

/// What cleaning did to one partition or to several: retention, the deletion of what lies below the
/// earliest offset, and compaction.
///
/// @param segmentsDeleted whole segments that went from the front
/// @param recordsKept of the segments that compaction looked through, in its last pass
/// @param recordsRemoved that compaction took away
/// @param bytesBefore of record batches, when cleaning began
/// @param bytesAfter of record batches, when it was done
public record CleaningReport(
        int segmentsDeleted,
        long recordsKept,
        long recordsRemoved,
        long bytesBefore,
        long bytesAfter) {

    /// Nothing done to nothing.
    public static final CleaningReport NONE = new CleaningReport(0, 0, 0, 0, 0);

    /// Both together.
    public CleaningReport plus(CleaningReport other) {
        return new CleaningReport(
                segmentsDeleted + other.segmentsDeleted,
                recordsKept + other.recordsKept,
                recordsRemoved + other.recordsRemoved,
                bytesBefore + other.bytesBefore,
                bytesAfter + other.bytesAfter);
    }
}
