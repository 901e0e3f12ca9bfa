package dev.millrace.log.internal;

import dev.millrace.log.ParkedRecords;
import dev.millrace.log.TopicPartition;
import java.util.List;
import java.util.UUID;

/// What a checkpoint of a view says beside the state itself: whose it is, of which log, and up to
/// where. [ViewCheckpointFormat] has its bytes, [ViewDirectory] its files.
///
/// @param generation its number, from 1
/// @param savedAtMillis when, in milliseconds since the epoch
record ViewCheckpoint(
        long generation,
        UUID logId,
        String view,
        String codeVersion,
        long savedAtMillis,
        List<Source> sources) {

    /// The state of one source partition. A partition in which nothing has changed keeps the files
    /// that it has.
    ///
    /// @param nextOffset every record below is in the state, parked or skipped
    /// @param epoch the leader epoch of the record before `nextOffset`; [#NO_EPOCH] where there is
    ///   none
    /// @param skippedOffsets offsets that retention had taken before they were folded
    /// @param filesGeneration in whose folder its files lie
    record Source(
            TopicPartition partition,
            UUID topicId,
            long nextOffset,
            int epoch,
            long skippedOffsets,
            long filesGeneration,
            List<StateFile> files,
            List<ParkedRecords> parked) {

        /// The name of a file of this partition in its folder.
        static String fileName(TopicPartition partition, String file) {
            return partition + "." + file;
        }
    }

    /// One file of a state.
    ///
    /// @param size in bytes
    /// @param crc CRC-32C of all of it
    record StateFile(String name, long size, int crc) {}

    /// No record before, or an engine that does not tell.
    static final int NO_EPOCH = -1;

    /// Bytes of all files.
    long bytes() {
        return sources.stream()
                .flatMap(source -> source.files().stream())
                .mapToLong(StateFile::size)
                .sum();
    }

    List<ParkedRecords> parked() {
        return sources.stream().flatMap(source -> source.parked().stream()).toList();
    }
}
