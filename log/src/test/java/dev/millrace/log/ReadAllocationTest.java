package dev.millrace.log;

import static dev.millrace.log.TestLog.EVENTS;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.millrace.log.LogOptions.ReadMode;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Reading a partition from end to end allocates nothing for a record, and next to nothing for a
/// batch.
class ReadAllocationTest {
    private static final int RECORDS = 400_000;
    private static final int BATCH = 500;

    @TempDir Path directory;

    @ParameterizedTest
    @EnumSource(ReadMode.class)
    void allocatesNothingForARecord(ReadMode mode) {
        LogOptions options =
                LogOptions.defaults()
                        .with("log.min-free-bytes", 0)
                        .with("log.read.mode", mode.name());
        try (LocalLog log = LocalLog.open(directory, options)) {
            log.createTopic(
                    TopicSpec.named("events")
                            .durability(Durability.OS)
                            .config("segment.bytes", "8000000"));
            for (int i = 0; i < RECORDS; i += BATCH) {
                log.append(EVENTS, TestLog.batch(i, BATCH)).join();
            }
            try (Cursor cursor = log.read(EVENTS, 0)) {
                readAll(cursor); // until everything is compiled, mapped and checked
                readAll(cursor);
                ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
                long before = threads.getCurrentThreadAllocatedBytes();
                long sum = readAll(cursor);
                long bytes = threads.getCurrentThreadAllocatedBytes() - before;

                assertThat(sum).isPositive();
                assertThat((double) bytes / RECORDS)
                        .as("bytes allocated for a record, %d in all", bytes)
                        .isLessThan(0.1);
            }
        }
    }

    private static long readAll(Cursor cursor) {
        cursor.seek(0);
        long sum = 0;
        long records = 0;
        while (cursor.next()) {
            RecordView record = cursor.record();
            var value = record.value();
            sum += record.keyLength() + record.timestampMillis();
            sum += value == null ? 0 : value.get(value.position());
            records++;
        }
        assertThat(records).isEqualTo(RECORDS);
        return sum;
    }
}
