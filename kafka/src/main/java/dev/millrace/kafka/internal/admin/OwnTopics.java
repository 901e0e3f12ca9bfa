package dev.millrace.kafka.internal.admin;

import dev.millrace.kafka.internal.protocol.Cluster;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.protocol.Errors;

/// Topics that Millrace keeps for itself: clients may read and describe them, and nothing else.
final class OwnTopics {
    private OwnTopics() {}

    /// @throws ApiException `INVALID_TOPIC_EXCEPTION` where the topic is Millrace's own
    static void refuse(String topic, String what) {
        if (Cluster.isInternal(topic)) {
            throw Errors.INVALID_TOPIC_EXCEPTION.exception(
                    "topic '%s' is Millrace's own: clients cannot %s it".formatted(topic, what));
        }
    }
}
