package dev.millrace.kafka.internal.engine;

import dev.millrace.log.TopicDescription;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// What was changed through this log, so that an answer of a broker that has not learnt of it yet
/// can be told from one that has. For a few seconds after the change: then every broker that is not
/// cut off has learnt, and whatever it answers is believed.
///
/// For any number of threads.
final class OwnChanges {
    private static final long LEARNT_NANOS = 10_000_000_000L;

    /// @param id of the topic that was changed
    /// @param to how it is since; null where it was deleted
    private record Change(UUID id, @Nullable TopicDescription to, long untilNanos) {}

    private final Map<String, Change> changes = new ConcurrentHashMap<>();

    /// A topic was created or altered, and is this now.
    void made(TopicDescription topic) {
        changes.put(topic.name(), new Change(topic.id(), topic, until()));
    }

    /// This topic was deleted.
    void deleted(TopicDescription topic) {
        changes.put(topic.name(), new Change(topic.id(), null, until()));
    }

    private static long until() {
        return System.nanoTime() + LEARNT_NANOS;
    }

    /// Whether an answer shows what was changed, or it is too long ago to matter.
    boolean isIn(String name, Optional<TopicDescription> found) {
        Change change = changes.get(name);
        if (change == null) {
            return true;
        }
        if (System.nanoTime() - change.untilNanos > 0) {
            changes.remove(name, change);
            return true;
        }
        return change.to == null
                ? found.isEmpty() || !found.get().id().equals(change.id)
                : found.isPresent() && found.get().equals(change.to);
    }

    /// As [#isIn], for everything that was changed.
    boolean areIn(Map<String, TopicDescription> found) {
        return changes.keySet().stream()
                .allMatch(name -> isIn(name, Optional.ofNullable(found.get(name))));
    }
}
