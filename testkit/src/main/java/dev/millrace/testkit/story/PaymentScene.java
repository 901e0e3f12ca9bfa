package dev.millrace.testkit.story;

import java.util.ArrayList;
import java.util.List;

/// A rollout gives the payment service too little memory. Its pods are killed again and again,
/// checkouts wait and fail, the autoscaler answers with more pods, these fill a node, and the
/// reviews, which have nothing to do with any of it, are evicted. Rolling back heals all of it.
final class PaymentScene {
    private static final int LIMIT_MIB = 192;
    private static final int SCALE_FROM = 6;
    private static final int SCALE_TO = 14;
    private static final int MINUTE = 60_000;
    private static final int[] BACKOFF_SECONDS = {10, 20, 40, 80, 160, 300};

    private final Script script;
    private final Cluster cluster;
    private final Conditions conditions;
    private final Dice dice;
    private final Deployment payment;
    private final Deployment checkout;
    private final Deployment reviews;
    private final long start;
    private final long rollback;
    private final List<Pod> evicted = new ArrayList<>();
    private final List<Pod> added = new ArrayList<>();

    PaymentScene(Script script, Cluster cluster, Conditions conditions, Dice dice) {
        this.script = script;
        this.cluster = cluster;
        this.conditions = conditions;
        this.dice = dice;
        payment = cluster.deployment("payment");
        checkout = cluster.deployment("checkout");
        reviews = cluster.deployment("reviews");
        start = (long) dice.between(90, 94) * MINUTE + dice.below(MINUTE);
        rollback = start + 34L * MINUTE + dice.below(MINUTE);
    }

    long startMillis() {
        return start;
    }

    Incident play() {
        List<Pod> good = payment.podsAt(start);
        Beat rollout =
                rollout(start, "k8s.deployment.rolled", 41, 42, "512Mi -> 192Mi", "ci/deploy-bot");
        List<Pod> bad = new ArrayList<>();
        Beat lastKill = replace(rollout, good, bad);
        Beat retries = outage(lastKill);
        Beat pressure = scaleUp(retries, lastKill.millis() + 210_000);
        evict(pressure);
        Beat remedy =
                rollout(rollback, "k8s.deployment.rolledback", 42, 43, "192Mi -> 512Mi", "on-call");
        recover(remedy, bad);
        return script.incident(
                "payment-memory-limit",
                "A rollout lowers the memory limit of payment; its pods are OOM-killed, checkout"
                        + " slows down and fails, the autoscaler overfills a node, reviews are"
                        + " evicted",
                rollout,
                remedy);
    }

    private Beat rollout(
            long at, String type, int fromRevision, int toRevision, String change, String by) {
        return script.beat(
                null,
                at,
                "/apiserver",
                type,
                "deployment/payment",
                data ->
                        data.field("revision", toRevision)
                                .field("previousRevision", fromRevision)
                                .field("change", "resources.limits.memory: ", change)
                                .field("by", by)
                                .field("namespace", "shop"));
    }

    /// The rolling update, pod by pod; the answer is the kill after which one pod is left.
    private Beat replace(Beat rollout, List<Pod> good, List<Pod> bad) {
        String replicaSet = dice.suffix(10);
        List<Beat> firstKills = new ArrayList<>();
        long at = start + 1_200;
        for (Pod old : good) {
            Script.PodReady next =
                    script.podStarts(
                            rollout, at, payment, replicaSet, cluster.otherNode(), LIMIT_MIB);
            script.podEnds(rollout, next.ready().millis() + 900, old, "RollingUpdate");
            bad.add(next.pod());
            firstKills.add(crashLoop(next));
            at = next.ready().millis() + 1_500;
        }
        firstKills.sort((a, b) -> Long.compare(a.millis(), b.millis()));
        return firstKills.get(firstKills.size() - 2);
    }

