package dev.millrace.log;

/// How a [LocalLog] works. Every key is described in `docs/reference/configuration.md`.
///
/// @param journalFileBytes `log.journal.file.bytes`: where one journal file ends and the next
///   begins
/// @param journalMaxBytes `log.journal.max.bytes`: appends wait where the journal would grow beyond
/// @param minFreeBytes `log.min-free-bytes`: with less free space than this, appends fail with
///   `disk-full`
/// @param maxWaitingBytes `log.max-waiting-bytes`: callers of `append` block while more is waiting
///   to be written
/// @param directForceBytes `log.direct-force-bytes`: from here on, what waits for one partition is
///   forced in its segment instead of being written to the journal as well
/// @param appenderBatchBytes `log.appender.batch.bytes`: when the batch of an [Appender] is full
/// @param readMode `log.read.mode`: how sealed and settled parts of segments are read
public record LogOptions(
        long journalFileBytes,
        long journalMaxBytes,
        long minFreeBytes,
        long maxWaitingBytes,
        long directForceBytes,
        int appenderBatchBytes,
        ReadMode readMode) {

    /// How segments are read.
    public enum ReadMode {
        /// Through a mapping of the file.
        MAPPED,
        /// By reads at a position into a buffer of the cursor.
        POSITIONAL
    }

    public static LogOptions defaults() {
        return new LogOptions(
                64L << 20, 512L << 20, 64L << 20, 64L << 20, 256L << 10, 64 << 10, ReadMode.MAPPED);
    }

    public LogOptions withJournalFileBytes(long bytes) {
        return new LogOptions(
                bytes,
                journalMaxBytes,
                minFreeBytes,
                maxWaitingBytes,
                directForceBytes,
                appenderBatchBytes,
                readMode);
    }

    public LogOptions withJournalMaxBytes(long bytes) {
        return new LogOptions(
                journalFileBytes,
                bytes,
                minFreeBytes,
                maxWaitingBytes,
                directForceBytes,
                appenderBatchBytes,
                readMode);
    }

    public LogOptions withMinFreeBytes(long bytes) {
        return new LogOptions(
                journalFileBytes,
                journalMaxBytes,
                bytes,
                maxWaitingBytes,
                directForceBytes,
                appenderBatchBytes,
                readMode);
    }

    public LogOptions withDirectForceBytes(long bytes) {
        return new LogOptions(
                journalFileBytes,
                journalMaxBytes,
                minFreeBytes,
                maxWaitingBytes,
                bytes,
                appenderBatchBytes,
                readMode);
    }

    public LogOptions withAppenderBatchBytes(int bytes) {
        return new LogOptions(
                journalFileBytes,
                journalMaxBytes,
                minFreeBytes,
                maxWaitingBytes,
                directForceBytes,
                bytes,
                readMode);
    }

    public LogOptions withReadMode(ReadMode mode) {
        return new LogOptions(
                journalFileBytes,
                journalMaxBytes,
                minFreeBytes,
                maxWaitingBytes,
                directForceBytes,
                appenderBatchBytes,
                mode);
    }
}
