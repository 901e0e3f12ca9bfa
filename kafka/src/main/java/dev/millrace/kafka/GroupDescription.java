package dev.millrace.kafka;

import dev.millrace.log.TopicPartition;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A consumer group: who is in it, and how far it is.
///
/// @param id as consumers name it: `group.id`
/// @param state as in [GroupListing]
/// @param protocolType as in [GroupListing]
/// @param protocol what the members share the work out by, `range` say; empty where the group is
///   not stable
/// @param members in the order in which they joined
/// @param offsets in order of topic and partition
public record GroupDescription(
        String id,
        String state,
        String protocolType,
        String protocol,
        List<Member> members,
        List<Offset> offsets) {

    /// A member of a group.
    ///
    /// @param id given by the server
    /// @param instanceId of a static member, its `group.instance.id`; else null
    /// @param clientId its `client.id`
    /// @param host where it connects from
    /// @param assigned the partitions that it reads, in order; none where the group is not stable,
    ///   or is not one of consumers
    public record Member(
            String id,
            @Nullable String instanceId,
            String clientId,
            String host,
            List<TopicPartition> assigned) {}

    /// How far a group is in a partition.
    ///
    /// @param offset of the next record that it wants
    /// @param endOffset of the next record that will be appended
    /// @param metadata what was said with the commit; may be empty
    /// @param committedAtMillis when it was committed, in milliseconds since the epoch
    public record Offset(
            TopicPartition partition,
            long offset,
            long endOffset,
            String metadata,
            long committedAtMillis) {

        /// How many offsets the partition is ahead of the group; none where it is the group that is
        /// ahead.
        public long lag() {
            return Math.max(0, endOffset - offset);
        }
    }
}
