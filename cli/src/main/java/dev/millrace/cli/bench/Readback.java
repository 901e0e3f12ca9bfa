package dev.millrace.cli.bench;

import dev.millrace.log.Cursor;
import dev.millrace.log.LocalLog;
import dev.millrace.log.LogRecord;
import dev.millrace.log.RecordView;
import dev.millrace.log.TopicPartition;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;

/// Reads back what a case appended: every record of every partition, and those of the sample at the
/// very offsets that their callers were told.
final class Readback {
    private final LocalLog log;
    private final Values values;

    Readback(LocalLog log, Values values) {
        this.log = log;
        this.values = values;
    }

    /// @param appended records acknowledged, in all partitions together
    /// @return what is wrong, in words; null where all is well
    @Nullable String problem(
            List<TopicPartition> partitions, long appended, List<Lane.Sample> samples)
            throws InterruptedException, ExecutionException {
        int threads = Math.min(Runtime.getRuntime().availableProcessors(), partitions.size());
        List<FutureTask<@Nullable String>> tasks = new ArrayList<>();
        for (int t = 0; t < threads; t++) {
            int first = t;
            FutureTask<@Nullable String> task =
                    new FutureTask<>(() -> problemOfEvery(threads, first, partitions));
            tasks.add(task);
            Thread.ofPlatform().daemon().name("readback-" + t).start(task);
        }
        for (FutureTask<@Nullable String> task : tasks) {
            String problem = task.get();
            if (problem != null) {
                return problem;
            }
        }
        long found = partitions.stream().mapToLong(log::latestOffset).sum();
        return found == appended
                ? problemOf(samples)
                : "%,d records were acknowledged, and the log holds %,d".formatted(appended, found);
    }

    private @Nullable String problemOfEvery(int step, int first, List<TopicPartition> partitions) {
        for (int i = first; i < partitions.size(); i += step) {
            String problem = problem(partitions.get(i));
            if (problem != null) {
                return problem;
            }
        }
        return null;
    }

    /// From offset 0 to the high-water mark: no gap, and every value one of ours.
    @Nullable String problem(TopicPartition partition) {
        long latest = log.latestOffset(partition);
        long expected = 0;
        try (Cursor cursor = log.read(partition, 0)) {
            RecordView record = cursor.record();
            while (cursor.next()) {
                if (record.offset() != expected) {
                    return "%s: offset %d where %d follows"
                            .formatted(partition, record.offset(), expected);
                }
                var value = record.value();
                if (value == null || !values.contains(value)) {
                    return "%s: the record at offset %d is not what was appended"
                            .formatted(partition, expected);
                }
                expected++;
            }
        }
        return expected == latest
                ? null
                : "%s: the high-water mark is %d, and %d records can be read"
                        .formatted(partition, latest, expected);
    }

    private @Nullable String problemOf(List<Lane.Sample> samples) {
        for (Lane.Sample sample : samples) {
            TopicPartition partition = sample.at().partition();
            Optional<LogRecord> found = log.get(partition, sample.at().baseOffset());
            byte[] expected = values.get(sample.value());
            if (found.isEmpty() || !Arrays.equals(found.get().value(), expected)) {
                return "%s: the record acknowledged at offset %d is not the one that stands there"
                        .formatted(partition, sample.at().baseOffset());
            }
        }
        return null;
    }
}
