package dev.millrace.log;

import static dev.millrace.log.TestLog.EVENTS;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.kafka.common.record.internal.FileRecords;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// What compaction leaves is Kafka's format still: its dump tool and the record classes of its
/// clients read the batches with gaps, the empty ones, and the delete horizons.
class KafkaReadsCompactedSegmentsTest {
    @TempDir Path root;
    private final CompactedLog.TestClock clock = new CompactedLog.TestClock();

    @ParameterizedTest
    @EnumSource(Compression.class)
    void everyCodec(Compression compression) throws IOException {
        Path directory = root.resolve("log");
        List<String> ours;
        try (LocalLog log = CompactedLog.open(directory, clock)) {
            log.createTopic(CompactedLog.topic("compact"));
            append(log, compression);
            CleaningReport report = log.clean("events");
            assertThat(report.recordsRemoved()).isGreaterThan(200);
            assertThat(report.recordsKept()).isGreaterThan(20);
            assertThat(report.bytesAfter()).isLessThan(report.bytesBefore());
            ours = TestLog.read(log, EVENTS);
        }
        List<String> theirs = new ArrayList<>();
        long horizons = 0;
        long next = 0;
        for (Path segment : LogFiles.files(directory, EVENTS, ".log")) {
            KafkaReadsOurSegmentsTest.Dump dump = KafkaReadsOurSegmentsTest.dump(segment);
            assertThat(dump.out()).doesNotContain("isvalid: false").doesNotContain("Found invalid");
            try (FileRecords records = FileRecords.open(segment.toFile())) {
                for (RecordBatch batch : records.batches()) {
                    batch.ensureValid();
                    assertThat(batch.baseOffset()).as("the chain is dense").isEqualTo(next);
                    next = batch.lastOffset() + 1;
                    horizons += batch.deleteHorizonMs().isPresent() ? 1 : 0;
                    for (Record record : batch) {
                        theirs.add(TestLog.text(record.offset(), copy(record)));
                    }
                }
            }
        }
        assertThat(theirs).isEqualTo(ours);
        assertThat(horizons).isPositive();
    }

    @Test
    void aSegmentOfWhichNothingStaysIsOneEmptyBatch() throws IOException {
        Path directory = root.resolve("log");
        try (LocalLog log = CompactedLog.open(directory, clock)) {
            log.createTopic(CompactedLog.topic("compact"));
            CompactedLog.appendRounds(log, 200, 3);
            log.clean("events");
            assertThat(TestLog.read(log, EVENTS)).hasSizeLessThan(100);
        }
        Path first = LogFiles.files(directory, EVENTS, ".log").getFirst();
        try (FileRecords records = FileRecords.open(first.toFile())) {
            RecordBatch batch = records.batches().iterator().next();
            batch.ensureValid();
            assertThat(batch.baseOffset()).isZero();
        }
    }

    private static void append(LocalLog log, Compression compression) {
        Random random = new Random(compression.id());
        for (int i = 0; i < 120; i++) {
            List<LogRecord> records = new ArrayList<>();
            for (int count = random.nextInt(6); count >= 0; count--) {
                LogRecord plain =
                        CompactedLog.record(
                                random.nextInt(30), random.nextInt(5) == 0 ? null : "value " + i);
                records.add(
                        new LogRecord(
                                plain.timestampMillis() + random.nextInt(10_000),
                                plain.key(),
                                plain.value(),
                                random.nextInt(4) == 0
                                        ? List.of(new Header("h", new byte[] {65}))
                                        : List.of()));
            }
            log.append(EVENTS, dev.millrace.log.RecordBatch.of(records, compression)).join();
        }
    }

    private static LogRecord copy(Record record) {
        List<Header> headers = new ArrayList<>();
        for (org.apache.kafka.common.header.Header header : record.headers()) {
            headers.add(new Header(header.key(), header.value()));
        }
        return new LogRecord(
                record.timestamp(), bytes(record.key()), bytes(record.value()), headers);
    }

    private static byte[] bytes(java.nio.ByteBuffer buffer) {
        if (buffer == null) {
            return null;
        }
        byte[] bytes = new byte[buffer.remaining()];
        buffer.duplicate().get(bytes);
        return bytes;
    }
}
