package dev.millrace.cli.bench;

import dev.millrace.log.AppendListener;
import dev.millrace.log.AppendResult;
import dev.millrace.log.LocalLog;
import dev.millrace.log.LogRecord;
import dev.millrace.log.Precondition;
import dev.millrace.log.RecordBatch;
import dev.millrace.log.TopicPartition;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One record a call, on condition that a listener has been shown all that stands before it; each
/// call waits for its answer; partitions in turn.
final class ConditionalLoad implements AppendCase.Load {
    private final int partitions;
    private @Nullable LocalLog prepared;
    private List<End> ends = List.of();

    ConditionalLoad(int partitions) {
        this.partitions = partitions;
    }

    /// Follows a partition's end, as an index would.
    private static final class End implements AppendListener, Precondition {
        private long end;

        @Override
        public void appended(long baseOffset, RecordBatch batch) {
            end = baseOffset + batch.count();
        }

        @Override
        public void takenBack(long nextOffset) {
            end = nextOffset;
        }

        @Override
        public @Nullable Object conflict(long nextOffset) {
            return end == nextOffset ? null : end;
        }
    }

    private synchronized List<End> endsOf(LocalLog log) {
        if (prepared != log) {
            List<End> fresh = new ArrayList<>();
            for (int i = 0; i < partitions; i++) {
                End end = new End();
                log.listen(new TopicPartition(AppendCase.TOPIC, i), end);
                fresh.add(end);
            }
            ends = fresh;
            prepared = log;
        }
        return ends;
    }

    @Override
    public void run(LocalLog log, Values values, Lane lane) {
        List<End> conditions = endsOf(log);
        long value = lane.number() * Loads.LANE_STRIDE;
        int turn = lane.number();
        while (lane.begin()) {
            int partition = turn++ % partitions;
            RecordBatch batch = RecordBatch.of(LogRecord.of(null, values.get(value)));
            AppendResult result =
                    log.append(
                                    new TopicPartition(AppendCase.TOPIC, partition),
                                    batch,
                                    conditions.get(partition))
                            .join();
            lane.end(1);
            lane.sample(result, value++);
        }
    }
}
