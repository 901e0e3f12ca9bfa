package dev.millrace.testkit.story;

import java.util.ArrayList;
import java.util.List;

/// A pod of a [Deployment] on a node, from its scheduling to its end.
final class Pod {
    private final Deployment deployment;
    private final String name;
    private final String node;
    private final int memoryLimitMiB;
    private final List<Long> starts = new ArrayList<>();
    private long endMillis = Long.MAX_VALUE;
    private double leakMiBPerSecond;

    Pod(Deployment deployment, String name, String node, int memoryLimitMiB, long startMillis) {
        this.deployment = deployment;
        this.name = name;
        this.node = node;
        this.memoryLimitMiB = memoryLimitMiB;
        starts.add(startMillis);
    }

    Deployment deployment() {
        return deployment;
    }

    String name() {
        return name;
    }

    String node() {
        return node;
    }

    int memoryLimitMiB() {
        return memoryLimitMiB;
    }

    boolean startedBy(long millis) {
        return starts.getFirst() <= millis;
    }

    boolean runsAt(long millis) {
        return startedBy(millis) && millis < endMillis;
    }

    void endsAt(long millis) {
        endMillis = millis;
    }

    void restartsAt(long millis) {
        starts.add(millis);
    }

    /// From its start on, memory grows by this much.
    void leaks(double mibPerSecond) {
        leakMiBPerSecond = mibPerSecond;
    }

    /// How much memory it uses, without noise.
    int memoryMiBAt(long millis) {
        long since = starts.getFirst();
        for (long start : starts) {
            if (start <= millis) {
                since = start;
            }
        }
        double leaked = leakMiBPerSecond * Math.max(0, millis - since) / 1000;
        return (int) Math.min(memoryLimitMiB, deployment.memoryMiB() + leaked);
    }

    int restartsUntil(long millis) {
        int restarts = -1;
        for (long start : starts) {
            if (start <= millis) {
                restarts++;
            }
        }
        return Math.max(0, restarts);
    }
}
