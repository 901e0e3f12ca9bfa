package dev.millrace.log.internal;

import dev.millrace.log.CleaningReport;
import dev.millrace.log.Distribution;
import dev.millrace.log.Durability;
import dev.millrace.log.LogMetric;
import dev.millrace.log.LogMetrics;
import dev.millrace.log.RecoveryReport;
import dev.millrace.log.ViewStatus;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;

/// Reads everything that the parts of a log measure, into one [LogMetrics].
///
/// A part that measures more gives its values to [Samples] in a method of its own here, and has its
/// metrics in [LogMetric].
final class MetricsReader {
    private static final double NANOS_IN_MICRO = 1e3;

    private final Supplier<Collection<PartitionLog>> partitions;
    private final List<WriteLoop> loops;
    private final Journal journal;
    private final Checkpointer checkpointer;
    private final ObservedStorage storage;
    private final RecoveryReport recovery;
    private final Cleaner cleaner;
    private final LocalViews views;

    MetricsReader(
            Supplier<Collection<PartitionLog>> partitions,
            List<WriteLoop> loops,
            Journal journal,
            Checkpointer checkpointer,
            ObservedStorage storage,
            RecoveryReport recovery,
            Cleaner cleaner,
            LocalViews views) {
        this.cleaner = cleaner;
        this.views = views;
        this.partitions = partitions;
        this.loops = loops;
        this.journal = journal;
        this.checkpointer = checkpointer;
        this.storage = storage;
        this.recovery = recovery;
    }

    LogMetrics read() {
        Samples samples = new Samples();
        addAppends(samples);
        addFiles(samples);
        addPartitions(samples);
        addRecovery(samples);
        addOpen(samples, storage.handles());
        addCleaning(samples, cleaner.done());
        addViews(samples);
        return samples.build();
    }

    /// Values by metric, which come in any order.
    private static final class Samples {
        private final Map<LogMetric, List<LogMetrics.Sample>> found =
                new EnumMap<>(LogMetric.class);

        void add(LogMetric metric, long value) {
            add(metric, Map.of(), value);
        }

        void add(LogMetric metric, Map<String, String> labels, long value) {
            add(new LogMetrics.Sample(metric, labels, value, null));
        }

        void add(LogMetric metric, Map<String, String> labels, Distribution distribution) {
            add(new LogMetrics.Sample(metric, labels, distribution.count(), distribution));
        }

        private void add(LogMetrics.Sample sample) {
            found.computeIfAbsent(sample.metric(), _ -> new ArrayList<>()).add(sample);
        }

        LogMetrics build() {
            return new LogMetrics(found.values().stream().flatMap(List::stream).toList());
        }
    }

    private void addAppends(Samples to) {
        long waiting = 0;
        for (WriteLoop loop : loops) {
            GroupMetrics metrics = loop.metrics();
            for (Map.Entry<Durability, Distribution> one : metrics.latencies().entrySet()) {
                to.add(
                        LogMetric.APPEND_LATENCY,
                        Map.of(LogMetric.DURABILITY, one.getKey().key()),
                        one.getValue());
            }
            if (metrics.journaled()) {
                to.add(LogMetric.GROUP_BATCHES, Map.of(), metrics.batches());
                to.add(LogMetric.GROUP_BYTES, Map.of(), metrics.bytes());
            }
            waiting += loop.waitingBytes();
        }
        to.add(LogMetric.APPEND_WAITING_BYTES, waiting);
    }

    private void addFiles(Samples to) {
        to.add(LogMetric.FORCE_JOURNAL, Map.of(), storage.journalForces().read(NANOS_IN_MICRO));
        to.add(LogMetric.FORCE_SEGMENT, Map.of(), storage.segmentForces().read(NANOS_IN_MICRO));
        to.add(LogMetric.CHECKPOINT_TIME, Map.of(), checkpointer.times().read(NANOS_IN_MICRO));
        Journal.Use use = journal.use();
        to.add(LogMetric.JOURNAL_FILES, use.files());
        to.add(LogMetric.JOURNAL_BYTES, use.bytes());
        to.add(LogMetric.JOURNAL_NEEDED_BYTES, use.neededBytes());
    }

