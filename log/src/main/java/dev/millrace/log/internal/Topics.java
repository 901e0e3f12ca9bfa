package dev.millrace.log.internal;

import dev.millrace.log.CleaningReport;
import dev.millrace.log.Durability;
import dev.millrace.log.LogException;
import dev.millrace.log.LogException.Code;
import dev.millrace.log.LogRecord;
import dev.millrace.log.RecordBatch;
import dev.millrace.log.TopicDescription;
import dev.millrace.log.TopicPartition;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// The topics there are. What makes a topic is its definition in `__topics`; directories follow it,
/// and are made again or taken away at opening where a crash came between.
///
/// Any number of threads look up; creating, altering and deleting take turns.
final class Topics {
    private final Storage storage;
    private final LogDirectory directory;
    private final ConcurrentSkipListMap<String, Topic> topics;
    private final UnaryOperator<PendingAppend> submit;
    private final WriteLoop fsyncLoop;
    private final WriteLoop osLoop;

    /// Whether there may be directories left of a topic that was deleted.
    private boolean untidy;

    Topics(
            Storage storage,
            LogDirectory directory,
            Map<String, Topic> found,
            UnaryOperator<PendingAppend> submit,
            WriteLoop fsyncLoop,
            WriteLoop osLoop) {
        this.storage = storage;
        this.directory = directory;
        this.topics = new ConcurrentSkipListMap<>(found);
        this.submit = submit;
        this.fsyncLoop = fsyncLoop;
        this.osLoop = osLoop;
    }

    /// In order of name.
    Collection<Topic> all() {
        return topics.values();
    }

    boolean exists(String name) {
        return topics.containsKey(name);
    }

    Topic get(String name) {
        Topic topic = topics.get(name);
        if (topic == null) {
            throw new LogException(Code.UNKNOWN_TOPIC, "there is no topic '%s'".formatted(name));
        }
        return topic;
    }

    synchronized TopicDescription create(TopicDescription asked) {
        TopicDescription description = LogOpening.effective(storage, asked);
        if (topics.containsKey(description.name())) {
            throw new LogException(
                    Code.TOPIC_EXISTS, "topic '%s' exists already".formatted(description.name()));
        }
        topics.put(description.name(), new Topic(description, makeAndDefine(description, 0)));
        return description;
    }

    synchronized TopicDescription alter(
            String name, Map<String, String> changes, Set<String> toDefault) {
        Topic topic = get(name);
        TopicDescription now = topic.description();
        TopicDescription altered =
                LogOpening.effective(
                        storage,
                        new TopicDescription(
                                name,
                                now.id(),
                                now.partitions(),
                                now.config().with(changes, toDefault)));
        if (altered.config().durability() != now.config().durability()) {
            throw new LogException(
                    Code.INVALID_CONFIG,
                    "topic '%s' keeps its durability, %s: create another topic with durability %s, and copy the records"
                            .formatted(
                                    name,
                                    now.config().durability().key(),
                                    altered.config().durability().key()));
        }
        if (!altered.equals(now)) {
            define(name, TopicDefinition.encode(altered));
            topic.alter(altered);
        }
        return altered;
    }

    /// Directories come first, as at creation: those of partitions that were never defined are
    /// taken away at opening, and those that a loss of power took are made again.
    synchronized TopicDescription addPartitions(String name, int totalCount) {
        Topic topic = get(name);
        TopicDescription now = topic.description();
        if (totalCount <= now.partitions()) {
            throw new LogException(
                    Code.INVALID_CONFIG,
                    "topic '%s' has %d partitions and can only have more, not %d"
                            .formatted(name, now.partitions(), totalCount));
        }
        TopicDefinition.checkPartitions(name, totalCount);
        TopicDescription grown = new TopicDescription(name, now.id(), totalCount, now.config());
        topic.grow(grown, makeAndDefine(grown, now.partitions()));
        return grown;
    }

    /// Makes the partitions from number `first` on, and defines the topic with them.
    private List<PartitionLog> makeAndDefine(TopicDescription topic, int first) {
        List<PartitionLog> made = new ArrayList<>();
        try {
            for (int i = first; i < topic.partitions(); i++) {
                made.add(createPartition(storage, directory, topic, i));
            }
            define(topic.name(), TopicDefinition.encode(topic));
            return made;
        } catch (IOException e) {
            made.forEach(PartitionLog::abandon);
            throw failed("making partitions of", topic.name(), e);
        } catch (RuntimeException e) {
            made.forEach(PartitionLog::abandon);
            throw e;
        }
    }

    /// Makes the directory of a new partition, not forced: recovery makes it again.
    static PartitionLog createPartition(
            Storage storage, LogDirectory directory, TopicDescription topic, int number)
            throws IOException {
        TopicPartition id = new TopicPartition(topic.name(), number);
        Path path = directory.partition(id);
        directory.makeWay(path);
        storage.createDirectories(path);
        directory.writeTopicId(path, topic.id());
        LeaderEpochs epochs = LeaderEpochs.initial();
        epochs.writeLazily(storage, path);
        Segment first = Segment.create(storage, path, 0, topic.config().indexIntervalBytes());
        return PartitionLog.fresh(id, topic.id(), topic.config(), storage, path, epochs, first);
    }

    synchronized void delete(String name) {
        Topic topic = get(name);
        untidy = true; // until it is done
        define(name, null);
        topics.remove(name);
        LogException gone =
                new LogException(Code.UNKNOWN_TOPIC, "topic '%s' was deleted".formatted(name));
        WriteLoop loop =
                topic.description().config().durability() == Durability.FSYNC ? fsyncLoop : osLoop;
        CompletableFuture<Boolean> closed = new CompletableFuture<>();
        topic.partitions().forEach(partition -> partition.markGone(gone));
        loop.execute(
                () -> {
                    try {
                        topic.partitions().forEach(PartitionLog::abandon);
                    } finally {
                        closed.complete(true);
                    }
                });
        closed.join();
        try {
            for (PartitionLog partition : topic.partitions()) {
                partition.cleaner().awaitEnd();
                directory.deletePartition(partition.directory());
            }
            untidy = false;
        } catch (IOException e) {
            throw failed("deleting the files of", name, e);
        }
    }

    /// Cleans the definitions while no topic comes or goes, and while every directory of a deleted
    /// topic is known to be gone: that it is, or was, deleted is told by the very definition that
    /// compaction takes away. Else does nothing, and the next opening tidies up.
    synchronized CleaningReport whileTidy(DefinitionCleaning cleaning) throws IOException {
        return untidy ? CleaningReport.NONE : cleaning.run();
    }

    /// See [#whileTidy].
    interface DefinitionCleaning {
        CleaningReport run() throws IOException;
    }

    private void define(String name, byte @Nullable [] definition) {
        Topic definitions = get(TopicDefinition.TOPICS.name());
        byte[] key = name.getBytes(StandardCharsets.UTF_8);
        RecordBatch batch =
                RecordBatch.of(
                        new LogRecord(System.currentTimeMillis(), key, definition, List.of()));
        PendingAppend append = new PendingAppend(definitions.partition(0), batch);
        append.markOurs();
        try {
            submit.apply(append).join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof LogException cause) {
                throw new LogException(cause.code(), String.valueOf(cause.getMessage()), cause);
            }
            throw e;
        }
    }

    private static LogException failed(String doing, String name, IOException e) {
        return DiskSpace.isFull(e)
                ? DiskSpace.full(doing + " topic '" + name + "' failed", e)
                : new LogException(Code.IO, doing + " topic '%s' failed: %s".formatted(name, e), e);
    }
}
