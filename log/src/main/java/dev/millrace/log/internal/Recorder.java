package dev.millrace.log.internal;

import dev.millrace.log.Distribution;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.SingleWriterRecorder;
import org.jspecify.annotations.Nullable;

/// A histogram that one thread at a time writes, without waiting for those who read: they swap it
/// for an empty one and add what they took to the sum of all.
final class Recorder {
    /// An hour in nanoseconds; what is larger counts as this.
    private static final long HIGHEST = 3_600_000_000_000L;

    private static final int DIGITS = 2;

    private final SingleWriterRecorder recorder = new SingleWriterRecorder(HIGHEST, DIGITS);
    private final Histogram sum = new Histogram(HIGHEST, DIGITS);
    private @Nullable Histogram taken;

    void record(long value) {
        recorder.recordValue(Math.clamp(value, 0, HIGHEST));
    }

    /// As [#record], where several threads may come at once: for what is rare.
    void recordInTurn(long value) {
        synchronized (recorder) {
            record(value);
        }
    }

    /// All values so far; from any thread.
    ///
    /// @param unit by which each is divided
    synchronized Distribution read(double unit) {
        Histogram latest = recorder.getIntervalHistogram(taken);
        sum.add(latest);
        taken = latest;
        if (sum.getTotalCount() == 0) {
            return Distribution.NONE;
        }
        return new Distribution(
                sum.getTotalCount(),
                sum.getMean() / unit,
                sum.getValueAtPercentile(50) / unit,
                sum.getValueAtPercentile(95) / unit,
                sum.getValueAtPercentile(99) / unit,
                sum.getValueAtPercentile(99.9) / unit,
                sum.getMaxValue() / unit);
    }
}
