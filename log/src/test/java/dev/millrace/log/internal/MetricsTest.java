package dev.millrace.log.internal;

import static dev.millrace.log.TestLog.EVENTS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.log.AppendResult;
import dev.millrace.log.CheckpointReader;
import dev.millrace.log.CheckpointWriter;
import dev.millrace.log.CleaningReport;
import dev.millrace.log.Compression;
import dev.millrace.log.Cursor;
import dev.millrace.log.Distribution;
import dev.millrace.log.Durability;
import dev.millrace.log.Fold;
import dev.millrace.log.LocalLog;
import dev.millrace.log.LogException;
import dev.millrace.log.LogMetric;
import dev.millrace.log.LogMetrics;
import dev.millrace.log.RecordBatch;
import dev.millrace.log.RecordView;
import dev.millrace.log.RunningView;
import dev.millrace.log.TestLog;
import dev.millrace.log.TopicPartition;
import dev.millrace.log.View;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// What the log says of itself is what was done to it.
class MetricsTest {
    @TempDir Path directory;

    @ParameterizedTest
    @EnumSource(
            value = Durability.class,
            names = {"OS", "FSYNC"})
    void countsEveryAppendOnceAtItsDurability(Durability durability) {
        try (LocalLog log = TestLog.open(directory)) {
            log.createTopic(TestLog.events(durability));
            LogMetrics before = log.metrics();
            long bytes = 0;
            for (int i = 0; i < 100; i++) {
                RecordBatch batch = TestLog.batch(i * 3L, 3);
                bytes += batch.sizeInBytes();
                log.append(EVENTS, batch).join();
            }
            LogMetrics after = log.metrics();

            assertThat(after.value(LogMetric.APPEND_BATCHES, EVENTS)).isEqualTo(100);
            assertThat(after.value(LogMetric.APPEND_RECORDS, "events")).isEqualTo(300);
            assertThat(after.value(LogMetric.APPEND_BYTES, EVENTS)).isEqualTo(bytes);
            assertThat(after.value(LogMetric.APPEND_FAILED)).isZero();
            assertThat(after.value(LogMetric.PARTITION_BYTES, EVENTS)).isEqualTo(bytes);
            assertThat(after.value(LogMetric.PARTITION_LATEST_OFFSET, EVENTS)).isEqualTo(300);
            long known = before.appendLatency(durability).count();
            assertThat(after.appendLatency(durability).count() - known).isEqualTo(100);
        }
    }

    @Test
    void distributionsAreInOrderAndStartAtNothing() {
        try (LocalLog log = TestLog.open(directory)) {
            log.createTopic(TestLog.events(Durability.OS));
            assertThat(log.metrics().appendLatency(Durability.OS)).isEqualTo(Distribution.NONE);
            TestLog.fill(log, EVENTS, 500, 1);

            Distribution latency = log.metrics().appendLatency(Durability.OS);

            assertThat(latency.count()).isEqualTo(500);
            assertThat(
                            List.of(
                                    latency.p50(),
                                    latency.p95(),
                                    latency.p99(),
                                    latency.p999(),
                                    latency.max()))
                    .isSorted();
            assertThat(latency.p50()).isPositive();
            assertThat(latency.mean()).isBetween(0.0, latency.max());
        }
    }

