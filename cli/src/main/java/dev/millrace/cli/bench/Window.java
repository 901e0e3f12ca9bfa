package dev.millrace.cli.bench;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/// When a run is warming up, when its clock runs, and when it ends; in `System.nanoTime`.
///
/// @param from calls that begin here or later count
/// @param until no call begins here or later
public record Window(long from, long until) {

    /// A window that begins with the warm-up, now.
    public static Window starting(Duration warmUp, Duration measured) {
        long from = System.nanoTime() + warmUp.toNanos();
        return new Window(from, from + measured.toNanos());
    }

    /// Waits until the clock runs.
    void awaitFrom() {
        long left = from - System.nanoTime();
        while (left > 0) {
            LockSupport.parkNanos(left);
            left = from - System.nanoTime();
        }
    }
}
