package dev.millrace.kafka.internal.engine;

import dev.millrace.log.LogException;
import dev.millrace.log.LogException.Code;
import dev.millrace.log.OffsetOutOfRangeException;
import dev.millrace.log.TopicPartition;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.ListOffsetsResult;
import org.apache.kafka.clients.admin.LogDirDescription;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.admin.ReplicaInfo;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicCollection;

/// Where partitions begin and end. The end is what readers of committed records see: the high-water
/// mark, or where a transaction is open below it, that transaction's first offset (Kafka's *last
/// stable offset*).
///
/// For any number of threads.
final class ClusterOffsets {
    private static final long LONGEST_PAUSE_NANOS = 20_000_000;
    private static final long FIRST_PAUSE_NANOS = 1_000_000;

    private final ClusterAdmin admin;
    private final ClusterTopics topics;

    ClusterOffsets(ClusterAdmin admin, ClusterTopics topics) {
        this.admin = admin;
        this.topics = topics;
    }

    static org.apache.kafka.common.TopicPartition kafka(TopicPartition partition) {
        return new org.apache.kafka.common.TopicPartition(partition.topic(), partition.partition());
    }

    long earliest(TopicPartition partition) {
        return ask(partition, OffsetSpec.earliest());
    }

    long latest(TopicPartition partition) {
        return ask(partition, OffsetSpec.latest());
    }

    OptionalLong forTime(TopicPartition partition, long timestampMillis) {
        // no record of ours is older than 0, and Kafka means other things by negative times
        long offset = ask(partition, OffsetSpec.forTimestamp(Math.max(0, timestampMillis)));
        return offset < 0 ? OptionalLong.empty() : OptionalLong.of(offset);
    }

    private long ask(TopicPartition partition, OffsetSpec what) {
        var _ = topics.require(partition);
        return topics.learnt(partition.topic(), () -> answer(partition, begin(partition, what)));
    }

    private KafkaFuture<ListOffsetsResult.ListOffsetsResultInfo> begin(
            TopicPartition partition, OffsetSpec what) {
        org.apache.kafka.common.TopicPartition asked = kafka(partition);
        return admin.calls()
                .listOffsets(
                        Map.of(asked, what), new ListOffsetsOptions(IsolationLevel.READ_COMMITTED))
                .partitionResult(asked);
    }

    private long answer(
            TopicPartition partition, KafkaFuture<ListOffsetsResult.ListOffsetsResultInfo> answer) {
        return admin.get(answer, "asking for offsets of " + partition).offset();
    }

    /// @throws OffsetOutOfRangeException where the offset is not between the earliest and the
    ///   latest
    void requireInRange(TopicPartition partition, long offset) {
        var _ = topics.require(partition);
        topics.learnt(
                partition.topic(),
                () -> {
                    requireBetweenEnds(partition, offset);
                    return true;
                });
    }

    private void requireBetweenEnds(TopicPartition partition, long offset) {
        var first = begin(partition, OffsetSpec.earliest());
        var last = begin(partition, OffsetSpec.latest());
        long earliest = answer(partition, first);
        long latest = answer(partition, last);
        if (offset < earliest || offset > latest) {
            throw new OffsetOutOfRangeException(partition, offset, earliest, latest);
        }
    }

    /// Waits until the end is above an offset, by asking again and again.
    boolean await(TopicPartition partition, long offset, Duration timeout) {
        long deadline = System.nanoTime() + TimeUnit.NANOSECONDS.convert(timeout);
        long pause = FIRST_PAUSE_NANOS;
        while (latest(partition) <= offset) {
            long left = deadline - System.nanoTime();
            if (left <= 0 || Thread.currentThread().isInterrupted()) {
                return false;
            }
            admin.pause(Math.min(left, pause));
            pause = Math.min(2 * pause, LONGEST_PAUSE_NANOS);
        }
        return true;
    }

    long deleteBefore(TopicPartition partition, long beforeOffset) {
        long earliest = earliest(partition);
        long latest = latest(partition);
        long before = beforeOffset == -1 ? latest : beforeOffset;
        if (before < 0 || before > latest) {
            throw new OffsetOutOfRangeException(partition, beforeOffset, earliest, latest);
        }
        if (!topics.cached(partition.topic()).config().deleted()) {
            throw new LogException(
                    Code.INVALID_CONFIG,
                    "records of %s cannot be deleted: the cleanup.policy of its topic is compact alone"
                            .formatted(partition));
        }
        if (before <= earliest) {
            return earliest;
        }
        org.apache.kafka.common.TopicPartition from = kafka(partition);
        return admin.get(
                        admin.calls()
                                .deleteRecords(Map.of(from, RecordsToDelete.beforeOffset(before)))
                                .lowWatermarks()
                                .get(from),
                        "deleting records of " + partition)
                .lowWatermark();
    }

    /// Bytes of the leader's replica.
    long sizeInBytes(TopicPartition partition) {
        var _ = topics.require(partition);
        return topics.learnt(partition.topic(), () -> sizeOfLeader(partition));
    }

    private long sizeOfLeader(TopicPartition partition) {
        String doing = "asking for the size of " + partition;
        Node leader =
                admin.get(
                                admin.calls()
                                        .describeTopics(
                                                TopicCollection.ofTopicNames(
                                                        List.of(partition.topic())))
                                        .topicNameValues()
                                        .get(partition.topic()),
                                doing)
                        .partitions()
                        .get(partition.partition())
                        .leader();
        if (leader == null || leader.isEmpty()) {
            throw new LogException(
                    Code.UNAVAILABLE, "%s has no leader now; try again".formatted(partition));
        }
        Map<String, LogDirDescription> directories =
                admin.get(
                        admin.calls()
                                .describeLogDirs(List.of(leader.id()))
                                .descriptions()
                                .get(leader.id()),
                        doing);
        for (LogDirDescription directory : directories.values()) {
            ReplicaInfo replica = directory.replicaInfos().get(kafka(partition));
            if (replica != null && !replica.isFuture()) {
                return replica.size();
            }
        }
        return 0;
    }
}
