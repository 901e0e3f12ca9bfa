package dev.millrace.log.internal;

import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// Time as the log sees it. [#SYSTEM] is the machine's; the test kit's stands still until a test
/// moves it on.
///
/// For any number of threads.
public interface Clock {
    /// The machine's.
    Clock SYSTEM =
            new Clock() {
                @Override
                public long nanos() {
                    return System.nanoTime();
                }

                @Override
                public long epochMillis() {
                    return System.currentTimeMillis();
                }

                @Override
                public void parkUntil(@Nullable Object blocker, long nanos) {
                    LockSupport.parkNanos(blocker, nanos - System.nanoTime());
                }
            };

    /// Nanoseconds since some moment, never fewer than before: for intervals.
    long nanos();

    /// Milliseconds since the epoch, as in the timestamps of records.
    long epochMillis();

    /// Waits until [#nanos] has come to `nanos`, or somebody unparks this thread; now and then it
    /// ends for no reason.
    void parkUntil(@Nullable Object blocker, long nanos);
}
