package dev.millrace.kafka.internal.admin;

import dev.millrace.kafka.internal.protocol.KafkaErrors;
import dev.millrace.log.EventLog;
import dev.millrace.log.LogException;
import dev.millrace.log.LogException.Code;
import dev.millrace.log.TopicConfig;
import dev.millrace.log.TopicDescription;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.ApiError;

/// Changes the configurations of topics, as both ways to ask for that want it.
final class TopicChanges {
    private final EventLog log;

    TopicChanges(EventLog log) {
        this.log = log;
    }

    /// Changes of a topic, in our keys.
    record Changes(Map<String, String> set, Set<String> toDefault) {}

    /// What a request wants of a topic.
    @FunctionalInterface
    interface Wanted {
        /// @throws LogException `invalid-config`
        Changes of(TopicDescription topic);
    }

    /// Changes one resource.
    ///
    /// @param times that the request names it
    /// @return what the client is told
    ApiError apply(byte type, String name, int times, Wanted wanted, boolean validateOnly) {
        try {
            if (times > 1) {
                throw Errors.INVALID_REQUEST.exception("the request names the resource twice");
            }
            if (ConfigResource.of(type, name) == ConfigResource.BROKER) {
                throw Errors.INVALID_REQUEST.exception(
                        "the server's configuration is read when it starts, and cannot be altered by clients");
            }
            OwnTopics.refuse(name, "alter");
            TopicDescription topic = log.describeTopic(name);
            Changes changes = wanted.of(topic);
            if (validateOnly) {
                validate(topic, changes);
            } else {
                log.alterTopic(name, changes.set, changes.toDefault);
            }
            return ApiError.NONE;
        } catch (LogException | ApiException e) {
            return new ApiError(KafkaErrors.of(e), KafkaErrors.message(e));
        }
    }

    private static void validate(TopicDescription topic, Changes changes) {
        TopicConfig altered = topic.config().with(changes.set, changes.toDefault);
        if (altered.durability() != topic.config().durability()) {
            throw new LogException(
                    Code.INVALID_CONFIG,
                    "topic '%s' keeps its durability, %s"
                            .formatted(topic.name(), topic.config().durability().key()));
        }
    }
}
