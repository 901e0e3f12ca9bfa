package dev.millrace.kafka.internal.group;

import dev.millrace.kafka.internal.protocol.Caller;
import dev.millrace.kafka.internal.protocol.Handler;
import org.apache.kafka.common.message.HeartbeatRequestData;
import org.apache.kafka.common.message.HeartbeatResponseData;
import org.apache.kafka.common.protocol.Errors;

/// Answers Heartbeat: the member lives, and learns whether it has to join again.
final class Heartbeat implements Handler<HeartbeatRequestData> {
    private final Groups groups;

    Heartbeat(Groups groups) {
        this.groups = groups;
    }

    @Override
    public HeartbeatResponseData answer(HeartbeatRequestData request, Caller caller) {
        return new HeartbeatResponseData().setErrorCode(beat(request).code());
    }

    private Errors beat(HeartbeatRequestData request) {
        if (request.groupId().isEmpty()) {
            return Errors.INVALID_GROUP_ID;
        }
        Group group = groups.find(request.groupId());
        if (group == null) {
            return groups.missing(Errors.UNKNOWN_MEMBER_ID);
        }
        synchronized (group) {
            if (group.is(GroupState.DEAD)) {
                return Errors.COORDINATOR_NOT_AVAILABLE;
            }
            Errors stranger = group.check(request.memberId(), request.groupInstanceId());
            Member member = group.member(request.memberId());
            if (stranger != Errors.NONE || member == null) {
                return stranger;
            }
            if (request.generationId() != group.generation()) {
                return Errors.ILLEGAL_GENERATION;
            }
            groups.rebalancing().beat(group, member);
            return group.is(GroupState.PREPARING) ? Errors.REBALANCE_IN_PROGRESS : Errors.NONE;
        }
    }
}
