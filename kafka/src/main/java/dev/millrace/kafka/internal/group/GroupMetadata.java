package dev.millrace.kafka.internal.group;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// A group as its record says: what lets its members go on after a restart.
///
/// @param protocolType `consumer`, `connect`, …
/// @param protocol that was voted for; null where there are no members
/// @param leader a member's id; null where there are no members
/// @param stateMillis since when it has been in its state, in milliseconds since the epoch; -1
///   where the record does not say
record GroupMetadata(
        String protocolType,
        int generation,
        @Nullable String protocol,
        @Nullable String leader,
        long stateMillis,
        List<StoredMember> members) {

    /// A member of a stable generation.
    ///
    /// @param instanceId of a static member
    /// @param subscription what it said with the protocol that was voted for
    /// @param assignment what the leader gave it
    @SuppressWarnings("ArrayRecordComponent") // nobody compares them
    record StoredMember(
            String id,
            @Nullable String instanceId,
            String clientId,
            String clientHost,
            int rebalanceTimeoutMillis,
            int sessionTimeoutMillis,
            byte[] subscription,
            byte[] assignment) {}
}
