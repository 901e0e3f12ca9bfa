package dev.millrace.log;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/// A log of records in partitions of topics: the only truth that Millrace keeps.
///
/// Every method maps to a call of Apache Kafka's own clients, so that the same program runs on a
/// directory ([LocalLog]) and on a cluster; what only a directory can do lives on [LocalLog].
///
/// All methods may be called from any thread. Failures are [LogException]s with a stable
/// [LogException#code()]; asynchronous ones complete their future with it.
public interface EventLog extends AutoCloseable {

    /// Creates a topic and returns once its definition is durable.
    ///
    /// @throws LogException `topic-exists`, `invalid-topic` or `invalid-config`
    TopicDescription createTopic(TopicSpec spec);

    /// All topics in order of name, internal ones (their names begin with `__`) included.
    List<TopicDescription> topics();

    /// @throws LogException `unknown-topic`
    TopicDescription describeTopic(String topic);

    /// As [#alterTopic(String,Map,Set)], with nothing to go back to its default.
    default TopicDescription alterTopic(String topic, Map<String, String> changes) {
        return alterTopic(topic, changes, Set.of());
    }

    /// Changes the configuration of a topic, and returns once that is durable. It holds for what is
    /// appended from then on, for appenders and cursors that are open too; what has been written
    /// stays as it is.
    ///
    /// @param changes keys with their new values; those not named keep theirs
    /// @param toDefault keys that get their default
    /// @return the topic as it is now
    /// @throws LogException `unknown-topic`, or `invalid-config` for an unknown key or a value out
    ///   of its range; then nothing has changed
    TopicDescription alterTopic(String topic, Map<String, String> changes, Set<String> toDefault);

    /// Gives a topic more partitions, and returns once that is durable. Appenders that are open use
    /// them from then on.
    ///
    /// The records stay where they are, and a key may go to another partition than before: the
    /// order of its records is kept only within each partition, and in a compacted topic a record
    /// does not replace one of its key in another partition.
    ///
    /// @param totalCount how many it has then; more than now
    /// @return the topic as it is now
    /// @throws LogException `unknown-topic`, or `invalid-config` where that is not more
    TopicDescription addPartitions(String topic, int totalCount);

    /// Deletes a topic with all its records, and returns once that is durable.
    ///
    /// @throws LogException `unknown-topic`
    void deleteTopic(String topic);

    /// Appends one record to the partition that Kafka's default partitioner gives its key; a record
    /// without a key goes to the partitions in turn.
    ///
    /// The future completes at the topic's durability. Its dependent stages run on the thread that
    /// writes the log: use the `…Async` variants for anything that may block.
    CompletableFuture<AppendResult> append(String topic, LogRecord record);

    /// Appends one record to the given partition. The future is that of
    /// [#append(String,LogRecord)].
    CompletableFuture<AppendResult> append(TopicPartition partition, LogRecord record);

    /// Appends a batch: all its records or none, at consecutive offsets. The future is that of
    /// [#append(String,LogRecord)].
    CompletableFuture<AppendResult> append(TopicPartition partition, RecordBatch batch);

    /// As [#append(TopicPartition,RecordBatch)], for a module of Millrace that keeps its own
    /// records in a topic of [TopicSpec#internal(String)]. Not for users, whose appends to such
    /// topics are refused.
    default CompletableFuture<AppendResult> appendInternal(
            TopicPartition partition, RecordBatch batch) {
        return append(partition, batch);
    }

    /// As [#append(TopicPartition,RecordBatch)], where the condition holds once everything before
    /// has been shown to the partition's listeners; it holds against every other writer.
    ///
    /// The future fails with a [PreconditionFailedException] where it does not hold, and nothing is
    /// appended.
    ///
    /// @throws LogException `not-supported` without [Capability#CONDITIONAL_APPEND]
    default CompletableFuture<AppendResult> append(
            TopicPartition partition, RecordBatch batch, Precondition precondition) {
        throw notSupported(Capability.CONDITIONAL_APPEND);
    }

    /// Has the listener shown every batch that is appended to the partition from now on.
    ///
    /// @throws LogException `not-supported` without [Capability#CONDITIONAL_APPEND]
    default AppendListener.Registration listen(TopicPartition partition, AppendListener listener) {
        throw notSupported(Capability.CONDITIONAL_APPEND);
    }

    /// Appends batches to several partitions, of one topic or of several: all of them or none,
    /// after any crash. The partitions' high-water marks move one after the other. The end of an
    /// atomic append may take an offset of each partition, so that there is a gap behind it.
    ///
    /// All conditions are asked before any of the batches is shown to a listener; where one does
    /// not hold the future fails with its [PreconditionFailedException]. The results stand in the
    /// order of the parts.
    ///
    /// @throws LogException `not-supported` without [Capability#ATOMIC_APPEND]
    default CompletableFuture<List<AppendResult>> appendAtomically(List<PartitionAppend> parts) {
        throw notSupported(Capability.ATOMIC_APPEND);
    }

    private LogException notSupported(Capability capability) {
        return new LogException(
                LogException.Code.NOT_SUPPORTED,
                "this engine has no %s; it has %s".formatted(capability, capabilities()));
    }

    /// Where Kafka's default partitioner puts a key.
    ///
    /// @throws LogException `unknown-topic`
    default TopicPartition partitionFor(String topic, byte[] key) {
        return TopicPartition.ofKey(topic, key, describeTopic(topic).partitions());
    }

    /// A gathering appender: records go into batches by the thread that brings them, and one future
    /// stands for each batch. For one thread; the log itself may have many.
    Appender appender(String topic);

    /// A cursor before the record at `offset`, or before the first one after it where compaction
    /// took that record away. It reads up to the high-water mark, which moves on while it reads.
    ///
    /// @throws OffsetOutOfRangeException where `offset` is below the earliest or above the latest
    Cursor read(TopicPartition partition, long offset);

    /// The offset of the first record that can be read; equal to [#latestOffset] where there is
    /// none.
    long earliestOffset(TopicPartition partition);

    /// The high-water mark: the offset after the last record that reached the topic's durability.
    long latestOffset(TopicPartition partition);

    /// The first offset whose record has this timestamp or a later one (milliseconds since the
    /// epoch, event time); empty where no record has.
    OptionalLong offsetForTime(TopicPartition partition, long timestampMillis);

    /// Deletes the records before `beforeOffset`, and returns once that is durable. Space is given
    /// back where whole segments go.
    ///
    /// @param beforeOffset the earliest offset from then on; -1 for the high-water mark
    /// @return the earliest offset: `beforeOffset`, or a later one that it was already
    /// @throws OffsetOutOfRangeException where `beforeOffset` is above the high-water mark
    /// @throws LogException `invalid-config` where the topic's `cleanup.policy` is `compact` alone
    long deleteRecords(TopicPartition partition, long beforeOffset);

    /// Waits until the high-water mark is above `offset`, and says whether it is.
    boolean awaitOffset(TopicPartition partition, long offset, Duration timeout);

    /// Bytes of record batches that a partition holds.
    long sizeInBytes(TopicPartition partition);

    /// What this engine can do beyond the common ground.
    Set<Capability> capabilities();

    /// Completes what was appended, makes it durable, and lets go of the log. Idempotent.
    @Override
    void close();
}
