package dev.millrace.testkit.story;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What looks guilty and is not: it happens close to an incident, or is loud, or never stops.
final class HerringScene {
    private static final int MINUTE = 60_000;

    private final Script script;
    private final Cluster cluster;
    private final Conditions conditions;
    private final Dice dice;

    HerringScene(Script script, Cluster cluster, Conditions conditions, Dice dice) {
        this.script = script;
        this.cluster = cluster;
        this.conditions = conditions;
        this.dice = dice;
    }

    /// @param payment when the incident of the payments begins
    /// @param certificate when the certificate expires
    /// @param disk when the disk becomes slow
    List<Herring> play(long payment, long certificate, long disk) {
        return List.of(
                nightlyReport(payment - 9L * MINUTE - dice.below(MINUTE)),
                frontendDeploy(payment - dice.between(70, 110) * 1_000L),
                logStorm(payment + 2L * MINUTE),
                maintenance(certificate - 7L * MINUTE - dice.below(MINUTE)),
                flag(disk - dice.between(90, 150) * 1_000L),
                fillingDisk());
    }

    private Herring frontendDeploy(long at) {
        Deployment frontend = cluster.deployment("frontend");
        List<Pod> old = frontend.podsAt(at);
        Beat rollout =
                script.beat(
                        null,
                        at,
                        "/apiserver",
                        "k8s.deployment.rolled",
                        "deployment/frontend",
                        data ->
                                data.field("revision", 118)
                                        .field("previousRevision", 117)
                                        .field("change", "image: 2026.3.26 -> 2026.3.27")
                                        .field("by", "ci/deploy-bot")
                                        .field("namespace", "shop"));
        String replicaSet = dice.suffix(10);
        long next = at + 1_000;
        for (Pod pod : old) {
            Script.PodReady ready =
                    script.podStarts(
                            rollout,
                            next,
                            frontend,
                            replicaSet,
                            cluster.otherNode(),
                            frontend.memoryLimitMiB());
            script.podEnds(rollout, ready.ready().millis() + 600, pod, "RollingUpdate");
            next += 2_500;
        }
        return script.herring(
                "frontend-deploy",
                "A new image of the frontend rolls out just before payment's; it works",
                List.of(rollout));
    }

    private Herring logStorm(long at) {
        conditions.ramp(Condition.LOG_STORM, at - 20_000, at, 0.16);
        conditions.ramp(Condition.LOG_STORM, at + 15L * MINUTE, at + 16L * MINUTE, 0);
        Beat loud =
                script.beat(
                        null,
                        at,
                        "/monitor",
                        "log.rate.high",
                        "deployment/recommendation",
                        data -> data.field("linesPerSecond", 940).field("level", "WARN"));
        Beat quiet =
                script.beat(
                        loud,
                        at + 16L * MINUTE + 5_000,
                        "/monitor",
                        "log.rate.normal",
                        "deployment/recommendation",
                        data -> data.field("linesPerSecond", 11).field("level", "WARN"));
        return script.herring(
                "log-storm",
                "Recommendation warns of a deprecated field in every request; nothing fails",
                List.of(loud, quiet));
    }

    private Herring maintenance(long at) {
        String node = cluster.maintainedNode();
        Beat cordoned = nodeBeat(null, at, node, "/apiserver", "k8s.node.cordoned");
        long next = at + 3_000;
        for (Pod pod : List.copyOf(cluster.pods())) {
            if (pod.node().equals(node) && pod.runsAt(next)) {
                Beat ended = script.podEnds(cordoned, next, pod, "Drained");
                script.podStarts(
                        ended,
                        next + 900,
                        pod.deployment(),
                        dice.suffix(10),
                        cluster.otherNode(),
                        pod.memoryLimitMiB());
                next += 7_000;
            }
        }
        Beat gone = nodeBeat(cordoned, next + 20_000, node, "/controller", "k8s.node.notready");
        Beat rebooted =
                nodeBeat(gone, next + 95_000, node, "/kubelet/" + node, "k8s.node.rebooted");
        nodeBeat(rebooted, next + 118_000, node, "/kubelet/" + node, "k8s.node.ready");
        return script.herring(
                "node-maintenance",
                "A node is drained and rebooted for a new kernel, as announced; its pods have moved"
                        + " before",
                List.of(cordoned));
    }

    private Beat nodeBeat(@Nullable Beat cause, long at, String node, String source, String type) {
        return script.beat(
                cause,
                at,
                source,
                type,
                "node/" + node,
                data ->
                        data.field("by", "maintenance/kernel-update")
                                .field("kernel", "6.12.74 -> 6.12.77"));
    }

    private Herring nightlyReport(long at) {
        String node = cluster.otherNode();
        String pod = "pod/sales-report-29576" + dice.between(100, 999) + "-" + dice.suffix(5);
        Beat kill =
                script.beat(
                        null,
                        at,
                        "/kubelet/" + node,
                        "k8s.pod.oomkilled",
                        pod,
                        data ->
                                data.field("container", "sales-report")
                                        .field("exitCode", 137)
                                        .field("memoryMiB", 1024)
                                        .field("memoryLimitMiB", 1024)
                                        .field("node", "node/", node)
                                        .field("job", "job/sales-report"));
        Beat retried =
                script.beat(
                        kill,
                        at + 12_000,
                        "/controller",
                        "k8s.job.retried",
                        "job/sales-report",
                        data -> data.field("attempt", 2).field("memoryLimitMiB", 2048));
        script.beat(
                retried,
                at + 4L * MINUTE,
                "/controller",
                "k8s.job.completed",
                "job/sales-report",
                data -> data.field("attempt", 2).field("durationSeconds", 226));
        return script.herring(
                "report-job",
                "A report job is OOM-killed and succeeds at its second attempt; no service uses it",
                List.of(kill));
    }

    private Herring flag(long at) {
        Beat flag =
                script.beat(
                        null,
                        at,
                        "/flags",
                        "shop.flag.changed",
                        "flag/new-product-page",
                        data ->
                                data.field("enabled", true)
                                        .field("sharePercent", 5)
                                        .field("by", "product")
                                        .field("service", "service/catalog"));
        return script.herring(
                "feature-flag",
                "A flag of the catalog is turned on just before the catalog becomes slow",
                List.of(flag));
    }

    private Herring fillingDisk() {
        List<Beat> alerts = new ArrayList<>();
        for (int minute = 4; minute < 240; minute += 10) {
            int days = 31 - minute / 80;
            alerts.add(
                    script.beat(
                            null,
                            minute * (long) MINUTE + dice.below(9_000),
                            "/monitor",
                            "node.disk.filling",
                            "node/" + cluster.fillingNode(),
                            data -> data.field("device", "nvme0n1").field("daysLeft", days)));
        }
        return script.herring(
                "filling-disk",
                "An alert that has fired for weeks: a disk will be full in a month",
                alerts);
    }
}
