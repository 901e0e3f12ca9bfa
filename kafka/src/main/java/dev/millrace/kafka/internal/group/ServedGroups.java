package dev.millrace.kafka.internal.group;

import dev.millrace.kafka.ConsumerGroups;
import dev.millrace.kafka.GroupDescription;
import dev.millrace.kafka.GroupListing;
import dev.millrace.kafka.OffsetSpec;
import dev.millrace.log.EventLog;
import dev.millrace.log.LogException;
import dev.millrace.log.LogException.Code;
import dev.millrace.log.LogRecord;
import dev.millrace.log.OffsetOutOfRangeException;
import dev.millrace.log.TopicDescription;
import dev.millrace.log.TopicPartition;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.protocol.Errors;

/// The groups of a server, for those who ask in Java.
final class ServedGroups implements ConsumerGroups {
    private final EventLog log;
    private final Groups groups;
    private final TopicLookup topics;

    ServedGroups(EventLog log, Groups groups, TopicLookup topics) {
        this.log = log;
        this.groups = groups;
        this.topics = topics;
    }

    @Override
    public List<GroupListing> list() {
        if (groups.missing(Errors.NONE) != Errors.NONE) {
            throw closing();
        }
        return groups.all().stream()
                .map(DescribedGroups::listing)
                .filter(group -> !group.state().equals(GroupState.DEAD.key()))
                .sorted(Comparator.comparing(GroupListing::id))
                .toList();
    }

    @Override
    public GroupDescription describe(String id) {
        return DescribedGroups.describe(find(id), offsets(id));
    }

    private List<GroupDescription.Offset> offsets(String id) {
        StoredGroup stored = groups.store().groups().get(id);
        List<GroupDescription.Offset> offsets = new ArrayList<>();
        if (stored == null) {
            return offsets;
        }
        stored.offsets()
                .forEach(
                        (of, offset) -> {
                            TopicDescription topic = topics.find(of.topic());
                            if (topic != null && offset.isOf(topic.id())) {
                                addUnlessDeleted(offsets, of, offset);
                            } // else it was meant for a topic that was deleted
                        });
        offsets.sort(
                Comparator.comparing(GroupDescription.Offset::partition, DescribedGroups.IN_ORDER));
        return offsets;
    }

    private void addUnlessDeleted(
            List<GroupDescription.Offset> offsets, TopicPartition of, CommittedOffset offset) {
        try {
            offsets.add(describe(of, offset));
        } catch (LogException e) {
            if (e.code() != Code.UNKNOWN_TOPIC) {
                throw e;
            } // it was deleted meanwhile
        }
    }

    private GroupDescription.Offset describe(TopicPartition of, CommittedOffset offset) {
        return new GroupDescription.Offset(
                of,
                offset.offset(),
                log.latestOffset(of),
                offset.metadata(),
                offset.commitMillis());
    }

    @Override
    public void delete(String id) {
        Errors error = new DeleteGroups(groups).delete(id);
        switch (error) {
            case NONE -> {}
            case GROUP_ID_NOT_FOUND -> throw unknown(id);
            case NON_EMPTY_GROUP -> throw notEmpty(find(id));
            default -> throw failure(error);
        }
    }

    @Override
    public List<GroupDescription.Offset> resetOffsets(
            String id, Set<TopicPartition> partitions, OffsetSpec to) {
        Group group = find(id);
        long now = groups.timers().epochMillis();
        List<GroupDescription.Offset> set = new ArrayList<>();
        List<LogRecord> records = new ArrayList<>();
        for (TopicPartition of : partitions.stream().sorted(DescribedGroups.IN_ORDER).toList()) {
            TopicDescription topic = log.describeTopic(of.topic());
            CommittedOffset offset =
                    new CommittedOffset(resolve(of, to), -1, "", now, -1, topic.id());
            records.add(OffsetCommitFormat.record(id, of, offset));
            set.add(describe(of, offset));
        }
        write(group, records);
        return set;
    }

    private long resolve(TopicPartition of, OffsetSpec to) {
        return switch (to) {
            case OffsetSpec.Earliest _ -> log.earliestOffset(of);
            case OffsetSpec.Latest _ -> log.latestOffset(of);
            case OffsetSpec.AtTime(long millis) ->
                    log.offsetForTime(of, millis).orElseGet(() -> log.latestOffset(of));
            case OffsetSpec.At(long offset) -> {
                long earliest = log.earliestOffset(of);
                long latest = log.latestOffset(of);
                if (offset < earliest || offset > latest) {
                    throw new OffsetOutOfRangeException(of, offset, earliest, latest);
                }
                yield offset;
            }
        };
    }

    @Override
    public void deleteOffsets(String id, Set<TopicPartition> partitions) {
        Group group = find(id);
        write(
                group,
                partitions.stream()
                        .sorted(DescribedGroups.IN_ORDER)
                        .map(of -> Tombstones.offset(group, of, groups))
                        .toList());
    }

    /// Writes records of a group without members.
    private void write(Group group, List<LogRecord> records) {
        CompletableFuture<Errors> written;
        synchronized (group) {
            if (group.is(GroupState.DEAD)) {
                throw unknown(group.id());
            }
            if (!group.is(GroupState.EMPTY)) {
                throw notEmpty(group);
            }
            if (records.isEmpty()) {
                return;
            }
            written = groups.write(group, records);
        }
        Errors error = Groups.await(written, Errors.COORDINATOR_NOT_AVAILABLE);
        if (error != Errors.NONE) {
            throw failure(error);
        }
    }

    private Group find(String id) {
        Group group = groups.find(id);
        if (group != null) {
            return group;
        }
        throw groups.missing(Errors.NONE) == Errors.NONE ? unknown(id) : closing();
    }

    private static LogException unknown(String id) {
        return new LogException(Code.UNKNOWN_GROUP, "there is no group '%s'".formatted(id));
    }

    private static LogException notEmpty(Group group) {
        synchronized (group) {
            return new LogException(
                    Code.GROUP_NOT_EMPTY,
                    "group '%s' has members (%d, state %s), and its offsets are theirs: stop them, and try again"
                            .formatted(group.id(), group.size(), group.state().key()));
        }
    }

    private LogException failure(Errors error) {
        return groups.missing(Errors.NONE) != Errors.NONE
                ? closing()
                : new LogException(
                        Code.UNAVAILABLE,
                        "records of the group could not be written to %s: %s. The server's log says why"
                                .formatted(OffsetsTopic.PARTITION, error));
    }

    private static LogException closing() {
        return new LogException(Code.CLOSED, "the server is closing");
    }
}
