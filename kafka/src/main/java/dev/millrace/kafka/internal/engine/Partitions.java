package dev.millrace.kafka.internal.engine;

import org.apache.kafka.clients.producer.internals.BuiltInPartitioner;

/// Which partition a key belongs to, by Kafka's own partitioner.
final class Partitions {
    private Partitions() {}

    /// @param count how many partitions there are, at least 1
    static int of(byte[] key, int count) {
        return BuiltInPartitioner.partitionForKey(key, count);
    }
}