    /// Memory grows to the limit, the container is killed, waits, starts again; the answer is the
    /// first kill.
    private Beat crashLoop(Script.PodReady first) {
        Pod pod = first.pod();
        double leak = dice.between(34, 52) / 100.0;
        pod.leaks(leak);
        Beat running = first.ready();
        long started = running.millis();
        Beat firstKill = null;
        for (int kills = 1; ; kills++) {
            long lives = (long) (1000 * (LIMIT_MIB - payment.memoryMiB()) / leak);
            long killed = started + lives + dice.below(4_000);
            int backoff = BACKOFF_SECONDS[Math.min(kills, BACKOFF_SECONDS.length) - 1];
            long again = killed + 900 + backoff * 1000L;
            if (killed >= rollback - 2_000) {
                break;
            }
            Beat kill = kill(running, killed, pod, kills);
            firstKill = firstKill == null ? kill : firstKill;
            Beat waits = backOff(kill, killed + 700, pod, backoff, kills);
            if (again >= rollback - 2_000) {
                break;
            }
            running = script.podRuns(waits, again, pod, kills);
            pod.restartsAt(again);
            started = again;
        }
        if (firstKill == null) {
            throw new IllegalStateException("a pod of payment was never killed");
        }
        return firstKill;
    }

    private Beat kill(Beat cause, long at, Pod pod, int kills) {
        return script.beat(
                cause,
                at,
                "/kubelet/" + pod.node(),
                "k8s.pod.oomkilled",
                "pod/" + pod.name(),
                data ->
                        data.field("container", "payment")
                                .field("exitCode", 137)
                                .field("memoryMiB", LIMIT_MIB)
                                .field("memoryLimitMiB", LIMIT_MIB)
                                .field("restartCount", kills - 1)
                                .field("node", "node/", pod.node())
                                .field("deployment", "deployment/", "payment"));
    }

    private Beat backOff(Beat cause, long at, Pod pod, int seconds, int restarts) {
        return script.beat(
                cause,
                at,
                "/kubelet/" + pod.node(),
                "k8s.pod.backoff",
                "pod/" + pod.name(),
                data ->
                        data.field("reason", "CrashLoopBackOff")
                                .field("delaySeconds", seconds)
                                .field("restartCount", restarts)
                                .field("node", "node/", pod.node())
                                .field("deployment", "deployment/", "payment"));
    }

    /// From too few payment pods to checkouts that try again and again.
    private Beat outage(Beat lastKill) {
        long at = lastKill.millis();
        conditions.ramp(Condition.PAYMENT_FAILURE, at - MINUTE, at + MINUTE, 0.62);
        conditions.ramp(Condition.CHECKOUT_DELAY, at, at + 2L * MINUTE, 14);
        conditions.ramp(Condition.PAYMENT_QUEUE, at, at + 12L * MINUTE, 22_000);
        Beat few = endpoints(lastKill, at + 1_300, 1);
        Beat slow =
                script.objective(
                        few, at + 55_000, false, "checkout", "p99 of latency < 800 ms", 4_210);
        script.objective(few, at + 80_000, false, "payment", "successful > 99.5 %", 41);
        Beat retries =
                script.beat(
                        slow,
                        at + 95_000,
                        "/monitor",
                        "shop.retries.high",
                        "service/checkout",
                        data ->
                                data.field("retriesPerMinute", 1_870)
                                        .field("target", "service/payment"));
        Beat backlog = script.queue(retries, at + 150_000, false, "payments", 5_240);
        script.beat(
                backlog,
                at + 170_000,
                "/monitor",
                "shop.orders.failing",
                "service/checkout",
                data -> data.field("failedPercent", 38).field("reason", "payment unavailable"));
        return retries;
    }

    /// The autoscaler adds pods until a node is full.
    private Beat scaleUp(Beat retries, long at) {
        Beat scaled = scaled(retries, at, SCALE_FROM, SCALE_TO);
        String replicaSet = dice.suffix(10);
        Beat full = scaled;
        for (int i = 0; i < SCALE_TO - SCALE_FROM; i++) {
            String node = i % 3 == 2 ? cluster.otherNode() : cluster.pressedNode();
            Script.PodReady more =
                    script.podStarts(
                            scaled,
                            scaled.millis() + 700 + 350L * i,
                            checkout,
                            replicaSet,
                            node,
                            checkout.memoryLimitMiB());
            added.add(more.pod());
            if (node.equals(cluster.pressedNode()) && more.ready().millis() > full.millis()) {
                full = more.ready();
            }
        }
        conditions.ramp(Condition.NODE_MEMORY, full.millis(), full.millis() + 2L * MINUTE, 27);
        return pressure(full, full.millis() + 2L * MINUTE, true);
    }

    private Beat endpoints(Beat cause, long at, int ready) {
        return script.beat(
                cause,
                at,
                "/apiserver",
                ready < 4 ? "k8s.endpoints.shrunk" : "k8s.endpoints.restored",
                "service/payment",
                data ->
                        data.field("ready", ready)
                                .field("wanted", 4)
                                .field("deployment", "deployment/", "payment"));
    }

