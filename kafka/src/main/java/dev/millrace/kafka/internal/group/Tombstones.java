package dev.millrace.kafka.internal.group;

import dev.millrace.log.LogRecord;
import dev.millrace.log.TopicPartition;
import java.util.List;

/// Records that delete what records of a group said.
final class Tombstones {
    private Tombstones() {}

    static LogRecord offset(Group group, TopicPartition of, Groups groups) {
        return new LogRecord(
                groups.timers().epochMillis(),
                OffsetCommitFormat.key(group.id(), of.topic(), of.partition()),
                null,
                List.of());
    }

    static LogRecord group(Group group, Groups groups) {
        return new LogRecord(
                groups.timers().epochMillis(),
                GroupMetadataFormat.key(group.id()),
                null,
                List.of());
    }
}
