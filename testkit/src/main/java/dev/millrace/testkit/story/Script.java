package dev.millrace.testkit.story;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The events that the scenes have written down, each with what it follows from, and the moves that
/// several scenes share.
final class Script {
    private static final int MAX_LATE_MILLIS = 1_500;

    private final long seed;
    private final Cluster cluster;
    private final Dice dice;
    private final List<Beat> beats = new ArrayList<>();
    private List<Beat> byArrival = List.of();

    Script(long seed, Cluster cluster, Dice dice) {
        this.seed = seed;
        this.cluster = cluster;
        this.dice = dice;
    }

    /// Writes an event down.
    Beat beat(
            @Nullable Beat cause,
            long millis,
            String source,
            String type,
            String subject,
            Consumer<EventWriter> data) {
        long arrival = millis + dice.skewed(0, MAX_LATE_MILLIS);
        Beat beat = new Beat(beats.size(), cause, millis, arrival, source, type, subject, data);
        beats.add(beat);
        return beat;
    }

    /// A pod comes up; the answer is when it is ready.
    PodReady podStarts(
            Beat cause,
            long millis,
            Deployment deployment,
            String replicaSet,
            String node,
            int limitMiB) {
        long started = millis + dice.between(1_800, 4_500);
        Pod pod = cluster.addPod(deployment, replicaSet, node, limitMiB, started);
        String subject = "pod/" + pod.name();
        Beat scheduled =
                beat(
                        cause,
                        millis,
                        "/apiserver",
                        "k8s.pod.scheduled",
                        subject,
                        data ->
                                data.field("node", "node/", node)
                                        .field("deployment", "deployment/", deployment.name())
                                        .field("replicaSet", replicaSet)
                                        .field("memoryLimitMiB", limitMiB));
        Beat running = podRuns(scheduled, started, pod, 0);
        Beat ready =
                beat(
                        running,
                        started + dice.between(3_000, 9_000),
                        "/kubelet/" + node,
                        "k8s.pod.ready",
                        subject,
                        data ->
                                data.field("node", "node/", node)
                                        .field("deployment", "deployment/", deployment.name()));
        return new PodReady(pod, ready);
    }

    /// A container of a pod starts, for the first time or again.
    Beat podRuns(Beat cause, long millis, Pod pod, int restarts) {
        return beat(
                cause,
                millis,
                "/kubelet/" + pod.node(),
                "k8s.pod.started",
                "pod/" + pod.name(),
                data ->
                        data.field("container", pod.deployment().name())
                                .field("node", "node/", pod.node())
                                .field("deployment", "deployment/", pod.deployment().name())
                                .field("restartCount", restarts));
    }

    /// A pod is ended on purpose.
    Beat podEnds(Beat cause, long millis, Pod pod, String reason) {
        pod.endsAt(millis);
        return beat(
                cause,
                millis,
                "/kubelet/" + pod.node(),
                "k8s.pod.terminated",
                "pod/" + pod.name(),
                data ->
                        data.field("reason", reason)
                                .field("node", "node/", pod.node())
                                .field("deployment", "deployment/", pod.deployment().name()));
    }

    /// An objective of a service is missed, or met again.
    Beat objective(
            Beat cause, long millis, boolean met, String service, String objective, long observed) {
        return beat(
                cause,
                millis,
                "/monitor",
                met ? "shop.slo.recovered" : "shop.slo.breached",
                "service/" + service,
                data ->
                        data.field("objective", objective)
                                .field("observed", observed)
                                .field("deployment", "deployment/", service));
    }

    /// A queue has grown too long, or is short again.
    Beat queue(Beat cause, long millis, boolean cleared, String queue, long depth) {
        return beat(
                cause,
                millis,
                "/monitor",
                cleared ? "queue.backlog.cleared" : "queue.backlog.high",
                "queue/" + queue,
                data -> data.field("depth", depth).field("threshold", 1_000));
    }

    /// All that follows from an event, directly or not, in order of time.
    List<Incident.Link> linksFrom(Beat root) {
        return beats.stream()
                .filter(beat -> beat.descendsFrom(root))
                .sorted(Comparator.comparingLong(Beat::millis))
                .map(beat -> new Incident.Link(id(beat), id(Objects.requireNonNull(beat.cause()))))
                .toList();
    }

    Incident incident(String name, String summary, Beat cause, Beat remedy) {
        return new Incident(
                name, summary, id(cause), linksFrom(cause), id(remedy), linksFrom(remedy));
    }

    /// The events of these roots, and all that follows from them.
    Herring herring(String name, String summary, List<Beat> roots) {
        List<String> ids =
                beats.stream()
                        .filter(
                                beat ->
                                        roots.contains(beat)
                                                || roots.stream().anyMatch(beat::descendsFrom))
                        .sorted(Comparator.comparingLong(Beat::millis))
                        .map(this::id)
                        .toList();
        return new Herring(name, summary, ids);
    }

    private String id(Beat beat) {
        return EventWriter.id(seed, beat.number());
    }

    /// Nothing more will be written down.
    void finish() {
        byArrival = beats.stream().sorted(Comparator.comparingLong(Beat::arrivalMillis)).toList();
    }

    int size() {
        return beats.size();
    }

    Reader reader() {
        return new Reader(byArrival);
    }

    /// A pod, and the event that says that it is ready.
    record PodReady(Pod pod, Beat ready) {}

    /// Tells the events in the order of their arrival.
    static final class Reader {
        private final List<Beat> beats;
        private int next;

        Reader(List<Beat> beats) {
            this.beats = beats;
        }

        /// When the next one arrives; `Long.MAX_VALUE` behind the last.
        long arrivalMillis() {
            return next < beats.size() ? beats.get(next).arrivalMillis() : Long.MAX_VALUE;
        }

        void write(EventWriter writer) {
            Beat beat = beats.get(next++);
            writer.begin(
                    beat.number(), beat.source(), beat.type(), "", beat.subject(), beat.millis());
            beat.data().accept(writer);
            writer.end();
        }
    }
}
