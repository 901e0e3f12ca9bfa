package dev.millrace.kafka.internal.admin;

import dev.millrace.kafka.internal.protocol.Cluster;
import java.util.List;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.protocol.Errors;

/// Where a client may want replicas to be: on the one node there is.
final class NodeAssignment {
    private NodeAssignment() {}

    /// @throws ApiException `INVALID_REPLICATION_FACTOR` where it is neither 1 nor -1
    static void requireFactor(int replicationFactor) {
        if (replicationFactor != 1 && replicationFactor != -1) {
            throw Errors.INVALID_REPLICATION_FACTOR.exception(
                    "replication factor %d cannot be kept: there is one node, use 1, or -1 for the default"
                            .formatted(replicationFactor));
        }
    }

    /// @throws ApiException `INVALID_REPLICA_ASSIGNMENT` where it names another node
    static void requireNode(int partition, List<Integer> nodes) {
        if (!nodes.equals(Cluster.NODES)) {
            throw Errors.INVALID_REPLICA_ASSIGNMENT.exception(
                    "partition %d cannot have its replicas on nodes %s: there is only node %d"
                            .formatted(partition, nodes, Cluster.NODE));
        }
    }
}
