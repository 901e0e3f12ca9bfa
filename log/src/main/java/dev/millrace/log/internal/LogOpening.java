package dev.millrace.log.internal;

import dev.millrace.log.Durability;
import dev.millrace.log.LogException;
import dev.millrace.log.LogOptions;
import dev.millrace.log.LogRecord;
import dev.millrace.log.TopicConfig;
import dev.millrace.log.TopicDescription;
import dev.millrace.log.TopicPartition;
import dev.millrace.log.internal.JournalFormat.PartitionKey;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// Opens a log: directory, journal, the definitions in `__topics`, then every partition; and leaves
/// a checkpoint behind, so that the journal of before is not needed any more.
final class LogOpening {
    private final Storage storage;
    private final LogOptions options;
    private final LogDirectory directory;
    private final RecoveryLog log = new RecoveryLog();
    private final Map<String, Topic> topics = new TreeMap<>();
    private final Set<UUID> deleted = new HashSet<>();
    private List<JournalContents.File> journalFiles = List.of();
    private boolean clean;
    private boolean pageCacheKept;
    private Journal journal;

    @SuppressWarnings("NullAway.Init") // open() gives the journal before anybody sees this
    private LogOpening(Storage storage, LogOptions options, LogDirectory directory) {
        this.storage = storage;
        this.options = options;
        this.directory = directory;
    }

    static LogOpening open(Storage storage, Path root, LogOptions options) throws IOException {
        LogDirectory directory = LogDirectory.open(storage, root);
        LogOpening opening = new LogOpening(storage, options, directory);
        try (Arena arena = Arena.ofShared()) {
            opening.recover(arena);
            return opening;
        } catch (IOException | RuntimeException e) {
            opening.letGo();
            throw e;
        }
    }

    /// Closes what a failed opening has opened.
    private void letGo() throws IOException {
        try (directory) {
            for (JournalContents.File file : journalFiles) {
                file.file().close();
            }
            for (Topic topic : topics.values()) {
                topic.partitions().forEach(PartitionLog::abandon);
            }
        }
    }

    LogDirectory directory() {
        return directory;
    }

    Journal journal() {
        return journal;
    }

    Map<String, Topic> topics() {
        return topics;
    }

    RecoveryLog log() {
        return log;
    }

    boolean clean() {
        return clean;
    }

    private void recover(Arena arena) throws IOException {
        long logId = directory.logId().getLeastSignificantBits();
        pageCacheKept = directory.pageCacheKept();
        JournalContents contents = JournalReader.read(storage, directory.journal(), logId, arena);
        journalFiles = contents.files();
        contents.damage().forEach(log::journal);
        contents.tornGroups().forEach(log::journal);
        PartitionLog definitions = recoverPartition(TopicDefinition.TOPICS, 0, contents);
        boolean fresh = contents.lastSequence() == 0 && definitions.highWaterMark() == 0;
        if (contents.lastSequence() == 0 && definitions.highWaterMark() > 0) {
            log.journal("journal: there is none; every segment was checked instead");
        }
        journal = Journal.open(storage, directory.journal(), logId, options, contents);
        settleDefinitions(definitions.end(), contents);
        topics.put(
                TopicDefinition.TOPICS.name(),
                new Topic(effective(storage, TopicDefinition.TOPICS), List.of(definitions)));
        for (TopicDescription topic : readDefinitions(definitions).values()) {
            List<PartitionLog> partitions = new ArrayList<>();
            for (int i = 0; i < topic.partitions(); i++) {
                partitions.add(recoverPartition(topic, i, contents));
            }
            topics.put(topic.name(), new Topic(effective(storage, topic), partitions));
        }
        tidyDirectories();
        clean = contents.clean() && !log.writtenSinceClose || fresh && log.tornTails.isEmpty();
        if (!clean) {
            journal.checkpoint(ends(), journal.lastSequence() + 1, false);
        }
        if (!pageCacheKept) {
            directory.noteBoot();
        }
    }

