package dev.millrace.log;

import dev.millrace.log.internal.FileStorage;
import dev.millrace.log.internal.LogEngine;
import dev.millrace.log.internal.MemoryStorage;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;

/// The log in a directory of this machine: embedded, one process a directory.
///
/// ```java
/// try (LocalLog log = LocalLog.open(Path.of("data"))) {
///     log.createTopic(TopicSpec.named("orders").partitions(4));
///     log.append("orders", LogRecord.of("customer-7", "{\"total\":12}")).join();
/// }
/// ```
public interface LocalLog extends EventLog {

    /// Opens the log in `directory`, creating it where there is none.
    ///
    /// @throws LogException `log-in-use` where another process has it open, `format-too-new`,
    ///   `not-a-log` where the directory holds something else
    static LocalLog open(Path directory) {
        return open(directory, LogOptions.defaults());
    }

    /// As [#open(Path)].
    static LocalLog open(Path directory, LogOptions options) {
        return LogEngine.open(new FileStorage(), directory, options);
    }

    /// A log that lives in this process's memory and ends with it; every topic's durability is
    /// `memory`.
    static LocalLog inMemory() {
        return LogEngine.open(new MemoryStorage(), Path.of("/memory"), LogOptions.defaults());
    }

    /// The directory.
    Path directory();

    /// What tells this log from every other, for as long as its directory is there.
    UUID id();

    /// Notes in the directory's `lock` file where this process serves the log, for others that want
    /// to work on it: `LogException` `log-in-use` names what stands there.
    ///
    /// @param addresses `HOST:PORT` by protocol: `http`, `kafka`; replaces those noted before
    void announce(Map<String, String> addresses);

    /// What opening found and did.
    RecoveryReport recovery();

    /// What the log has measured of itself since it was opened; after [#close], what it had until
    /// then.
    LogMetrics metrics();

    /// The record at exactly this offset; empty where compaction took it away.
    ///
    /// @throws OffsetOutOfRangeException where `offset` is not below the high-water mark
    /// @throws CorruptRecordException where it is damaged
    Optional<LogRecord> get(TopicPartition partition, long offset);

    /// Reads whole batches as they are stored, from the one that holds `offset` on.
    ///
    /// @throws OffsetOutOfRangeException where `offset` is below the earliest or above the latest
    BatchReader readBatches(TopicPartition partition, long offset);

    /// Has `listener` run whenever the partition's high-water mark has moved, until the
    /// registration is closed. It runs on the thread that writes the log: it must be short, must
    /// not block, and must not throw.
    AutoCloseable whenAdvanced(TopicPartition partition, Runnable listener);

    /// The epochs under which the partition's records are written, the latest last; at least one.
    List<LeaderEpoch> leaderEpochs(TopicPartition partition);

    /// The views over this log. Their checkpoints are kept in its directory; closing the log closes
    /// them first.
    Views views();

    /// A producer that nobody else is, or ever was in this log.
    ///
    /// Batches that name a producer ([RecordBatch.Builder#producer]) are appended once, however
    /// often they are sent: of each producer a partition knows the last five batches, and all that
    /// are on their way, and answers one of them with its offset. Any other must follow the last
    /// one, or is refused: `out-of-order-sequence` where its sequence does not follow,
    /// `producer-fenced` where the producer has appended with a higher epoch. So whoever does not
    /// know whether a batch was appended sends the same batch again, also to the log that was
    /// closed, or killed, and opened again.
    ///
    /// A producer that appends nothing for `log.producer.expiration.ms` is not known any more, and
    /// then any sequence is taken. A batch is the same where epoch and sequences are.
    ///
    /// @throws LogException where that cannot be made durable
    ProducerId newProducer();

    /// A gathering appender whose batches name the producer, so that each is appended once; in each
    /// partition it goes on behind the last sequence that is known there. For one thread, and one
    /// at a time of a producer and epoch: whoever is not sure that the one before has ended takes
    /// [ProducerId#nextEpoch], which fences it.
    ///
    /// The records of a partition stay in their order. Where the disk is full, [Appender#flush]
    /// sends what was not appended again, and throws where there is still no space; the batches
    /// wait for the next call, and their futures with them. Until then [Appender#append] throws
    /// `disk-full` for records that would begin another batch of that partition, and does not take
    /// them; [Appender#close] is the last attempt. After any other failure, like `producer-fenced`,
    /// the partition takes nothing more from this appender, and all that was not appended there
    /// fails.
    ///
    /// @throws IllegalArgumentException where that is no producer
    /// @throws LogException `unknown-topic`
    Appender appender(String topic, ProducerId producer);

    /// The producers that a partition knows, in no order.
    List<ProducerDescription> producers(TopicPartition partition);

    /// Applies retention and compaction to a topic now, rather than when the cleaner comes round:
    /// `segment.ms` first, then what `retention.ms`, `retention.bytes` and deleted records let go,
    /// then compaction of all sealed segments, however few of their bytes are new.
    ///
    /// @throws LogException `unknown-topic`; that of the first partition that could not be cleaned,
    ///   once the others were
    CleaningReport clean(String topic);

    /// Reads every batch of every partition, checks all that can be checked, and returns the damage
    /// in order of topic, partition and offset; empty where all is well.
    ///
    /// @param progress told of bytes read, as they are read
    List<Damage> verify(Consumer<VerifyProgress> progress);

    /// How far [#verify] is.
    ///
    /// @param partition the one being read
    /// @param bytes read so far, of all partitions
    /// @param totalBytes to read in all
    record VerifyProgress(TopicPartition partition, long bytes, long totalBytes) {}
}
