package dev.millrace.log;

import dev.millrace.log.internal.Partitioner;

/// One partition of a topic.
///
/// @param topic the topic's name
/// @param partition its number, from 0
public record TopicPartition(String topic, int partition) {
    /// Where Kafka's default partitioner puts a key, in a topic of so many partitions.
    public static TopicPartition ofKey(String topic, byte[] key, int partitions) {
        return new TopicPartition(topic, Partitioner.partition(key, partitions));
    }

    @Override
    public String toString() {
        return topic + "-" + partition;
    }
}
