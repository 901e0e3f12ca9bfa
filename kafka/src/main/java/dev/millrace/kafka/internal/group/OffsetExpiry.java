package dev.millrace.kafka.internal.group;

import dev.millrace.log.LogRecord;
import dev.millrace.log.TopicDescription;
import dev.millrace.log.TopicPartition;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Forgets the offsets that nobody needs any more, and groups of which nothing is left: offsets of
/// deleted topics at once, others one retention after
///
/// - the last member went, where the group has had members,
/// - the commit, where it never had any, and for topics that no member reads any more.
///
/// Of a group whose topics are not known, nothing is forgotten while it has members.
final class OffsetExpiry implements Runnable {
    private static final System.Logger LOG = System.getLogger("dev.millrace.kafka");

    private final Groups groups;
    private final TopicLookup topics;
    private final long retentionMillis;

    OffsetExpiry(Groups groups, TopicLookup topics) {
        this.groups = groups;
        this.topics = topics;
        this.retentionMillis = groups.options().retentionMillis();
    }

    @Override
    public void run() {
        for (Group group : groups.all()) {
            try {
                synchronized (group) {
                    expire(group);
                }
            } catch (RuntimeException e) {
                LOG.log(
                        System.Logger.Level.WARNING,
                        "the offsets of group {0} could not be looked through: {1}",
                        group.id(),
                        e.getMessage());
            }
        }
    }

    private void expire(Group group) {
        boolean isOver = group.is(GroupState.EMPTY) && group.invitedCount() == 0;
        if (group.is(GroupState.DEAD) || !group.lastWrite().isDone()) {
            return; // what is on its way may be newer than what is read here
        }
        StoredGroup stored = groups.stored(group);
        Map<TopicPartition, CommittedOffset> offsets = stored == null ? Map.of() : stored.offsets();
        List<LogRecord> gone = new ArrayList<>();
        Optional<Set<String>> read = Subscriptions.of(group);
        offsets.forEach(
                (of, offset) -> {
                    if (isOver(group, of, offset, read)) {
                        gone.add(Tombstones.offset(group, of, groups));
                    }
                });
        if (isOver && gone.size() == offsets.size()) {
            var _ = groups.delete(group);
        } else if (!gone.isEmpty()) {
            var _ = groups.write(group, gone);
        }
    }

    private boolean isOver(
            Group group, TopicPartition of, CommittedOffset offset, Optional<Set<String>> read) {
        TopicDescription topic = topics.find(of.topic());
        if (topic == null || !offset.isOf(topic.id())) {
            return true;
        }
        long now = groups.timers().epochMillis();
        if (offset.expireMillis() >= 0) {
            return now >= offset.expireMillis();
        }
        boolean inUse = read.isEmpty() || read.get().contains(of.topic());
        if (inUse) {
            return false;
        }
        boolean hadMembers = group.is(GroupState.EMPTY) && group.protocolType() != null;
        long since =
                hadMembers
                        ? Math.max(group.stateMillis(), offset.commitMillis())
                        : offset.commitMillis();
        return now - since >= retentionMillis;
    }
}
