package dev.millrace.kafka.internal.group;

import dev.millrace.kafka.internal.protocol.Caller;
import dev.millrace.kafka.internal.protocol.Handler;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.message.SyncGroupRequestData;
import org.apache.kafka.common.message.SyncGroupRequestData.SyncGroupRequestAssignment;
import org.apache.kafka.common.message.SyncGroupResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/// Answers SyncGroup: a member asks for its assignment, the leader brings everybody's. The answer
/// is there when the assignment is durable.
final class SyncGroup implements Handler<SyncGroupRequestData> {
    private final Groups groups;
    private final Rebalancing rebalancing;

    SyncGroup(Groups groups) {
        this.groups = groups;
        this.rebalancing = groups.rebalancing();
    }

    @Override
    public SyncGroupResponseData answer(SyncGroupRequestData request, Caller caller) {
        return Groups.await(begin(request), Answers.sync(Errors.COORDINATOR_NOT_AVAILABLE));
    }

    CompletableFuture<SyncGroupResponseData> begin(SyncGroupRequestData request) {
        if (request.groupId().isEmpty()) {
            return refuse(Errors.INVALID_GROUP_ID);
        }
        Group group = groups.find(request.groupId());
        if (group == null) {
            return refuse(groups.missing(Errors.UNKNOWN_MEMBER_ID));
        }
        synchronized (group) {
            Errors refusal = check(group, request);
            Member member = group.member(request.memberId());
            if (refusal != Errors.NONE || member == null) {
                return refuse(refusal);
            }
            return switch (group.state()) {
                case EMPTY, DEAD -> refuse(Errors.UNKNOWN_MEMBER_ID);
                case PREPARING -> refuse(Errors.REBALANCE_IN_PROGRESS);
                case COMPLETING -> await(group, member, request);
                case STABLE -> {
                    rebalancing.synced(group, member);
                    rebalancing.beat(group, member);
                    yield CompletableFuture.completedFuture(Answers.assignment(group, member));
                }
            };
        }
    }

    private static CompletableFuture<SyncGroupResponseData> refuse(Errors error) {
        return CompletableFuture.completedFuture(Answers.sync(error));
    }

    private static Errors check(Group group, SyncGroupRequestData request) {
        if (group.is(GroupState.DEAD)) {
            return Errors.COORDINATOR_NOT_AVAILABLE;
        }
        Errors stranger = group.check(request.memberId(), request.groupInstanceId());
        if (stranger != Errors.NONE) {
            return stranger;
        }
        if (request.generationId() != group.generation()) {
            return Errors.ILLEGAL_GENERATION;
        }
        return differs(request.protocolType(), group.protocolType())
                        || differs(request.protocolName(), group.protocol())
                ? Errors.INCONSISTENT_GROUP_PROTOCOL
                : Errors.NONE;
    }

    private static boolean differs(@Nullable String said, @Nullable String is) {
        return said != null && !said.equals(is);
    }

    private CompletableFuture<SyncGroupResponseData> await(
            Group group, Member member, SyncGroupRequestData request) {
        CompletableFuture<SyncGroupResponseData> answer = new CompletableFuture<>();
        member.syncs(answer);
        rebalancing.synced(group, member);
        if (group.isLeader(member)) {
            Map<String, byte[]> assignments = new HashMap<>();
            for (SyncGroupRequestAssignment each : request.assignments()) {
                assignments.put(each.memberId(), each.assignment());
            }
            rebalancing.assign(group, assignments);
        }
        return answer;
    }
}
