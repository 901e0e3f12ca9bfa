package dev.millrace.log.internal;

import dev.millrace.log.EventLog;
import dev.millrace.log.Fold;
import dev.millrace.log.LogException;
import dev.millrace.log.ParkedRecords;
import dev.millrace.log.TopicDescription;
import dev.millrace.log.TopicPartition;
import dev.millrace.log.View;
import dev.millrace.log.ViewStatus;
import dev.millrace.log.internal.ViewCheckpoint.Source;
import dev.millrace.log.internal.ViewDirectory.Slot;
import dev.millrace.log.internal.ViewOpening.Start;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// One version of a view that is being run: its sources, the [ViewWorker]s that fold them, and its
/// checkpoints. The [ViewClock] tells it when one is due and looks for new partitions.
///
/// A checkpoint saves one source after the other, each while it stands still, and then publishes
/// all of them in one step. Sources are independent of each other, so that it does not matter that
/// they are saved at different moments.
final class ViewRunner {
    private static final System.Logger LOG = System.getLogger("dev.millrace.log");
    private static final Comparator<TopicPartition> ORDER =
            Comparator.comparing(TopicPartition::topic).thenComparingInt(TopicPartition::partition);

    private final ViewHome home;
    private final EventLog log;
    private final View view;
    private final ViewDirectory directory;
    private final @Nullable String replayReason;
    private final Map<TopicPartition, ViewSource> sources = new ConcurrentSkipListMap<>(ORDER);
    private final List<ViewWorker> workers = new CopyOnWriteArrayList<>();
    private final AtomicInteger parked = new AtomicInteger();
    private final Object saving = new Object();
    private volatile Slot slot;
    private volatile long generation;
    private volatile long savedAtMillis;
    private volatile @Nullable String checkpointProblem;
    private volatile boolean replaced;
    private boolean closed;

    private ViewRunner(ViewHome home, View view, ViewDirectory directory, Start start) {
        this.home = home;
        this.log = home.log();
        this.view = view;
        this.directory = directory;
        this.slot = start.slot();
        this.replayReason = start.replayReason();
    }

    /// Loads what there is, and starts to fold.
    ///
    /// @param beside whether another version is being run
    static ViewRunner open(ViewHome home, View view, ViewDirectory directory, boolean beside)
            throws IOException {
        view.topics().forEach(home.log()::describeTopic);
        Start start = ViewOpening.choose(home, view, directory, beside);
        ViewRunner runner;
        try {
            runner = load(home, view, directory, start);
        } catch (IOException | RuntimeException e) {
            if (start.checkpoint() == null) {
                throw e;
            }
            String reason = "the view could not load it: " + e;
            ViewOpening.tellOfReplay(view, start.slot(), reason);
            runner = load(home, view, directory, new Start(null, start.slot(), reason));
        }
        runner.workers.forEach(ViewWorker::start);
        return runner;
    }

    private static ViewRunner load(ViewHome home, View view, ViewDirectory directory, Start start)
            throws IOException {
        ViewRunner runner = new ViewRunner(home, view, directory, start);
        Map<TopicPartition, Source> saved = new HashMap<>();
        ViewCheckpoint checkpoint = start.checkpoint();
        if (checkpoint != null) {
            checkpoint.sources().forEach(source -> saved.put(source.partition(), source));
            runner.generation = checkpoint.generation();
            runner.savedAtMillis = checkpoint.savedAtMillis();
        }
        try {
            runner.addSources(saved);
            return runner;
        } catch (IOException | RuntimeException e) {
            runner.stop();
            runner.letGo();
            throw e;
        }
    }

    private void addSources(Map<TopicPartition, Source> saved) throws IOException {
        for (String name : view.topics()) {
            TopicDescription topic = log.describeTopic(name);
            for (int i = 0; i < topic.partitions(); i++) {
                TopicPartition partition = new TopicPartition(name, i);
                if (!sources.containsKey(partition)) {
                    add(topic, partition, saved.get(partition));
                }
            }
        }
    }

    private void add(TopicDescription topic, TopicPartition partition, @Nullable Source saved)
            throws IOException {
        Fold fold = view.fold(partition);
        try {
            if (saved != null) {
                try (StateReader files = directory.reader(saved)) {
                    fold.load(files);
                }
            }
            ViewSource source =
                    new ViewSource(home, view, partition, topic.id(), fold, saved, parked);
            workerFor(sources.size()).add(source);
            sources.put(partition, source);
        } catch (IOException | RuntimeException e) {
            fold.close();
            throw e;
        }
    }

    private ViewWorker workerFor(int source) {
        int wanted = view.options().threads();
        int most = wanted == 0 ? Runtime.getRuntime().availableProcessors() : wanted;
        if (workers.size() < most) {
            workers.add(new ViewWorker(home, view.name(), workers.size()));
        }
        return workers.get(source % workers.size());
    }

    View view() {
        return view;
    }

