package dev.millrace.log;

import java.util.List;

/// What opening a [LocalLog] found and did.
///
/// @param clean whether the log had been closed in order, so that there was nothing to recover
/// @param nanos how long opening took
/// @param journalFrames frames of the journal written again to their segments
/// @param bytesScanned bytes of segments read and checked
/// @param tornTails unfinished ends, cut and kept aside in a `.cut` file
/// @param damage stretches that cannot be read; nothing was cut there
/// @param journalDamage what is damaged in the journal itself, in words
/// @param orphans directories of partitions that belong to no topic, left alone
public record RecoveryReport(
        boolean clean,
        long nanos,
        long journalFrames,
        long bytesScanned,
        List<TornTail> tornTails,
        List<Damage> damage,
        List<String> journalDamage,
        List<String> orphans) {

    /// An unfinished end that was cut.
    ///
    /// @param offset the next offset of the partition, now
    /// @param position where the file was cut
    /// @param bytes how much was cut and kept aside
    public record TornTail(
            TopicPartition partition, long offset, String file, long position, long bytes) {}
}
