package dev.millrace.cli.bench;

import com.sun.management.ThreadMXBean;
import dev.millrace.log.AppendResult;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import org.HdrHistogram.AtomicHistogram;
import org.HdrHistogram.Histogram;

/// One thread of a [Lanes]: its clock, its latencies, its counts, and a sample of what it did.
///
/// For its own thread.
public final class Lane {
    private static final int SAMPLES = 64;
    private static final long HIGHEST_NANOS = 3_600_000_000_000L;
    private static final int DIGITS = 3;

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private final int number;
    private final Window window;
    private final Histogram own = new Histogram(HIGHEST_NANOS, DIGITS);
    private final Histogram ofFutures = new AtomicHistogram(HIGHEST_NANOS, DIGITS);
    private final List<Sample> samples = new ArrayList<>();
    private final SplittableRandom random;
    private boolean counting;
    private long allocatedBefore;
    private long allocated;
    private boolean waited;
    private long started;
    private long counted;
    private long total;
    private long awaited;
    private long offered;
    private long endedAt;

    /// A record that must be found again.
    ///
    /// @param at where it was appended
    /// @param value its value's number among the [Values]
    public record Sample(AppendResult at, long value) {}

    Lane(int number, Window window) {
        this.number = number;
        this.window = window;
        this.random = new SplittableRandom(number);
        this.endedAt = window.from();
    }

    /// Its place among the threads, from 0.
    public int number() {
        return number;
    }

    /// Begins a call, unless the time is over. Where the call before was waited for, this one
    /// begins with its end: a caller that waits has nothing else to do, and whatever holds it up in
    /// between is seen. Each thread does at least one that counts, however late the machine lets
    /// it.
    public boolean begin() {
        started = waited ? endedAt : System.nanoTime();
        if (!counting && started - window.from() >= 0) {
            counting = true;
            allocatedBefore = THREADS.getCurrentThreadAllocatedBytes();
        }
        return started - window.until() < 0 || counted == 0;
    }

    /// When the present call began.
    public long started() {
        return started;
    }

    /// Ends the present call, which brought `records`.
    public void end(int records) {
        long now = System.nanoTime();
        if (counting) {
            own.recordValue(now - started);
        }
        count(records);
        endedAt = now;
        waited = true;
    }

    /// Notes the latency of a record by itself.
    ///
    /// @param intended when it should have begun
    public void latency(long intended, long done) {
        if (intended - window.from() >= 0) {
            own.recordValue(Math.max(0, done - intended));
        }
    }

    /// Counts the records of the present call, whose latency comes later.
    public void count(int records) {
        total += records;
        if (counting) {
            counted += records;
        }
    }

    /// Notes when this future of a call that began at `start` completes.
    public void latencyOf(CompletableFuture<?> future, long start) {
        if (start - window.from() >= 0) {
            awaited++;
            var _ = future.whenComplete((_, _) -> ofFutures.recordValue(System.nanoTime() - start));
        }
    }

    /// Everything that was brought has its answer.
    public void drained() {
        endedAt = System.nanoTime();
    }

    /// The thread's work is over.
    void finished() {
        allocated = counting ? THREADS.getCurrentThreadAllocatedBytes() - allocatedBefore : 0;
    }

    /// Bytes that the thread allocated while the clock ran.
    long allocated() {
        return allocated;
    }

    /// Offers a record to the sample, which keeps each with equal chance.
    public void sample(AppendResult at, long value) {
        offered++;
        if (samples.size() < SAMPLES) {
            samples.add(new Sample(at, value));
        } else {
            long place = random.nextLong(offered);
            if (place < SAMPLES) {
                samples.set((int) place, new Sample(at, value));
            }
        }
    }

    List<Sample> samples() {
        return samples;
    }

    /// Complete only when all futures are, and whoever completed the last has come to tell: which
    /// may be a moment after the one who waited for it went on.
    void addLatenciesTo(Histogram all) {
        while (ofFutures.getTotalCount() < awaited) {
            Thread.onSpinWait();
        }
        all.add(own);
        all.add(ofFutures);
    }

    /// Records of calls that began while the clock ran.
    long counted() {
        return counted;
    }

    /// Records of all calls, the warm-up included.
    long total() {
        return total;
    }

    long endedAt() {
        return endedAt;
    }
}
