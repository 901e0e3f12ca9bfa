package dev.millrace.kafka.internal.group;

import dev.millrace.kafka.internal.protocol.Caller;
import dev.millrace.kafka.internal.protocol.Handler;
import dev.millrace.log.LogRecord;
import dev.millrace.log.TopicDescription;
import dev.millrace.log.TopicPartition;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.message.OffsetCommitRequestData;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestPartition;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestTopic;
import org.apache.kafka.common.message.OffsetCommitResponseData;
import org.apache.kafka.common.message.OffsetCommitResponseData.OffsetCommitResponsePartition;
import org.apache.kafka.common.message.OffsetCommitResponseData.OffsetCommitResponseTopic;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/// Answers OffsetCommit: the offsets are durable, and [OffsetFetch] knows them, when it does.
///
/// Members commit in their generation. Whoever is no member (an administrator, or a consumer that
/// assigns its partitions itself) commits while the group has none.
final class OffsetCommit implements Handler<OffsetCommitRequestData> {
    /// From here on a group that is not there has an error of its own.
    private static final short WITH_GROUP_NOT_FOUND = 9;

    private final Groups groups;
    private final TopicLookup topics;

    OffsetCommit(Groups groups, TopicLookup topics) {
        this.groups = groups;
        this.topics = topics;
    }

    @Override
    public OffsetCommitResponseData answer(OffsetCommitRequestData request, Caller caller) {
        return Groups.await(
                begin(request, caller.version()),
                refuse(request, Errors.COORDINATOR_NOT_AVAILABLE));
    }

    CompletableFuture<OffsetCommitResponseData> begin(
            OffsetCommitRequestData request, short version) {
        boolean isMember = request.generationIdOrMemberEpoch() >= 0;
        Group group =
                isMember ? groups.find(request.groupId()) : groups.findOrCreate(request.groupId());
        if (group == null) {
            Errors missing =
                    !isMember
                            ? Errors.GROUP_MAX_SIZE_REACHED
                            : version >= WITH_GROUP_NOT_FOUND
                                    ? Errors.GROUP_ID_NOT_FOUND
                                    : Errors.ILLEGAL_GENERATION;
            return CompletableFuture.completedFuture(refuse(request, groups.missing(missing)));
        }
        List<OffsetCommitResponseTopic> results = new ArrayList<>();
        List<LogRecord> records = records(request, results);
        synchronized (group) {
            Errors refusal = check(group, request);
            if (refusal != Errors.NONE) {
                return CompletableFuture.completedFuture(refuse(request, refusal));
            }
            Member member = group.member(request.memberId());
            if (member != null) {
                groups.rebalancing().beat(group, member);
            }
            OffsetCommitResponseData committed = new OffsetCommitResponseData().setTopics(results);
            if (records.isEmpty()) {
                return CompletableFuture.completedFuture(committed);
            }
            return groups.write(group, records)
                    .thenApply(
                            error ->
                                    error == Errors.NONE
                                            ? committed
                                            : refuse(request, forCommit(error)));
        }
    }

    private static Errors forCommit(Errors error) {
        return error == Errors.UNKNOWN_SERVER_ERROR ? Errors.INVALID_COMMIT_OFFSET_SIZE : error;
    }

    /// Why this client may not commit now.
    private static Errors check(Group group, OffsetCommitRequestData request) {
        int generation = request.generationIdOrMemberEpoch();
        if (group.is(GroupState.DEAD)) {
            return Errors.COORDINATOR_NOT_AVAILABLE;
        }
        if (generation < 0 && group.is(GroupState.EMPTY)) {
            return Errors.NONE;
        }
        if (generation < 0 && request.memberId().isEmpty() && request.groupInstanceId() == null) {
            return Errors.UNKNOWN_MEMBER_ID;
        }
        Errors stranger = group.check(request.memberId(), request.groupInstanceId());
        if (stranger != Errors.NONE) {
            return stranger;
        }
        if (generation != group.generation()) {
            return Errors.ILLEGAL_GENERATION;
        }
        return group.is(GroupState.COMPLETING) ? Errors.REBALANCE_IN_PROGRESS : Errors.NONE;
    }

    /// The records of what can be committed.
    ///
    /// @param results gets an entry for each partition
    private List<LogRecord> records(
            OffsetCommitRequestData request, List<OffsetCommitResponseTopic> results) {
        long now = groups.timers().epochMillis();
        long expires = request.retentionTimeMs() < 0 ? -1 : now + request.retentionTimeMs();
        List<LogRecord> records = new ArrayList<>();
        for (OffsetCommitRequestTopic asked : request.topics()) {
            TopicDescription topic = topics.find(asked.name());
            OffsetCommitResponseTopic result =
                    new OffsetCommitResponseTopic().setName(asked.name());
            for (OffsetCommitRequestPartition partition : asked.partitions()) {
                Errors error = check(topic, partition);
                result.partitions().add(response(partition, error));
                if (error == Errors.NONE && topic != null) {
                    CommittedOffset offset = offset(partition, now, expires, topic);
                    TopicPartition of =
                            new TopicPartition(topic.name(), partition.partitionIndex());
                    records.add(OffsetCommitFormat.record(request.groupId(), of, offset));
                }
            }
            results.add(result);
        }
        return records;
    }

    private Errors check(@Nullable TopicDescription topic, OffsetCommitRequestPartition partition) {
        if (topic == null
                || partition.partitionIndex() < 0
                || partition.partitionIndex() >= topic.partitions()) {
            return Errors.UNKNOWN_TOPIC_OR_PARTITION;
        }
        String metadata = partition.committedMetadata();
        return metadata != null
                        && metadata.getBytes(StandardCharsets.UTF_8).length
                                > groups.options().maxMetadataBytes()
                ? Errors.OFFSET_METADATA_TOO_LARGE
                : Errors.NONE;
    }

    private static CommittedOffset offset(
            OffsetCommitRequestPartition partition,
            long now,
            long expires,
            TopicDescription topic) {
        String metadata = partition.committedMetadata();
        return new CommittedOffset(
                partition.committedOffset(),
                partition.committedLeaderEpoch(),
                metadata == null ? "" : metadata,
                now,
                expires,
                topic.id());
    }

    private static OffsetCommitResponseData refuse(OffsetCommitRequestData request, Errors error) {
        OffsetCommitResponseData response = new OffsetCommitResponseData();
        for (OffsetCommitRequestTopic topic : request.topics()) {
            OffsetCommitResponseTopic result =
                    new OffsetCommitResponseTopic().setName(topic.name());
            topic.partitions().forEach(p -> result.partitions().add(response(p, error)));
            response.topics().add(result);
        }
        return response;
    }

    private static OffsetCommitResponsePartition response(
            OffsetCommitRequestPartition partition, Errors error) {
        return new OffsetCommitResponsePartition()
                .setPartitionIndex(partition.partitionIndex())
                .setErrorCode(error.code());
    }
}
