package dev.millrace.kafka.internal.group;

/// The time, and what is to be done at another time. [SystemTimers] is the machine's; the
/// simulation has one that stands still until it is moved on.
///
/// For any number of threads.
interface Timers {

    /// Milliseconds since the epoch, as in records.
    long epochMillis();

    /// Has a task done after this time, on a thread that may block.
    Timer after(long millis, Runnable task);

    /// What was asked to be done.
    interface Timer {
        Timer NONE = () -> {};

        /// It is not to be done any more; nothing happens where it was done, or is being done.
        void cancel();
    }
}
