package dev.millrace.kafka.internal.admin;

import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.protocol.Errors;

/// How many partitions one request may make: as many as Kafka lets it. Each takes a directory and
/// open files, and meanwhile no other topic is made.
final class PartitionLimit {
    static final int MOST = 10_000;

    private PartitionLimit() {}

    /// @throws ApiException `POLICY_VIOLATION` where it is too many
    static void require(long partitions) {
        if (partitions > MOST) {
            throw Errors.POLICY_VIOLATION.exception(
                    "a request for %,d partitions, where %,d are the most: ask for them in several"
                            .formatted(partitions, MOST));
        }
    }
}
