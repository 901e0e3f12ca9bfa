package dev.millrace.kafka.internal.group;

import dev.millrace.kafka.internal.protocol.Caller;
import dev.millrace.kafka.internal.protocol.Handler;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.message.LeaveGroupRequestData;
import org.apache.kafka.common.message.LeaveGroupRequestData.MemberIdentity;
import org.apache.kafka.common.message.LeaveGroupResponseData;
import org.apache.kafka.common.message.LeaveGroupResponseData.MemberResponse;
import org.apache.kafka.common.protocol.Errors;

/// Answers LeaveGroup: a member goes, or an administrator takes several out.
final class LeaveGroup implements Handler<LeaveGroupRequestData> {
    /// From here on a request names any number of members.
    private static final short WITH_MEMBERS = 3;

    private final Groups groups;

    LeaveGroup(Groups groups) {
        this.groups = groups;
    }

    @Override
    public LeaveGroupResponseData answer(LeaveGroupRequestData request, Caller caller) {
        if (request.groupId().isEmpty()) {
            return refuse(Errors.INVALID_GROUP_ID);
        }
        boolean many = caller.version() >= WITH_MEMBERS;
        List<MemberIdentity> leaving =
                many
                        ? request.members()
                        : List.of(new MemberIdentity().setMemberId(request.memberId()));
        Group group = groups.find(request.groupId());
        if (group == null && groups.missing(Errors.NONE) != Errors.NONE) {
            return refuse(Errors.COORDINATOR_NOT_AVAILABLE);
        }
        List<MemberResponse> left = new ArrayList<>();
        if (group == null) {
            leaving.forEach(member -> left.add(response(member, Errors.UNKNOWN_MEMBER_ID)));
        } else {
            synchronized (group) {
                if (group.is(GroupState.DEAD)) {
                    return refuse(Errors.COORDINATOR_NOT_AVAILABLE);
                }
                int before = group.size();
                leaving.forEach(member -> left.add(response(member, leave(group, member))));
                if (group.size() < before) {
                    groups.rebalancing().left(group);
                } else {
                    groups.rebalancing().completeIfAllJoined(group);
                }
            }
        }
        return many
                ? new LeaveGroupResponseData().setMembers(left)
                : new LeaveGroupResponseData().setErrorCode(left.getFirst().errorCode());
    }

    private static LeaveGroupResponseData refuse(Errors error) {
        return new LeaveGroupResponseData().setErrorCode(error.code());
    }

    private static MemberResponse response(MemberIdentity member, Errors error) {
        return new MemberResponse()
                .setMemberId(member.memberId())
                .setGroupInstanceId(member.groupInstanceId())
                .setErrorCode(error.code());
    }

    private Errors leave(Group group, MemberIdentity leaving) {
        boolean byInstance = leaving.memberId().isEmpty() && leaving.groupInstanceId() != null;
        if (!byInstance && group.uninvite(leaving.memberId())) {
            return Errors.NONE;
        }
        Errors stranger =
                byInstance
                        ? Errors.NONE
                        : group.check(leaving.memberId(), leaving.groupInstanceId());
        Member member =
                byInstance
                        ? group.instance(leaving.groupInstanceId())
                        : group.member(leaving.memberId());
        if (stranger != Errors.NONE || member == null) {
            return stranger == Errors.NONE ? Errors.UNKNOWN_MEMBER_ID : stranger;
        }
        groups.rebalancing().drop(group, member, "has left");
        return Errors.NONE;
    }
}