    private Beat scaled(Beat cause, long at, int from, int to) {
        return script.beat(
                cause,
                at,
                "/autoscaler",
                "k8s.hpa.scaled",
                "deployment/checkout",
                data ->
                        data.field("from", from)
                                .field("to", to)
                                .field("metric", "cpu")
                                .field("currentPercent", to > from ? 183 : 31)
                                .field("targetPercent", 70));
    }

    private Beat pressure(Beat cause, long at, boolean begins) {
        return script.beat(
                cause,
                at,
                "/kubelet/" + cluster.pressedNode(),
                begins ? "k8s.node.memorypressure" : "k8s.node.pressurecleared",
                "node/" + cluster.pressedNode(),
                data ->
                        data.field("condition", "MemoryPressure")
                                .field("availableMiB", begins ? 211 : 5_830)
                                .field("thresholdMiB", 512));
    }

    private void evict(Beat pressure) {
        Beat last = pressure;
        for (Pod pod : reviews.podsAt(pressure.millis())) {
            long at = pressure.millis() + 2_000 + 4_000L * evicted.size();
            pod.endsAt(at);
            evicted.add(pod);
            last =
                    script.beat(
                            pressure,
                            at,
                            "/kubelet/" + pod.node(),
                            "k8s.pod.evicted",
                            "pod/" + pod.name(),
                            data ->
                                    data.field("reason", "The node was low on resource: memory")
                                            .field("usageMiB", pod.memoryMiBAt(at))
                                            .field("node", "node/", pod.node())
                                            .field("deployment", "deployment/", "reviews"));
        }
        conditions.ramp(Condition.REVIEWS_FAILURE, last.millis(), last.millis() + 5_000, 0.97);
        script.objective(last, last.millis() + 48_000, false, "reviews", "successful > 99 %", 3);
    }

    private void recover(Beat remedy, List<Pod> bad) {
        String replicaSet = dice.suffix(10);
        Beat ready = remedy;
        for (Pod pod : bad) {
            Script.PodReady next =
                    script.podStarts(
                            remedy,
                            ready.millis() + 1_100,
                            payment,
                            replicaSet,
                            cluster.otherNode(),
                            payment.memoryLimitMiB());
            ready = next.ready();
            script.podEnds(remedy, ready.millis() + 800, pod, "RollingUpdate");
        }
        long at = ready.millis();
        conditions.ramp(Condition.PAYMENT_FAILURE, remedy.millis(), at, 0);
        conditions.ramp(Condition.CHECKOUT_DELAY, at, at + 2L * MINUTE, 0);
        conditions.ramp(Condition.PAYMENT_QUEUE, at, at + 5L * MINUTE, 0);
        Beat enough = endpoints(ready, at + 1_200, 4);
        script.objective(enough, at + 2L * MINUTE, true, "payment", "successful > 99.5 %", 100);
        Beat calm =
                script.objective(
                        enough, at + 3L * MINUTE, true, "checkout", "p99 of latency < 800 ms", 310);
        script.queue(enough, at + 5L * MINUTE + 8_000, true, "payments", 12);
        recoverNode(scaled(calm, at + 9L * MINUTE, SCALE_TO, SCALE_FROM));
    }

    private void recoverNode(Beat scaled) {
        for (Pod pod : added) {
            script.podEnds(
                    scaled, scaled.millis() + dice.between(1_000, 30_000), pod, "ScaledDown");
        }
        conditions.ramp(Condition.NODE_MEMORY, scaled.millis(), scaled.millis() + (long) MINUTE, 0);
        Beat cleared = pressure(scaled, scaled.millis() + 2L * MINUTE, false);
        Beat served = cleared;
        for (int i = 0; i < evicted.size(); i++) {
            served =
                    script.podStarts(
                                    cleared,
                                    cleared.millis() + 3_000 + 1_000L * i,
                                    reviews,
                                    dice.suffix(10),
                                    cluster.pressedNode(),
                                    reviews.memoryLimitMiB())
                            .ready();
        }
        conditions.ramp(Condition.REVIEWS_FAILURE, served.millis(), served.millis() + 4_000, 0);
        script.objective(
                served, served.millis() + 70_000, true, "reviews", "successful > 99 %", 100);
    }
}
