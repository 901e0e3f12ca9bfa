package dev.millrace.kafka.internal.group;

import dev.millrace.log.EventLog;
import dev.millrace.log.LogException;
import dev.millrace.log.LogException.Code;
import dev.millrace.log.TopicDescription;
import org.jspecify.annotations.Nullable;

/// Which topics there are.
@FunctionalInterface
interface TopicLookup {
    /// Null where there is none of this name.
    @Nullable TopicDescription find(String topic);

    static TopicLookup of(EventLog log) {
        return topic -> {
            try {
                return log.describeTopic(topic);
            } catch (LogException e) {
                if (e.code() == Code.UNKNOWN_TOPIC || e.code() == Code.INVALID_TOPIC) {
                    return null;
                }
                throw e;
            }
        };
    }
}
