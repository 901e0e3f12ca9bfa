package dev.millrace.kafka.internal.data;

import dev.millrace.log.EventLog;
import dev.millrace.log.LogException;
import dev.millrace.log.TopicDescription;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

/// Finds topics by their ids, which newer clients use instead of names. For any number of threads.
public final class TopicIds {
    private final EventLog log;

    /// Replaced, never changed.
    private volatile Map<UUID, String> names = Map.of();

    public TopicIds(EventLog log) {
        this.log = log;
    }

    /// The topic that has this id now; null where none has.
    public @Nullable String name(Uuid id) {
        UUID wanted = new UUID(id.getMostSignificantBits(), id.getLeastSignificantBits());
        String known = names.get(wanted);
        if (known != null && has(known, wanted)) {
            return known;
        }
        Map<UUID, String> fresh = new HashMap<>();
        for (TopicDescription topic : log.topics()) {
            fresh.put(topic.id(), topic.name());
        }
        names = fresh;
        return fresh.get(wanted);
    }

    private boolean has(String name, UUID id) {
        try {
            return log.describeTopic(name).id().equals(id);
        } catch (LogException e) {
            return false; // deleted
        }
    }

    /// The id as Kafka writes it.
    public static Uuid of(TopicDescription topic) {
        return new Uuid(topic.id().getMostSignificantBits(), topic.id().getLeastSignificantBits());
    }
}
