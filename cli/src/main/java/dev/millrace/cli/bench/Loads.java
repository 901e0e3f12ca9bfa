package dev.millrace.cli.bench;

import dev.millrace.log.AppendResult;
import dev.millrace.log.Appender;
import dev.millrace.log.LocalLog;
import dev.millrace.log.LogRecord;
import dev.millrace.log.PartitionAppend;
import dev.millrace.log.RecordBatch;
import dev.millrace.log.TopicPartition;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/// The ways in which a thread appends.
final class Loads {
    /// Lanes begin in different places of the pool of values.
    static final long LANE_STRIDE = 2039;

    private Loads() {}

    /// One record a call, and each call waits for its answer; partitions in turn.
    static void single(LocalLog log, Values values, Lane lane) {
        long value = lane.number() * LANE_STRIDE;
        while (lane.begin()) {
            LogRecord record = LogRecord.of(null, values.get(value));
            AppendResult result = log.append(AppendCase.TOPIC, record).join();
            lane.end(1);
            lane.sample(result, value++);
        }
    }

    /// One record a call, up to `inFlight` calls unanswered; partitions in turn.
    static AppendCase.Load singleInFlight(int inFlight) {
        return (log, values, lane) -> {
            Answers answers = new Answers(lane, inFlight);
            long value = lane.number() * LANE_STRIDE;
            while (lane.begin()) {
                LogRecord record = LogRecord.of(null, values.get(value));
                CompletableFuture<AppendResult> answer = log.append(AppendCase.TOPIC, record);
                lane.count(1);
                answers.add(answer, lane.started(), value++);
                answers.awaitRoom();
            }
            answers.drain();
        };
    }

    /// One record to each partition a call, all of them or none, and each call waits for its
    /// answer.
    static AppendCase.Load atomic(int partitions) {
        return (log, values, lane) -> {
            long value = lane.number() * LANE_STRIDE;
            while (lane.begin()) {
                List<PartitionAppend> parts = new ArrayList<>();
                for (int i = 0; i < partitions; i++) {
                    LogRecord record = LogRecord.of(null, values.get(value + i));
                    TopicPartition to = new TopicPartition(AppendCase.TOPIC, i);
                    parts.add(new PartitionAppend(to, RecordBatch.of(record)));
                }
                List<AppendResult> results = log.appendAtomically(parts).join();
                lane.end(partitions);
                lane.sample(results.getFirst(), value);
                value += partitions;
            }
        };
    }

    /// Record after record through a gathering appender; the latency is that of a batch's future,
    /// from its first record on.
    static void stream(LocalLog log, Values values, Lane lane) {
        Answers answers = new Answers(lane, Integer.MAX_VALUE);
        long value = lane.number() * LANE_STRIDE;
        CompletableFuture<AppendResult> last = new CompletableFuture<>();
        try (Appender appender = log.appender(AppendCase.TOPIC)) {
            boolean open = lane.begin();
            while (open) {
                long now = System.currentTimeMillis();
                // The clock is asked once in a hundred records: asking costs as much as appending.
                for (int i = 0; i < 100; i++) {
                    CompletableFuture<AppendResult> answer =
                            appender.append(now, null, values.get(value));
                    if (answer != last) {
                        last = answer;
                        answers.addUnlessKnown(answer, System.nanoTime(), value);
                    }
                    value++;
                }
                lane.count(100);
                answers.forgetAnswered();
                open = lane.begin();
            }
        }
        answers.drain();
    }

    /// A batch a call, built by the caller, up to `inFlight` calls unanswered; partitions in turn.
    static AppendCase.Load batches(int records, int inFlight, int partitions) {
        return (log, values, lane) -> {
            RecordBatch.Builder builder = RecordBatch.builder();
            Answers answers = new Answers(lane, inFlight);
            long value = lane.number() * LANE_STRIDE;
            int turn = lane.number();
            while (lane.begin()) {
                long first = value;
                long now = System.currentTimeMillis();
                for (int i = 0; i < records; i++) {
                    builder.add(now, null, values.get(value++));
                }
                TopicPartition to = new TopicPartition(AppendCase.TOPIC, turn++ % partitions);
                RecordBatch batch = builder.build();
                long start = System.nanoTime();
                lane.count(records);
                answers.add(log.append(to, batch), start, first);
                answers.awaitRoom();
            }
            answers.drain();
        };
    }

    /// The unanswered calls of a thread, oldest first.
    private static final class Answers {
        private static final int KNOWN = 16;

        private final Lane lane;
        private final int most;
        private final ArrayDeque<Call> calls = new ArrayDeque<>();

        private record Call(CompletableFuture<AppendResult> answer, long value) {}

        Answers(Lane lane, int most) {
            this.lane = lane;
            this.most = most;
        }

        /// Waits for the oldest answer, where there is no room for another call.
        void awaitRoom() {
            if (calls.size() >= most) {
                take();
            }
        }

        void add(CompletableFuture<AppendResult> answer, long start, long value) {
            lane.latencyOf(answer, start);
            calls.add(new Call(answer, value));
        }

        /// Adds a future, unless it is that of a batch which had begun before the last one of
        /// another partition.
        void addUnlessKnown(CompletableFuture<AppendResult> answer, long start, long value) {
            Iterator<Call> latest = calls.descendingIterator();
            for (int i = 0; i < KNOWN && latest.hasNext(); i++) {
                if (latest.next().answer == answer) {
                    return;
                }
            }
            add(answer, start, value);
        }

        void forgetAnswered() {
            Call oldest = calls.peek();
            while (oldest != null && oldest.answer.isDone()) {
                take();
                oldest = calls.peek();
            }
        }

        void drain() {
            while (!calls.isEmpty()) {
                take();
            }
            lane.drained();
        }

        private void take() {
            Call oldest = calls.remove();
            lane.sample(oldest.answer.join(), oldest.value);
        }
    }
}
