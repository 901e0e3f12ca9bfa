package dev.millrace.kafka.internal.group;

import java.util.Comparator;
import java.util.PriorityQueue;

/**
 * Time that stands still until a test moves it on; what is due is done by the test's own thread.
 */
final class SimulatedTimers implements Timers {
    private final PriorityQueue<Due> due =
            new PriorityQueue<>(Comparator.comparingLong(Due::at).thenComparingLong(Due::number));
    private long now;
    private long count;

    SimulatedTimers(long epochMillis) {
        now = epochMillis;
    }

    private record Due(long at, long number, Runnable task) {}

    @Override
    public long epochMillis() {
        return now;
    }

    @Override
    public Timer after(long millis, Runnable task) {
        Due added = new Due(now + millis, count++, task);
        due.add(added);
        return () -> due.remove(added);
    }

    /** Moves time on, and does on the way what is due. */
    void advance(long millis) {
        long end = now + millis;
        while (!due.isEmpty() && due.peek().at() <= end) {
            Due next = due.remove();
            now = Math.max(now, next.at());
            next.task().run();
        }
        now = end;
    }
}