    private void addPartitions(Samples to) {
        for (PartitionLog partition : partitions.get()) {
            Map<String, String> labels =
                    Map.of(
                            LogMetric.TOPIC, partition.id().topic(),
                            LogMetric.PARTITION, Integer.toString(partition.id().partition()));
            PartitionCounters counters = partition.counters();
            addCounters(to, labels, counters);
            gauges().forEach(
                            (metric, gauge) ->
                                    to.add(metric, labels, gauge.applyAsLong(partition)));
        }
    }

    private static void addCounters(
            Samples to, Map<String, String> labels, PartitionCounters counters) {
        to.add(LogMetric.APPEND_BATCHES, labels, counters.batches());
        to.add(LogMetric.APPEND_RECORDS, labels, counters.records());
        to.add(LogMetric.APPEND_BYTES, labels, counters.bytes());
        to.add(LogMetric.APPEND_FAILED, labels, counters.failed());
        to.add(LogMetric.READ_BATCHES, labels, counters.batchesRead());
        to.add(LogMetric.READ_RECORDS, labels, counters.recordsRead());
        to.add(LogMetric.READ_BYTES, labels, counters.bytesRead());
    }

    private Map<LogMetric, ToLongFunction<PartitionLog>> gauges() {
        return Map.of(
                LogMetric.PARTITION_BYTES,
                PartitionLog::sizeInBytes,
                LogMetric.PARTITION_SEGMENTS,
                partition -> partition.segments().all().size(),
                LogMetric.PARTITION_EARLIEST_OFFSET,
                PartitionLog::earliestOffset,
                LogMetric.PARTITION_LATEST_OFFSET,
                PartitionLog::highWaterMark,
                LogMetric.PARTITION_LEADER_EPOCH,
                partition -> partition.epochs().latest(),
                LogMetric.PARTITION_POISONED,
                partition -> isPoisoned(partition) ? 1 : 0);
    }

    /// Its own files, or the journal that stands for them, took no write or force.
    private boolean isPoisoned(PartitionLog partition) {
        boolean journaled = partition.config().durability() == Durability.FSYNC;
        return partition.refusal() != null
                || journaled
                        && loops.stream()
                                .anyMatch(
                                        loop ->
                                                loop.metrics().journaled()
                                                        && loop.broken() != null);
    }

    private static void addCleaning(Samples to, CleaningReport done) {
        to.add(LogMetric.CLEANER_SEGMENTS_DELETED, done.segmentsDeleted());
        to.add(LogMetric.CLEANER_RECORDS_REMOVED, done.recordsRemoved());
        to.add(LogMetric.CLEANER_BYTES_FREED, done.bytesBefore() - done.bytesAfter());
    }

    private void addViews(Samples to) {
        for (ViewStatus view : views.statuses()) {
            Map<String, String> labels = Map.of(LogMetric.VIEW, view.name());
            to.add(LogMetric.VIEW_LAG, labels, view.lag());
            to.add(LogMetric.VIEW_STOPPED, labels, view.stopped() ? 1 : 0);
        }
    }

    private static void addOpen(Samples to, OpenHandles handles) {
        to.add(LogMetric.OPEN_CURSORS, handles.count(OpenHandles.Kind.CURSOR));
        to.add(LogMetric.OPEN_APPENDERS, handles.count(OpenHandles.Kind.APPENDER));
        to.add(LogMetric.OPEN_FILES, handles.count(OpenHandles.Kind.FILE));
        to.add(LogMetric.OPEN_MAPPED_BYTES, handles.mappedBytes());
    }

    private void addRecovery(Samples to) {
        to.add(LogMetric.RECOVERY_TIME, recovery.nanos() / 1000);
        to.add(LogMetric.RECOVERY_SCANNED_BYTES, recovery.bytesScanned());
        to.add(LogMetric.RECOVERY_JOURNAL_FRAMES, recovery.journalFrames());
        to.add(LogMetric.RECOVERY_TORN_TAILS, recovery.tornTails().size());
        to.add(LogMetric.RECOVERY_DAMAGED, recovery.damage().size());
    }
}
