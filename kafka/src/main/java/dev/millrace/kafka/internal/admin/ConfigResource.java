package dev.millrace.kafka.internal.admin;

import dev.millrace.kafka.internal.protocol.Cluster;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.protocol.Errors;

/// What has a configuration: a topic, or the one broker. Kafka knows more kinds, which are not
/// there.
enum ConfigResource {
    TOPIC(2),
    BROKER(4);

    private final byte type;

    ConfigResource(int type) {
        this.type = (byte) type;
    }

    /// @param name of the resource; of the broker its id, or nothing for what holds for all brokers
    /// @throws ApiException `INVALID_REQUEST` where there is no such resource
    static ConfigResource of(byte type, String name) {
        if (type == TOPIC.type) {
            return TOPIC;
        }
        if (type != BROKER.type) {
            throw Errors.INVALID_REQUEST.exception(
                    "configurations of resource type %d are not supported, only those of topics (2) and of the broker (4)"
                            .formatted(type));
        }
        if (!name.isEmpty() && !name.equals(Integer.toString(Cluster.NODE))) {
            throw Errors.INVALID_REQUEST.exception(
                    "there is no broker '%s', only %d".formatted(name, Cluster.NODE));
        }
        return BROKER;
    }
}
