package dev.millrace.log.internal;

import dev.millrace.log.AppendResult;
import dev.millrace.log.Durability;
import dev.millrace.log.LogException;
import dev.millrace.log.LogException.Code;
import dev.millrace.log.LogOptions;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/// The way of an append to the [WriteLoop] of its partition. What can be said of it without knowing
/// what comes before is said here, on the thread that brings it; the rest, by [Admission].
///
/// For any number of threads.
final class WritePath {
    private static final String INTERNAL = "__";

    /// The log's own, which no module writes.
    private static final Set<String> OWN_TOPICS =
            Set.of(TopicDefinition.TOPICS.name(), ProducerIds.TOPIC);

    private final WriteLoop fsyncLoop;
    private final WriteLoop osLoop;
    private final LogOptions options;
    private final Clock clock;
    private final Runnable requireOpen;

    /// @param requireOpen throws where the log is closed
    WritePath(
            WriteLoop fsyncLoop,
            WriteLoop osLoop,
            LogOptions options,
            Clock clock,
            Runnable requireOpen) {
        this.fsyncLoop = fsyncLoop;
        this.osLoop = osLoop;
        this.options = options;
        this.clock = clock;
        this.requireOpen = requireOpen;
    }

    /// Brings an append; where it is refused, it fails.
    PendingAppend submit(PendingAppend append) {
        try {
            check(append);
            loopOf(append.partition()).submit(append);
        } catch (LogException e) {
            append.completeExceptionally(e);
        }
        return append;
    }

    /// Brings appends of which all or none shall be there.
    ///
    /// @throws LogException where one of them is refused
    CompletableFuture<List<AppendResult>> submitTied(List<PendingAppend> appends) {
        requireOpen.run();
        return TiedAppends.submit(appends, this::check, this::loopOf);
    }

    private void check(PendingAppend append) {
        requireOpen.run();
        PartitionLog partition = append.partition();
        String topic = partition.id().topic();
        if (!append.ours() && topic.startsWith(INTERNAL)) {
            throw new LogException(
                    Code.INVALID_TOPIC, "topic '%s' is written by Millrace alone".formatted(topic));
        }
        Limits.require(topic, partition.config(), append.batch());
        if (append.batch().producerId() >= 0) {
            knownProducers(partition);
        }
        partition.cleaner().warnOfOldRecords(append.batch(), clock);
    }

    /// Refuses a topic that is not one of those in which modules keep their own records.
    static void requireInternal(String topic) {
        if (OWN_TOPICS.contains(topic) || !topic.startsWith(INTERNAL)) {
            throw new LogException(
                    Code.INVALID_TOPIC,
                    "topic '%s' is no topic that a module keeps its own records in"
                            .formatted(topic));
        }
    }

    /// What is known of a partition's producers, loaded where that has not been done.
    ProducerStates knownProducers(PartitionLog partition) {
        return partition.loadProducers(clock, options.producerExpirationMillis());
    }

    /// The loop that writes the partition.
    WriteLoop loopOf(PartitionLog partition) {
        return partition.config().durability() == Durability.FSYNC ? fsyncLoop : osLoop;
    }
}
