package dev.millrace.kafka;

import dev.millrace.log.LogException;
import dev.millrace.log.OffsetOutOfRangeException;
import dev.millrace.log.TopicPartition;
import java.util.List;
import java.util.Set;

/// The consumer groups of a log that is served: which there are, how far each is, and changes of
/// that while a group has no members.
///
/// Changes are durable when their method returns. All methods may be called from any thread, and
/// throw a [LogException]: `closed` where the server is closing, `unavailable` where a change could
/// not be written.
public interface ConsumerGroups {

    /// All groups, in order of id.
    List<GroupListing> list();

    /// The state, the members and the offsets of a group.
    ///
    /// @throws LogException `unknown-group`
    GroupDescription describe(String group);

    /// Deletes a group with all its offsets.
    ///
    /// @throws LogException `unknown-group`, or `group-not-empty` while it has members
    void delete(String group);

    /// Has a group go on elsewhere: sets its offset of each of these partitions, all or none.
    /// Whether it had one there before does not matter.
    ///
    /// @return the offsets that were set, in order of topic and partition
    /// @throws OffsetOutOfRangeException where an offset is not one that can be read in each of the
    ///   partitions
    /// @throws LogException `unknown-group`, `group-not-empty` while it has members, or
    ///   `unknown-topic`
    List<GroupDescription.Offset> resetOffsets(
            String group, Set<TopicPartition> partitions, OffsetSpec to);

    /// Forgets a group's offsets of these partitions, all or none: a consumer begins there as its
    /// `auto.offset.reset` says. Partitions in which the group has none are passed over.
    ///
    /// @throws LogException `unknown-group`, or `group-not-empty` while it has members
    void deleteOffsets(String group, Set<TopicPartition> partitions);
}
