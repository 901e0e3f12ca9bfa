package dev.millrace.log.internal;

import dev.millrace.log.LogException;
import dev.millrace.log.LogException.Code;
import dev.millrace.log.TopicDescription;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// A topic with its partitions.
final class Topic {
    private final TopicDescription description;
    private final List<PartitionLog> partitions;
    private final AtomicInteger turn = new AtomicInteger();

    Topic(TopicDescription description, List<PartitionLog> partitions) {
        this.description = description;
        this.partitions = List.copyOf(partitions);
    }

    TopicDescription description() {
        return description;
    }

    List<PartitionLog> partitions() {
        return partitions;
    }

    PartitionLog partition(int number) {
        if (number < 0 || number >= partitions.size()) {
            throw new LogException(
                    Code.UNKNOWN_TOPIC,
                    "topic '%s' has no partition %d: it has %d, from 0"
                            .formatted(description.name(), number, partitions.size()));
        }
        return partitions.get(number);
    }

    /// Where Kafka's default partitioner puts the key; records without one go to the partitions in
    /// turn.
    PartitionLog partitionFor(byte @Nullable [] key) {
        if (partitions.size() == 1) {
            return partitions.getFirst();
        }
        return key == null
                ? nextInTurn()
                : partitions.get(Partitioner.partition(key, partitions.size()));
    }

    PartitionLog nextInTurn() {
        return partitions.get(Math.floorMod(turn.getAndIncrement(), partitions.size()));
    }
}
