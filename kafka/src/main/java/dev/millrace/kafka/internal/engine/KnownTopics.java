package dev.millrace.kafka.internal.engine;

import dev.millrace.log.LogException;
import dev.millrace.log.TopicDescription;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;

/// Topics as they were a few seconds ago, for what is asked with every append. One that is older is
/// still given, and asked for again meanwhile. For any number of threads.
final class KnownTopics {
    private static final long FRESH_NANOS = 5_000_000_000L;

    private record Known(TopicDescription topic, long askedNanos, AtomicBoolean asking) {}

    private final Map<String, Known> known = new ConcurrentHashMap<>();
    private final Function<String, TopicDescription> ask;

    /// @param ask describes a topic, and puts or removes it here
    KnownTopics(Function<String, TopicDescription> ask) {
        this.ask = ask;
    }

    void put(TopicDescription topic) {
        known.put(topic.name(), new Known(topic, System.nanoTime(), new AtomicBoolean()));
    }

    void remove(String topic) {
        known.remove(topic);
    }

    /// @throws LogException `unknown-topic`
    TopicDescription get(String topic) {
        Known found = known.get(topic);
        if (found == null) {
            return ask.apply(topic);
        }
        if (System.nanoTime() - found.askedNanos > FRESH_NANOS
                && found.asking.compareAndSet(false, true)) {
            Thread.startVirtualThread(() -> refresh(found));
        }
        return found.topic;
    }

    private void refresh(Known old) {
        try {
            var _ = ask.apply(old.topic.name());
        } catch (LogException e) {
            old.asking.set(false); // whoever needs it next asks again
        }
    }
}
