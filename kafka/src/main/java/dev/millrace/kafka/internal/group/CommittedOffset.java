package dev.millrace.kafka.internal.group;

import java.util.UUID;

/// How far a group is in one partition.
///
/// @param offset of the next record that it wants
/// @param leaderEpoch of the record before; -1 where the client did not say
/// @param metadata the client's own words; never null
/// @param commitMillis when it was committed, in milliseconds since the epoch
/// @param expireMillis when it is over, as old clients may ask; -1 where the server's retention
///   decides
/// @param topicId of the topic that was meant; [#NO_TOPIC_ID] where the record does not say
record CommittedOffset(
        long offset,
        int leaderEpoch,
        String metadata,
        long commitMillis,
        long expireMillis,
        UUID topicId) {

    static final UUID NO_TOPIC_ID = new UUID(0, 0);

    /// Whether it was committed for this topic, and not for one of its name that was deleted.
    boolean isOf(UUID topic) {
        return topicId.equals(NO_TOPIC_ID) || topicId.equals(topic);
    }
}
