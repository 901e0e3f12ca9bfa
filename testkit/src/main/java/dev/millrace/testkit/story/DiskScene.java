package dev.millrace.testkit.story;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// A disk of one node becomes slow. The database of the inventory runs there: its transactions
/// wait, the inventory's pods run out of connections, and the catalog waits for the inventory.
/// Moving the database to another node ends it.
final class DiskScene {
    private static final int MINUTE = 60_000;
    private static final String DATABASE = "inventory-db";

    private final Script script;
    private final Cluster cluster;
    private final Conditions conditions;
    private final Dice dice;
    private final String node;
    private final long start;

    DiskScene(Script script, Cluster cluster, Conditions conditions, Dice dice) {
        this.script = script;
        this.cluster = cluster;
        this.conditions = conditions;
        this.dice = dice;
        node = cluster.slowDiskNode();
        start = dice.between(194, 199) * (long) MINUTE + dice.below(MINUTE);
    }

    long startMillis() {
        return start;
    }

    Incident play() {
        Pod database = cluster.deployment(DATABASE).podsAt(start).getFirst();
        Beat cause = slowDisk(null, start, 260);
        for (int i = 1; i <= 6; i++) {
            slowDisk(cause, start + i * 3L * MINUTE, 260 + dice.below(400));
        }
        conditions.ramp(Condition.DISK_WAIT, start - 5_000, start + MINUTE, 420);
        conditions.ramp(Condition.STOCK_DELAY, start + 20_000, start + 3L * MINUTE, 30);
        Beat fsync = slowCommits(cause, database);
        Beat exhausted = starvedInventory(fsync);
        Beat slow =
                script.objective(
                        exhausted, start + 130_000, false, "inventory", "p99 < 200 ms", 5_000);
        script.objective(slow, start + 165_000, false, "catalog", "p99 < 500 ms", 5_240);
        Beat remedy =
                script.beat(
                        null,
                        start + 21L * MINUTE + dice.below(MINUTE),
                        "/apiserver",
                        "k8s.node.cordoned",
                        "node/" + node,
                        data ->
                                data.field("by", "on-call")
                                        .field("reason", "disk nvme1n1 is slow"));
        recover(remedy, database);
        return script.incident(
                "slow-disk",
                "A disk becomes slow; the database of the inventory on that node waits for it, the"
                        + " inventory runs out of connections, the catalog times out",
                cause,
                remedy);
    }

    private Beat slowDisk(@Nullable Beat cause, long at, int waitMillis) {
        return script.beat(
                cause,
                at,
                "/kernel/" + node,
                "kernel.disk.slow",
                "node/" + node,
                data ->
                        data.field("device", "nvme1n1")
                                .field("waitMillis", waitMillis)
                                .field("usualWaitMillis", 2)
                                .field("mediaErrors", (at - start) / MINUTE + 3));
    }

    private Beat slowCommits(Beat cause, Pod database) {
        Beat first = cause;
        for (int i = 0; i < 8; i++) {
            int took = dice.between(900, 3_400);
            Beat slow =
                    script.beat(
                            cause,
                            start + 21_000 + i * 40_000L + dice.below(9_000),
                            "/shop/" + DATABASE,
                            "db.commit.slow",
                            "pod/" + database.name(),
                            data ->
                                    data.field("tookMillis", took)
                                            .field("phase", "fsync")
                                            .field("node", "node/", node)
                                            .field("deployment", "deployment/", DATABASE));
            first = first == cause ? slow : first;
        }
        return first;
    }

    private Beat starvedInventory(Beat fsync) {
        Beat first = fsync;
        List<Pod> pods = cluster.deployment("inventory").podsAt(start);
        for (int i = 0; i < pods.size(); i++) {
            Pod pod = pods.get(i);
            long at = start + 95_000 + i * 6_000L;
            Beat exhausted =
                    script.beat(
                            fsync,
                            at,
                            "/shop/inventory",
                            "db.connections.exhausted",
                            "pod/" + pod.name(),
                            data ->
                                    data.field("open", 40)
                                            .field("waiting", 117)
                                            .field("database", "deployment/", DATABASE)
                                            .field("node", "node/", pod.node())
                                            .field("deployment", "deployment/", "inventory"));
            script.beat(
                    exhausted,
                    at + 11_000,
                    "/kubelet/" + pod.node(),
                    "k8s.probe.failed",
                    "pod/" + pod.name(),
                    data ->
                            data.field("probe", "readiness")
                                    .field("error", "no answer within 1 s")
                                    .field("node", "node/", pod.node())
                                    .field("deployment", "deployment/", "inventory"));
            first = first == fsync ? exhausted : first;
        }
        return first;
    }

    private void recover(Beat remedy, Pod database) {
        Beat ended = script.podEnds(remedy, remedy.millis() + 4_000, database, "Moved");
        Beat ready =
                script.podStarts(
                                ended,
                                ended.millis() + 6_000,
                                cluster.deployment(DATABASE),
                                "0",
                                cluster.otherNode(),
                                database.memoryLimitMiB())
                        .ready();
        long at = ready.millis();
        conditions.ramp(Condition.STOCK_DELAY, at, at + MINUTE, 0);
        conditions.ramp(Condition.DISK_WAIT, remedy.millis(), remedy.millis() + MINUTE, 60);
        Beat quick = script.objective(ready, at + 95_000, true, "inventory", "p99 < 200 ms", 38);
        script.objective(quick, at + 121_000, true, "catalog", "p99 < 500 ms", 84);
    }
}
