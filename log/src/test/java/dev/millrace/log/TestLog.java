package dev.millrace.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/// Small logs for tests, and their records as text that can be compared.
public final class TestLog {
    public static final TopicPartition EVENTS = new TopicPartition("events", 0);

    /// What opening a damaged log has to say is what the tests are about; held, so that it stays
    /// so.
    private static final Logger SILENT = Logger.getLogger("dev.millrace.log");

    static {
        SILENT.setLevel(Level.OFF);
    }

    private TestLog() {}

    /// Everything so small that files fill, rotate and roll after a few KiB.
    public static LogOptions smallOptions() {
        return options(32 << 10, 128 << 10, 0, 1 << 20, 16 << 10, 4 << 10);
    }

    static LogOptions options(
            long journalFileBytes,
            long journalMaxBytes,
            long minFreeBytes,
            long maxWaitingBytes,
            long directForceBytes,
            long appenderBatchBytes) {
        return LogOptions.defaults()
                .with("log.journal.file.bytes", journalFileBytes)
                .with("log.journal.max.bytes", journalMaxBytes)
                .with("log.min-free-bytes", minFreeBytes)
                .with("log.max-waiting-bytes", maxWaitingBytes)
                .with("log.direct-force-bytes", directForceBytes)
                .with("log.appender.batch.bytes", appenderBatchBytes);
    }

    public static LocalLog open(Path directory) {
        return LocalLog.open(directory, smallOptions());
    }

    /// One partition with segments of 4 KiB and an index entry every 200 B.
    public static TopicSpec events(Durability durability) {
        return TopicSpec.named("events")
                .durability(durability)
                .config("segment.bytes", "4096")
                .config("index.interval.bytes", "200");
    }

    /// A record whose key and value tell its number.
    public static LogRecord numbered(long number) {
        return new LogRecord(
                1_700_000_000_000L + number,
                ("key-" + number).getBytes(StandardCharsets.UTF_8),
                ("value of record " + number).getBytes(StandardCharsets.UTF_8),
                List.of());
    }

    /// A batch of records numbered from `first` on.
    public static RecordBatch batch(long first, int count) {
        return batch(first, count, Compression.NONE);
    }

    public static RecordBatch batch(long first, int count, Compression compression) {
        List<LogRecord> records = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            records.add(numbered(first + i));
        }
        return RecordBatch.of(records, compression);
    }

    /// Appends records numbered as their offsets are, in batches of this size, until the partition
    /// has `end` of them.
    public static void fill(LocalLog log, TopicPartition partition, long end, int batchRecords) {
        for (long at = log.latestOffset(partition); at < end; at += batchRecords) {
            int count = (int) Math.min(batchRecords, end - at);
            log.append(partition, batch(at, count)).join();
        }
    }

    /// Every record of a partition, as text.
    public static List<String> read(EventLog log, TopicPartition partition) {
        List<String> texts = new ArrayList<>();
        try (Cursor cursor = log.read(partition, log.earliestOffset(partition))) {
            while (cursor.next()) {
                texts.add(text(cursor.record().offset(), cursor.record().copy()));
            }
        }
        return texts;
    }

    /// What [#read] gives for these records, one behind the other from `offset` on.
    public static List<String> texts(long offset, List<LogRecord> records) {
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < records.size(); i++) {
            texts.add(text(offset + i, records.get(i)));
        }
        return texts;
    }

    /// What [#read] gives for records that [#fill] appended.
    public static List<String> numberedTexts(long from, long end) {
        List<String> texts = new ArrayList<>();
        for (long i = from; i < end; i++) {
            texts.add(text(i, numbered(i)));
        }
        return texts;
    }

    public static String text(long offset, LogRecord record) {
        StringBuilder text = new StringBuilder();
        text.append(offset).append(" @").append(record.timestampMillis());
        text.append(" key ")
                .append(text(record.key()))
                .append(" value ")
                .append(text(record.value()));
        for (Header header : record.headers()) {
            text.append(" header ").append(header.key()).append('=').append(text(header.value()));
        }
        return text.toString();
    }

    private static String text(byte @Nullable [] bytes) {
        if (bytes == null) {
            return "null";
        }
        for (byte b : bytes) {
            if (b < ' ') {
                return "0x" + HexFormat.of().formatHex(bytes);
            }
        }
        return "'" + new String(bytes, StandardCharsets.US_ASCII) + "'";
    }

    /// Checks all that can be checked of a log that should be without fault.
    public static void requireSound(LocalLog log) {
        assertThat(log.verify(progress -> {})).as("damage in %s", log.directory()).isEmpty();
        for (TopicDescription topic : log.topics()) {
            for (int i = 0; i < topic.partitions(); i++) {
                TopicPartition partition = new TopicPartition(topic.name(), i);
                requireDense(log, partition);
            }
        }
    }

    private static void requireDense(LocalLog log, TopicPartition partition) {
        long expected = log.earliestOffset(partition);
        try (Cursor cursor = log.read(partition, expected)) {
            while (cursor.next()) {
                assertThat(cursor.record().offset())
                        .as("offset in %s", partition)
                        .isEqualTo(expected);
                expected++;
            }
        }
        assertThat(expected).as("end of %s", partition).isEqualTo(log.latestOffset(partition));
    }
}
