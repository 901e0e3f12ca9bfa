package dev.millrace.testkit.story;

import java.util.List;

/// What the machinery says all day: samples of pods, nodes and queues, heartbeats, lines of logs.
final class Telemetry {
    private static final List<String> LINES =
            List.of(
                    "connection pool: 12 open, 3 idle",
                    "cache refreshed in 41 ms",
                    "flushed metrics",
                    "config unchanged",
                    "session store compacted",
                    "slow query logged, 212 ms");

    private final Cluster cluster;
    private final Conditions conditions;
    private final Dice dice;
    private final Deployment recommendation;

    Telemetry(Cluster cluster, Conditions conditions, Dice dice) {
        this.cluster = cluster;
        this.conditions = conditions;
        this.dice = dice;
        recommendation = cluster.deployment("recommendation");
    }

    void sample(long id, long at, EventWriter to) {
        int kind = dice.below(24);
        if (kind < 9) {
            pod(id, at, to);
        } else if (kind < 13) {
            node(id, at, to);
        } else if (kind < 15) {
            queue(id, at, to);
        } else if (kind < 18) {
            heartbeat(id, at, to);
        } else {
            line(id, at, to);
        }
    }

    private void pod(long id, long at, EventWriter to) {
        Pod pod = anyPod(at);
        int memory = pod.memoryMiBAt(at) + dice.below(9) - 4;
        to.begin(id, "/metrics", "metric.pod", "pod/", pod.name(), at)
                .field("cpuMilli", dice.skewed(20, 900))
                .field("memoryMiB", Math.min(memory, pod.memoryLimitMiB()))
                .field("memoryLimitMiB", pod.memoryLimitMiB())
                .field("restartCount", pod.restartsUntil(at))
                .field("deployment", "deployment/", pod.deployment().name())
                .field("node", "node/", pod.node());
        to.end();
    }

    private void node(long id, long at, EventWriter to) {
        String node = cluster.nodes().get(dice.below(cluster.nodes().size()));
        boolean pressed = node.equals(cluster.pressedNode());
        boolean slow = node.equals(cluster.slowDiskNode());
        double memory = pressed ? 70 + conditions.at(Condition.NODE_MEMORY, at) : 58;
        double wait = slow ? conditions.at(Condition.DISK_WAIT, at) : 0;
        to.begin(id, "/metrics", "metric.node", "node/", node, at)
                .field("cpuPercent", dice.between(28, 61))
                .field("memoryPercent", (int) memory + dice.below(3))
                .field("diskPercent", node.equals(cluster.fillingNode()) ? 88 : 41)
                .field("diskWaitMillis", dice.between(1, 3) + (int) wait)
                .field("pods", dice.between(9, 14));
        to.end();
    }

    private void queue(long id, long at, EventWriter to) {
        boolean payments = dice.chance(0.5);
        Condition condition = payments ? Condition.PAYMENT_QUEUE : Condition.SHIPMENT_QUEUE;
        to.begin(id, "/metrics", "metric.queue", "queue/", payments ? "payments" : "shipments", at)
                .field("depth", (long) conditions.at(condition, at) + dice.below(25))
                .field("consumer", "deployment/", payments ? "payment" : "shipping");
        to.end();
    }

    private void heartbeat(long id, long at, EventWriter to) {
        String node = cluster.nodes().get(dice.below(cluster.nodes().size()));
        to.begin(id, "/kubelet", "k8s.node.heartbeat", "node/", node, at)
                .field("ready", true)
                .field("kubelet", "v1.35.2")
                .field("lease", "kube-node-lease/", node);
        to.end();
    }

    private void line(long id, long at, EventWriter to) {
        Pod pod = anyPod(at);
        log(id, at, pod, "INFO", LINES.get(dice.below(LINES.size())), to);
    }

    /// One line of the harmless storm.
    void deprecation(long id, long at, EventWriter to) {
        Pod pod = recommendation.anyPod(at, dice);
        log(id, at, pod, "WARN", "field user.segment is deprecated, use user.cohorts", to);
    }

    private void log(long id, long at, Pod pod, String level, String line, EventWriter to) {
        to.begin(id, "/logs", "log.line", "pod/", pod.name(), at)
                .field("level", level)
                .field("message", line)
                .field("container", pod.deployment().name())
                .hexField("trace", dice.next())
                .field("deployment", "deployment/", pod.deployment().name())
                .field("node", "node/", pod.node());
        to.end();
    }

    private Pod anyPod(long at) {
        List<Pod> pods = cluster.pods();
        while (true) {
            Pod pod = pods.get(dice.below(pods.size()));
            if (pod.runsAt(at)) {
                return pod;
            }
        }
    }
}
