package dev.millrace.log;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// How far a [RunningView] is, at one moment.
///
/// @param name the view's
/// @param codeVersion of the version that is asked
/// @param generation of the last checkpoint; 0 where there is none
/// @param savedAtMillis when that was saved, in milliseconds since the epoch; 0 where there is none
/// @param checkpointProblem why the last attempt at a checkpoint failed; null where it did not
/// @param replayReason why the checkpoint that was there could not be used; null where it was, or
///   where there was none
/// @param sources per source partition, in order of topic and number
/// @param parked what was passed over, in the same order
/// @param replacement how far the version is that is to replace this one; null where there is none
public record ViewStatus(
        String name,
        String codeVersion,
        long generation,
        long savedAtMillis,
        @Nullable String checkpointProblem,
        @Nullable String replayReason,
        List<Source> sources,
        List<ParkedRecords> parked,
        @Nullable ViewStatus replacement) {

    /// One source partition.
    ///
    /// @param nextOffset every record below has been folded, parked or skipped
    /// @param latestOffset the high-water mark
    /// @param startOffset where this run began
    /// @param presentOffset the high-water mark when this run began
    /// @param skippedOffsets offsets passed over because retention had taken them before they were
    ///   folded
    /// @param failure why the partition has stopped; null where it goes on
    public record Source(
            TopicPartition partition,
            long nextOffset,
            long latestOffset,
            long startOffset,
            long presentOffset,
            long skippedOffsets,
            @Nullable Failure failure) {

        /// Offsets still to be folded.
        public long lag() {
            return Math.max(0, latestOffset - nextOffset);
        }

        /// How much of what was there when this run began has been folded, from 0 to 1.
        public double progress() {
            return nextOffset >= presentOffset
                    ? 1
                    : (nextOffset - startOffset) / (double) (presentOffset - startOffset);
        }
    }

    /// Where and why a partition has stopped.
    ///
    /// @param offset of the record that could not be folded or read
    /// @param error what went wrong
    public record Failure(long offset, String error) {}

    /// Whether a partition has stopped.
    public boolean stopped() {
        return sources.stream().anyMatch(source -> source.failure() != null);
    }

    /// Offsets still to be folded, of all partitions together.
    public long lag() {
        return sources.stream().mapToLong(Source::lag).sum();
    }
}
