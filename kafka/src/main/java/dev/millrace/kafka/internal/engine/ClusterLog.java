package dev.millrace.kafka.internal.engine;

import dev.millrace.kafka.KafkaLog;
import dev.millrace.kafka.KafkaLogOptions;
import dev.millrace.log.AppendResult;
import dev.millrace.log.Appender;
import dev.millrace.log.Capability;
import dev.millrace.log.Cursor;
import dev.millrace.log.LogException;
import dev.millrace.log.LogException.Code;
import dev.millrace.log.LogRecord;
import dev.millrace.log.PartitionAppend;
import dev.millrace.log.RecordBatch;
import dev.millrace.log.TopicDescription;
import dev.millrace.log.TopicPartition;
import dev.millrace.log.TopicSpec;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.admin.DescribeClusterOptions;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.Uuid;

/// The log on a Kafka cluster: the wiring of its parts.
public final class ClusterLog implements KafkaLog {
    private static final int MOST_OPENING_MILLIS = 10_000;

    private final KafkaLogOptions options;
    private final ClusterAdmin admin;
    private final UUID id;
    private final ClusterTopics topics;
    private final ClusterOffsets offsets;
    private final Appends appends;
    private final ConsumerPool consumers;
    private final Set<ClusterCursor> cursors = ConcurrentHashMap.newKeySet();
    private final AtomicInteger turn = new AtomicInteger();
    private final AtomicBoolean closed = new AtomicBoolean();

    private ClusterLog(ClusterClients clients, ClusterAdmin admin, UUID id) {
        this.options = clients.options();
        this.admin = admin;
        this.id = id;
        topics = new ClusterTopics(admin, options);
        offsets = new ClusterOffsets(admin, topics);
        consumers = new ConsumerPool(clients::consumer);
        appends = new Appends(clients, topics, offsets);
    }

    /// @throws LogException as [KafkaLog#open]
    public static ClusterLog open(KafkaLogOptions options) {
        if (options.bootstrapServers().isEmpty()) {
            throw new LogException(
                    Code.INVALID_CONFIG,
                    "cluster.bootstrap.servers is not set: name brokers as HOST:PORT,HOST:PORT");
        }
        ClusterClients clients = new ClusterClients(options);
        ClusterAdmin admin;
        try {
            admin = new ClusterAdmin(clients);
        } catch (KafkaException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new LogException(
                    Code.INVALID_CONFIG,
                    "no client of the cluster at %s: %s"
                            .formatted(options.bootstrapServers(), cause.getMessage()),
                    e);
        }
        try {
            return new ClusterLog(clients, admin, clusterId(admin, options));
        } catch (RuntimeException e) {
            admin.close();
            throw e;
        }
    }

    private static UUID clusterId(ClusterAdmin admin, KafkaLogOptions options) {
        int millis = Math.min(options.timeoutMillis(), MOST_OPENING_MILLIS);
        Uuid cluster =
                Uuid.fromString(
                        admin.get(
                                admin.calls()
                                        .describeCluster(
                                                new DescribeClusterOptions().timeoutMs(millis))
                                        .clusterId(),
                                "asking the cluster at " + options.bootstrapServers()));
        return new UUID(cluster.getMostSignificantBits(), cluster.getLeastSignificantBits());
    }

    @Override
    public UUID id() {
        return id;
    }

    // ---- topics

    @Override
    public TopicDescription createTopic(TopicSpec spec) {
        return topics.create(spec);
    }

    @Override
    public List<TopicDescription> topics() {
        return topics.all();
    }

    @Override
    public TopicDescription describeTopic(String topic) {
        return topics.describe(topic);
    }

    @Override
    public TopicDescription alterTopic(
            String topic, Map<String, String> changes, Set<String> toDefault) {
        return topics.alter(topic, changes, toDefault);
    }

    @Override
    public TopicDescription addPartitions(String topic, int totalCount) {
        return topics.addPartitions(topic, totalCount);
    }

    @Override
    public void deleteTopic(String topic) {
        topics.delete(topic);
    }

    // ---- appending

    @Override
    public CompletableFuture<AppendResult> append(String topic, LogRecord record) {
        byte[] key = record.key();
        int count = topics.cached(topic).partitions();
        int partition =
                key == null
                        ? Math.floorMod(turn.getAndIncrement(), count)
                        : Partitions.of(key, count);
        return append(new TopicPartition(topic, partition), record);
    }

    @Override
    public CompletableFuture<AppendResult> append(TopicPartition partition, LogRecord record) {
        return appends.append(partition, List.of(record));
    }

    @Override
    public CompletableFuture<AppendResult> append(TopicPartition partition, RecordBatch batch) {
        return appends.append(partition, Appends.records(batch));
    }

    @Override
    public CompletableFuture<List<AppendResult>> appendAtomically(List<PartitionAppend> parts) {
        admin.requireOpen();
        return appends.appendAtomically(parts);
    }

    @Override
    public TopicPartition partitionFor(String topic, byte[] key) {
        return new TopicPartition(topic, Partitions.of(key, topics.cached(topic).partitions()));
    }

    @Override
    public Appender appender(String topic) {
        var _ = topics.cached(topic);
        return new ClusterAppender(topic, appends, options.appenderBatchBytes());
    }

    // ---- reading

    @Override
    public Cursor read(TopicPartition partition, long offset) {
        TopicDescription topic = topics.require(partition);
        offsets.requireInRange(partition, offset);
        ClusterCursor cursor =
                new ClusterCursor(
                        topic,
                        partition,
                        offset,
                        topics,
                        offsets,
                        consumers,
                        1_000_000L * options.timeoutMillis(),
                        cursors::remove);
        cursors.add(cursor);
        return cursor;
    }

    @Override
    public long earliestOffset(TopicPartition partition) {
        return offsets.earliest(partition);
    }

    @Override
    public long latestOffset(TopicPartition partition) {
        return offsets.latest(partition);
    }

    @Override
    public OptionalLong offsetForTime(TopicPartition partition, long timestampMillis) {
        return offsets.forTime(partition, timestampMillis);
    }

    @Override
    public long deleteRecords(TopicPartition partition, long beforeOffset) {
        return offsets.deleteBefore(partition, beforeOffset);
    }

    @Override
    public boolean awaitOffset(TopicPartition partition, long offset, Duration timeout) {
        return offsets.await(partition, offset, timeout);
    }

    @Override
    public long sizeInBytes(TopicPartition partition) {
        return offsets.sizeInBytes(partition);
    }

    // ---- the rest

    @Override
    public Set<Capability> capabilities() {
        return Set.of(Capability.ATOMIC_APPEND);
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            appends.close();
            consumers.close();
            cursors.forEach(ClusterCursor::closeWithLog);
            admin.close();
        }
    }

    @Override
    public String toString() {
        return "KafkaLog[" + options.bootstrapServers() + "]";
    }
}
