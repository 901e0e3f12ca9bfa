package dev.millrace.kafka.internal.protocol;

import java.util.List;
import java.util.UUID;
import org.apache.kafka.common.Uuid;

/// What clients take us for: a cluster of one node.
///
/// @param id of the cluster, the same for as long as the log lives
public record Cluster(String id) {
    /// The id of the one node.
    public static final int NODE = 0;

    /// All nodes.
    public static final List<Integer> NODES = List.of(NODE);

    /// The cluster of a log with this id.
    public static Cluster of(UUID logId) {
        return new Cluster(
                new Uuid(logId.getMostSignificantBits(), logId.getLeastSignificantBits())
                        .toString());
    }

    /// Whether a topic is Millrace's own.
    public static boolean isInternal(String topic) {
        return topic.startsWith("__");
    }
}
