package dev.millrace.kafka.internal.group;

import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/// The machine's [Timers]: one thread waits, and each task has a virtual thread of its own.
final class SystemTimers implements Timers, AutoCloseable {
    private final ScheduledThreadPoolExecutor waiting;

    SystemTimers() {
        waiting =
                new ScheduledThreadPoolExecutor(
                        1, Thread.ofPlatform().daemon().name("millrace-group-timers").factory());
        waiting.setRemoveOnCancelPolicy(true);
        waiting.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    }

    @Override
    public long epochMillis() {
        return System.currentTimeMillis();
    }

    @Override
    public Timer after(long millis, Runnable task) {
        if (waiting.isShutdown()) {
            return Timer.NONE;
        }
        ScheduledFuture<?> scheduled =
                waiting.schedule(
                        () -> {
                            Thread.ofVirtual().name("millrace-group-timer").start(task);
                        },
                        millis,
                        TimeUnit.MILLISECONDS);
        return () -> scheduled.cancel(false);
    }

    /// Nothing more is begun.
    @Override
    public void close() {
        waiting.shutdownNow();
    }
}
