package dev.millrace.log;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

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

    public LogOptions {
        require("log.journal.file.bytes", journalFileBytes, 1 << 12, 1L << 30);
        require("log.journal.max.bytes", journalMaxBytes, journalFileBytes, 1L << 40);
        require("log.min-free-bytes", minFreeBytes, 0, Long.MAX_VALUE);
        require("log.max-waiting-bytes", maxWaitingBytes, 1, 1L << 40);
        require("log.direct-force-bytes", directForceBytes, 1, Long.MAX_VALUE);
        require("log.appender.batch.bytes", appenderBatchBytes, 1, 1 << 28);
    }

    private static void require(String key, long value, long least, long most) {
        if (value < least || value > most) {
            throw new LogException(
                    LogException.Code.INVALID_CONFIG,
                    "%s must be from %d to %d, not %d".formatted(key, least, most, value));
        }
    }

    /// Every key with its value, in the order of the reference.
    public Map<String, String> asMap() {
        Map<String, String> map = new LinkedHashMap<>();
        map.put("log.journal.file.bytes", Long.toString(journalFileBytes));
        map.put("log.journal.max.bytes", Long.toString(journalMaxBytes));
        map.put("log.min-free-bytes", Long.toString(minFreeBytes));
        map.put("log.max-waiting-bytes", Long.toString(maxWaitingBytes));
        map.put("log.direct-force-bytes", Long.toString(directForceBytes));
        map.put("log.appender.batch.bytes", Integer.toString(appenderBatchBytes));
        map.put("log.read.mode", readMode.name().toLowerCase(Locale.ROOT));
        return map;
    }

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