    /// Has the journal tell of the definitions that are believed, before anything is deleted
    /// because of them: they may stand in groups that were never forced, or that are torn, and an
    /// opening that comes after a crash in this one must not believe otherwise.
    private void settleDefinitions(PartitionEnd end, JournalContents contents) throws IOException {
        if (contents.clean() || !contents.isSound()) {
            return;
        }
        for (JournalContents.File file : contents.files()) {
            file.file().force();
        }
        Map<PartitionKey, PartitionEnd> forced = new HashMap<>(contents.forced());
        forced.put(new PartitionKey(TopicDefinition.TOPICS.id(), 0), end);
        journal.checkpoint(forced, contents.firstNeeded(), false);
    }

    /// Nothing in a log that lives in memory is more durable than that.
    static TopicDescription effective(Storage storage, TopicDescription topic) {
        if (storage.persistent()) {
            return topic;
        }
        return new TopicDescription(
                topic.name(),
                topic.id(),
                topic.partitions(),
                topic.config().with("durability", Durability.MEMORY.key()));
    }

    private PartitionLog recoverPartition(
            TopicDescription topic, int number, JournalContents contents) throws IOException {
        TopicPartition id = new TopicPartition(topic.name(), number);
        Path path = directory.partition(id);
        if (!storage.exists(path)) {
            storage.createDirectories(path);
        }
        UUID found = directory.topicId(path);
        if (!topic.id().equals(found)) {
            // lost or damaged: a new partition never takes over a directory that was there
            directory.writeTopicId(path, topic.id());
        }
        TopicConfig config = effective(storage, topic).config();
        return new PartitionRecovery(storage, path, id, config, pageCacheKept, log)
                .recover(topic.id(), contents);
    }

    private Map<String, TopicDescription> readDefinitions(PartitionLog definitions) {
        Map<String, TopicDescription> live = new TreeMap<>();
        try (PartitionCursor cursor =
                new PartitionCursor(definitions, false, definitions.earliestOffset())) {
            while (cursor.next()) {
                LogRecord record = cursor.record().copy();
                byte[] key = record.key();
                byte[] value = record.value();
                if (key == null) {
                    continue;
                }
                String name = new String(key, StandardCharsets.UTF_8);
                TopicDescription before =
                        value == null
                                ? live.remove(name)
                                : live.put(name, TopicDefinition.decode(name, value));
                if (before != null && !isTopic(live.get(name), before.id())) {
                    deleted.add(before.id());
                }
            }
        } catch (LogException e) {
            throw new LogException(
                    e.code(),
                    "the definitions of topics cannot be read, so the log was not opened: %s%s"
                            .formatted(
                                    e.getMessage(),
                                    log.journalDamage.isEmpty() ? "" : "; " + log.journalDamage),
                    e);
        }
        return live;
    }

    private static boolean isTopic(@Nullable TopicDescription topic, UUID id) {
        return topic != null && topic.id().equals(id);
    }

    /// Takes away what is left of deleted topics; leaves alone, and reports, what belongs to none.
    private void tidyDirectories() throws IOException {
        Set<String> known = new HashSet<>();
        for (Topic topic : topics.values()) {
            topic.partitions().forEach(p -> known.add(p.id().toString()));
        }
        for (String name : storage.list(directory.partitions())) {
            if (known.contains(name)) {
                continue;
            }
            Path path = directory.partitions().resolve(name);
            UUID id = directory.topicId(path);
            if (name.endsWith(LogDirectory.DELETED)
                    || id != null && deleted.contains(id)
                    || isEmpty(path)) {
                directory.deletePartition(path);
            } else {
                log.orphan(path.toString());
            }
        }
    }

    /// Whether a partition's directory has no record: that of a topic that was never defined.
    private boolean isEmpty(Path partitionDirectory) throws IOException {
        for (String name : storage.list(partitionDirectory)) {
            if (!name.endsWith(Segment.LOG)) {
                continue;
            }
            try (StorageFile file = storage.open(partitionDirectory.resolve(name))) {
                if (file.size() > 0) {
                    return false;
                }
            }
        }
        return directory.topicId(partitionDirectory) != null;
    }

    private Map<PartitionKey, PartitionEnd> ends() {
        Map<PartitionKey, PartitionEnd> ends = new HashMap<>();
        for (Topic topic : topics.values()) {
            for (PartitionLog partition : topic.partitions()) {
                ends.put(
                        new PartitionKey(partition.topicId(), partition.id().partition()),
                        partition.end());
            }
        }
        return ends;
    }
}
