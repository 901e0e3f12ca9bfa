package dev.millrace.kafka.internal.group;

import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.message.JoinGroupResponseData;
import org.apache.kafka.common.message.JoinGroupResponseData.JoinGroupResponseMember;
import org.apache.kafka.common.message.SyncGroupResponseData;
import org.apache.kafka.common.protocol.Errors;

/// What members are told when they join and when they ask for their assignment.
final class Answers {
    private Answers() {}

    static JoinGroupResponseData join(Errors error, String memberId) {
        return new JoinGroupResponseData().setErrorCode(error.code()).setMemberId(memberId);
    }

    /// The generation that a member is in; its leader is told of all members.
    static JoinGroupResponseData generation(Group group, Member member) {
        return generation(group, member, group.isLeader(member) ? members(group) : List.of());
    }

    static JoinGroupResponseData generation(
            Group group, Member member, List<JoinGroupResponseMember> members) {
        return new JoinGroupResponseData()
                .setMemberId(member.id())
                .setGenerationId(group.generation())
                .setProtocolType(group.protocolType())
                .setProtocolName(group.protocol())
                .setLeader(group.leaderId() == null ? "" : group.leaderId())
                .setMembers(members);
    }

    static List<JoinGroupResponseMember> members(Group group) {
        List<JoinGroupResponseMember> members = new ArrayList<>();
        for (Member member : group.members()) {
            members.add(
                    new JoinGroupResponseMember()
                            .setMemberId(member.id())
                            .setGroupInstanceId(member.instanceId())
                            .setMetadata(member.metadata(group.protocol())));
        }
        return members;
    }

    static SyncGroupResponseData sync(Errors error) {
        return new SyncGroupResponseData().setErrorCode(error.code());
    }

    static SyncGroupResponseData assignment(Group group, Member member) {
        return new SyncGroupResponseData()
                .setProtocolType(group.protocolType())
                .setProtocolName(group.protocol())
                .setAssignment(member.assignment());
    }
}
