package dev.millrace.cli.bench;

import dev.millrace.log.AppendResult;
import dev.millrace.log.Appender;
import dev.millrace.log.LocalLog;
import java.util.ArrayDeque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// Records that come at a steady rate, whether or not the log keeps up: each has a moment at which
/// it should begin, and its latency counts from then, so that a log that stands still is seen by
/// every record that came meanwhile.
final class SteadyLoad implements AppendCase.Load {
    private static final long LOOK_NANOS = 20_000;

    private final long perSecond;

    SteadyLoad(long perSecond) {
        this.perSecond = perSecond;
    }

    /// The records of one future, by their place in the order of all.
    private static final class Batch {
        private final CompletableFuture<AppendResult> answer;
        private final long first;
        private long end;
        private volatile long doneAt;

        Batch(CompletableFuture<AppendResult> answer, long first) {
            this.answer = answer;
            this.first = first;
            var _ = answer.whenComplete((_, _) -> doneAt = System.nanoTime());
        }
    }

    @Override
    public void run(LocalLog log, Values values, Lane lane) {
        ArrayDeque<Batch> sent = new ArrayDeque<>();
        long start = System.nanoTime();
        try (Appender appender = log.appender(AppendCase.TOPIC)) {
            long count = 0;
            @Nullable Batch open = null;
            while (lane.begin()) {
                long due = (long) ((lane.started() - start) * (perSecond / 1e9));
                if (count >= due) {
                    LockSupport.parkNanos(LOOK_NANOS);
                }
                long now = System.currentTimeMillis();
                while (count < due) {
                    CompletableFuture<AppendResult> answer =
                            appender.append(now, null, values.get(count));
                    if (open == null || open.answer != answer) {
                        open = new Batch(answer, count);
                        sent.add(open);
                    }
                    open.end = ++count;
                    lane.count(1);
                }
                while (!sent.isEmpty() && sent.peek().doneAt != 0) {
                    take(sent.remove(), start, lane);
                }
            }
        }
        while (!sent.isEmpty()) {
            Batch next = sent.remove();
            next.answer.join();
            while (next.doneAt == 0) {
                Thread.onSpinWait();
            }
            take(next, start, lane);
        }
        lane.drained();
    }

    private void take(Batch batch, long start, Lane lane) {
        for (long i = batch.first; i < batch.end; i++) {
            long intended = start + (long) (i * (1e9 / perSecond));
            lane.latency(intended, batch.doneAt);
        }
        lane.sample(batch.answer.join(), batch.first);
    }
}