    @Test
    void groupsAddUpToWhatWasAppended() {
        try (LocalLog log = TestLog.open(directory)) {
            log.createTopic(TestLog.events(Durability.FSYNC));
            LogMetrics before = log.metrics();
            List<CompletableFuture<AppendResult>> answers = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                answers.add(log.append(EVENTS, TestLog.batch(i, 1)));
            }
            answers.forEach(CompletableFuture::join);
            LogMetrics after = log.metrics();

            Distribution batches = after.distribution(LogMetric.GROUP_BATCHES);
            assertThat(batches.count() * batches.mean())
                    .as("batches of all groups, the topic's definition included")
                    .isBetween(200.0, 203.0);
            assertThat(after.distribution(LogMetric.GROUP_BYTES).count())
                    .isEqualTo(batches.count());
            long forces =
                    after.distribution(LogMetric.FORCE_JOURNAL).count()
                            - before.distribution(LogMetric.FORCE_JOURNAL).count();
            assertThat(forces)
                    .as("forces of the journal")
                    .isGreaterThanOrEqualTo(
                            batches.count() - before.distribution(LogMetric.GROUP_BATCHES).count());
        }
    }

    @ParameterizedTest
    @EnumSource(Compression.class)
    void countsWhatIsReadWhenTheCursorIsAtTheEndOrClosed(Compression compression) {
        try (LocalLog log = TestLog.open(directory)) {
            log.createTopic(TestLog.events(Durability.OS));
            for (int i = 0; i < 10; i++) {
                log.append(EVENTS, TestLog.batch(i * 10L, 10, compression)).join();
            }
            long bytes = log.sizeInBytes(EVENTS);
            try (Cursor cursor = log.read(EVENTS, 0)) {
                while (cursor.next()) {}
                LogMetrics read = log.metrics();
                assertThat(read.value(LogMetric.READ_RECORDS, EVENTS)).isEqualTo(100);
                assertThat(read.value(LogMetric.READ_BATCHES, EVENTS)).isEqualTo(10);
                assertThat(read.value(LogMetric.READ_BYTES, EVENTS)).isEqualTo(bytes);
            }
            try (Cursor cursor = log.read(EVENTS, 25)) {
                cursor.next();
                cursor.next();
                cursor.seek(5);
                cursor.next();
            }
            LogMetrics read = log.metrics();
            assertThat(read.value(LogMetric.READ_RECORDS, EVENTS)).isEqualTo(103);
            assertThat(read.value(LogMetric.READ_BATCHES, EVENTS)).isEqualTo(12);
        }
    }

    @Test
    void journalUseIsThatOfItsFiles() throws IOException {
        try (LocalLog log = TestLog.open(directory)) {
            log.createTopic(TestLog.events(Durability.FSYNC));
            TestLog.fill(log, EVENTS, 3_000, 5);

            LogMetrics metrics = log.metrics();

            try (Stream<Path> files = Files.list(directory.resolve("journal"))) {
                List<Path> all = files.toList();
                long bytes = all.stream().mapToLong(file -> file.toFile().length()).sum();
                assertThat(metrics.value(LogMetric.JOURNAL_FILES)).isEqualTo(all.size());
                assertThat(metrics.value(LogMetric.JOURNAL_BYTES)).isEqualTo(bytes);
            }
            assertThat(metrics.value(LogMetric.JOURNAL_NEEDED_BYTES))
                    .isBetween(0L, metrics.value(LogMetric.JOURNAL_BYTES));
            assertThat(metrics.distribution(LogMetric.CHECKPOINT_TIME).count()).isPositive();
            assertThat(metrics.distribution(LogMetric.FORCE_SEGMENT).count()).isPositive();
            assertThat(metrics.value(LogMetric.PARTITION_SEGMENTS, EVENTS)).isGreaterThan(1);
        }
    }

    @Test
    void aPartitionThatCannotBeForcedIsPoisonedAndItsAppendsFail() {
        InterceptedStorage storage = new InterceptedStorage();
        try (LogEngine log = LogEngine.open(storage, directory, TestLog.smallOptions())) {
            log.createTopic(TestLog.events(Durability.FSYNC));
            TestLog.fill(log, EVENTS, 10, 1);
            storage.before(
                    (operation, path) -> {
                        if (operation.equals("force") && path.toString().endsWith(".journal")) {
                            throw new IOException("for the test");
                        }
                    });
            assertThatThrownBy(() -> log.append(EVENTS, TestLog.batch(10, 1)).join())
                    .hasCauseInstanceOf(LogException.class);
            storage.before((operation, path) -> {});

            LogMetrics metrics = log.metrics();

            assertThat(metrics.value(LogMetric.APPEND_FAILED, EVENTS)).isEqualTo(1);
            assertThat(metrics.value(LogMetric.PARTITION_POISONED, EVENTS)).isEqualTo(1);
            assertThat(metrics.value(LogMetric.APPEND_RECORDS, EVENTS)).isEqualTo(10);
        }
    }

    @Test
    void everySampleHasTheLabelsAndTheKindOfItsMetric() {
        try (LocalLog log = TestLog.open(directory)) {
            log.createTopic(TestLog.events(Durability.OS).partitions(3));
            TestLog.fill(log, EVENTS, 10, 1);

            List<LogMetrics.Sample> samples = log.metrics().samples();

            for (LogMetrics.Sample sample : samples) {
                LogMetric metric = sample.metric();
                assertThat(sample.labels().keySet())
                        .as(metric.key())
                        .containsExactlyInAnyOrderElementsOf(metric.labels());
                assertThat(sample.distribution() != null)
                        .as(metric.key())
                        .isEqualTo(metric.kind() == LogMetric.Kind.DISTRIBUTION);
            }
            assertThat(samples.stream().map(LogMetrics.Sample::metric).distinct())
                    .as("all but those of views: none runs")
                    .containsExactlyElementsOf(
                            Arrays.stream(LogMetric.values())
                                    .filter(metric -> !metric.labels().contains(LogMetric.VIEW))
                                    .toList());
            assertThat(samples)
                    .filteredOn(sample -> sample.metric() == LogMetric.APPEND_RECORDS)
                    .extracting(LogMetrics.Sample::labels)
                    .containsExactly(
                            Map.of("topic", "__topics", "partition", "0"),
                            Map.of("topic", "events", "partition", "0"),
                            Map.of("topic", "events", "partition", "1"),
                            Map.of("topic", "events", "partition", "2"));
        }
    }

    @Test
    void countsWhatRetentionDeletes() {
        try (LocalLog log = TestLog.open(directory)) {
            log.createTopic(TestLog.events(Durability.OS).config("retention.bytes", "5000"));
            TestLog.fill(log, EVENTS, 2_000, 10);

            CleaningReport report = log.clean("events");

            assertThat(report.segmentsDeleted()).isPositive();
            LogMetrics metrics = log.metrics();
            assertThat(metrics.value(LogMetric.CLEANER_SEGMENTS_DELETED))
                    .isEqualTo(report.segmentsDeleted());
            assertThat(metrics.value(LogMetric.CLEANER_BYTES_FREED))
                    .isEqualTo(report.bytesBefore() - report.bytesAfter());
        }
    }

    @Test
    void tellsHowFarAViewIsBehindAndThatItHasStopped() throws InterruptedException {
        try (LocalLog log = TestLog.open(directory)) {
            log.createTopic(TestLog.events(Durability.OS));
            TestLog.fill(log, EVENTS, 100, 10);
            try (RunningView<Stopping> running = log.views().run(new Stopping(40))) {
                while (!running.status().stopped()) {
                    Thread.sleep(1);
                }
                LogMetrics metrics = log.metrics();
                assertThat(metrics.value(LogMetric.VIEW_LAG)).isEqualTo(60);
                assertThat(metrics.value(LogMetric.VIEW_STOPPED)).isEqualTo(1);
                assertThat(metrics.samples())
                        .filteredOn(sample -> sample.metric() == LogMetric.VIEW_LAG)
                        .extracting(LogMetrics.Sample::labels)
                        .containsExactly(Map.of("view", "stopping"));
            }
        }
    }

    /// Cannot fold the record at one offset.
    private record Stopping(long at) implements View, Fold {
        @Override
        public String name() {
            return "stopping";
        }

        @Override
        public String codeVersion() {
            return "1";
        }

        @Override
        public List<String> topics() {
            return List.of("events");
        }

        @Override
        public Fold fold(TopicPartition partition) {
            return this;
        }

        @Override
        public void fold(RecordView record) {
            if (record.offset() == at) {
                throw new IllegalStateException("for the test");
            }
        }

        @Override
        public void save(CheckpointWriter to) {
            // nothing to keep
        }

        @Override
        public void load(CheckpointReader from) {
            // nothing was kept
        }
    }

    @Test
    void staysReadableAfterClose() {
        LocalLog log = TestLog.open(directory);
        log.createTopic(TestLog.events(Durability.OS));
        TestLog.fill(log, EVENTS, 10, 1);
        log.close();

        assertThat(log.metrics().value(LogMetric.APPEND_RECORDS, EVENTS)).isEqualTo(10);
    }
}
