package dev.millrace.log;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// What is stored of a [View]: its last checkpoint.
///
/// @param name the view's
/// @param codeVersion whose state it is; empty where there is a problem
/// @param generation of the checkpoint; 0 where there is none
/// @param savedAtMillis when it was saved, in milliseconds since the epoch
/// @param bytes of its files
/// @param sources the position per source partition
/// @param parked what was passed over
/// @param running whether it is being run by this process
/// @param problem why the checkpoint cannot be read; null where it can
public record StoredView(
        String name,
        String codeVersion,
        long generation,
        long savedAtMillis,
        long bytes,
        List<Position> sources,
        List<ParkedRecords> parked,
        boolean running,
        @Nullable String problem) {

    /// How far a source partition had been folded.
    ///
    /// @param nextOffset every record below had been
    public record Position(TopicPartition partition, long nextOffset) {}
}
