package dev.millrace.log.internal;

import dev.millrace.log.LogException;
import dev.millrace.log.LogException.Code;
import dev.millrace.log.TopicDescription;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// A topic with its partitions. [Topics] changes it; any number of threads ask.
final class Topic {
    private volatile TopicDescription description;
    private volatile List<PartitionLog> partitions;
    private final AtomicInteger turn = new AtomicInteger();

    Topic(TopicDescription description, List<PartitionLog> partitions) {
        this.description = description;
        this.partitions = List.copyOf(partitions);
    }

    TopicDescription description() {
        return description;
    }

    /// Has what is appended from now on follow another configuration.
    void alter(TopicDescription altered) {
        description = altered;
        partitions.forEach(partition -> partition.config(altered.config()));
    }

    /// Has more partitions from now on.
    void grow(TopicDescription grown, List<PartitionLog> added) {
        partitions = Stream.concat(partitions.stream(), added.stream()).toList();
        description = grown;
    }

    List<PartitionLog> partitions() {
        return partitions;
    }

    PartitionLog partition(int number) {
        List<PartitionLog> now = partitions;
        if (number < 0 || number >= now.size()) {
            throw new LogException(
                    Code.UNKNOWN_TOPIC,
                    "topic '%s' has no partition %d: it has %d, from 0"
                            .formatted(description.name(), number, now.size()));
        }
        return now.get(number);
    }

    /// Where Kafka's default partitioner puts the key; records without one go to the partitions in
    /// turn.
    PartitionLog partitionFor(byte @Nullable [] key) {
        List<PartitionLog> now = partitions;
        if (now.size() == 1) {
            return now.getFirst();
        }
        return key == null ? nextInTurn() : now.get(Partitioner.partition(key, now.size()));
    }

    PartitionLog nextInTurn() {
        List<PartitionLog> now = partitions;
        return now.get(Math.floorMod(turn.getAndIncrement(), now.size()));
    }
}