    Collection<ViewSource> sources() {
        return sources.values();
    }

    /// The source of a partition, perhaps one that its topic has just got.
    ///
    /// @throws LogException `unknown-topic` where it is none of this view's
    ViewSource source(TopicPartition partition) {
        ViewSource source = sources.get(partition);
        if (source == null && view.topics().contains(partition.topic())) {
            lookForPartitions();
            source = sources.get(partition);
        }
        if (source == null) {
            throw new LogException(
                    LogException.Code.UNKNOWN_TOPIC,
                    "%s is no source of view '%s', which folds %s"
                            .formatted(partition, view.name(), view.topics()));
        }
        return source;
    }

    /// How far a partition is; behind every other where this view does not fold it at all.
    long nextOffset(TopicPartition partition) {
        return view.topics().contains(partition.topic())
                ? source(partition).progress().nextOffset()
                : Long.MAX_VALUE / 2;
    }

    /// Begins to fold partitions that the topics have got, each from its beginning.
    synchronized void lookForPartitions() {
        if (closed) {
            return;
        }
        int before = workers.size();
        try {
            for (ViewSource source : sources.values()) {
                source.requireSameTopic(log.describeTopic(source.partition().topic()));
            }
            addSources(Map.of());
        } catch (IOException | LogException e) {
            // the topic was deleted, which its sources will find out
        } finally {
            workers.subList(before, workers.size()).forEach(ViewWorker::start);
        }
    }

    /// Has the workers look for records now.
    void wake() {
        workers.forEach(ViewWorker::wake);
    }

    boolean caughtUp() {
        return sources.values().stream().allMatch(source -> source.progress().caughtUp());
    }

    boolean isBesideAnother() {
        return slot == Slot.NEXT;
    }

    long foldedRecords() {
        return sources.values().stream()
                .mapToLong(source -> source.progress().foldedRecords())
                .sum();
    }

    long foldedBytes() {
        return sources.values().stream().mapToLong(source -> source.progress().foldedBytes()).sum();
    }

    boolean isUnsaved() {
        return sources.values().stream().anyMatch(ViewSource::isUnsaved);
    }

    ViewStatus status(@Nullable ViewStatus replacement) {
        List<ParkedRecords> allParked = new ArrayList<>();
        sources.values().forEach(source -> allParked.addAll(source.failures().parked()));
        return new ViewStatus(
                view.name(),
                view.codeVersion(),
                generation,
                savedAtMillis,
                checkpointProblem,
                replayReason,
                sources.values().stream().map(ViewSource::status).toList(),
                List.copyOf(allParked),
                replacement);
    }

    // ---- checkpoints

    /// Saves and publishes what has changed, where anything has.
    void checkpoint() throws IOException {
        synchronized (saving) {
            if (replaced || !isUnsaved()) {
                return;
            }
            try {
                save();
                checkpointProblem = null;
            } catch (IOException | RuntimeException e) {
                checkpointProblem = String.valueOf(e);
                throw e;
            }
        }
    }

    private void save() throws IOException {
        long number = directory.begin();
        Map<ViewSource, Source> written = new HashMap<>();
        List<Source> all = new ArrayList<>();
        boolean published = false;
        try {
            for (ViewSource source : sources.values()) {
                Source saved = source.save(directory, number);
                if (saved != null) {
                    written.put(source, saved);
                    all.add(saved);
                }
            }
            long now = System.currentTimeMillis();
            directory.publish(
                    slot,
                    new ViewCheckpoint(
                            number, home.logId(), view.name(), view.codeVersion(), now, all));
            published = true;
            written.forEach(ViewSource::saved);
            generation = number;
            savedAtMillis = now;
        } finally {
            if (!published) {
                directory.abandon(number);
            }
        }
    }

    /// Takes the place of the version whose checkpoint is the current one.
    void promote() throws IOException {
        synchronized (saving) {
            boolean stored = slot == Slot.NEXT && generation > 0;
            slot = Slot.CURRENT;
            if (isUnsaved()) {
                checkpoint();
            } else if (stored) {
                directory.promote();
            }
        }
    }

    /// Another version has taken its place, and from now on its checkpoints too.
    void replaced() {
        synchronized (saving) {
            replaced = true;
        }
    }

    // ---- the end

    /// Stops folding. The state stays, to be saved.
    void stop() {
        List<ViewWorker> ending;
        synchronized (this) {
            closed = true;
            ending = List.copyOf(workers);
        }
        sources.values().forEach(ViewSource::end);
        ending.forEach(ViewWorker::close);
    }

    /// Lets go of the folds.
    void letGo() {
        for (ViewSource source : sources.values()) {
            try {
                source.fold().close();
            } catch (RuntimeException e) {
                LOG.log(
                        System.Logger.Level.WARNING,
                        "view {0}: the fold of {1} could not be closed: {2}",
                        view.name(),
                        source.partition(),
                        e);
            }
        }
    }
}
