package dev.millrace.kafka.internal.group;

import dev.millrace.kafka.internal.protocol.Caller;
import dev.millrace.kafka.internal.protocol.Handler;
import org.apache.kafka.common.message.DescribeGroupsRequestData;
import org.apache.kafka.common.message.DescribeGroupsResponseData;
import org.apache.kafka.common.message.DescribeGroupsResponseData.DescribedGroup;
import org.apache.kafka.common.message.DescribeGroupsResponseData.DescribedGroupMember;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/// Answers DescribeGroups: a group's state and members, and for a stable one what each has said and
/// got.
final class DescribeGroups implements Handler<DescribeGroupsRequestData> {
    /// From here on a group that is not there has an error; before, it is "dead".
    private static final short WITH_GROUP_NOT_FOUND = 6;

    private final Groups groups;

    DescribeGroups(Groups groups) {
        this.groups = groups;
    }

    @Override
    public DescribeGroupsResponseData answer(DescribeGroupsRequestData request, Caller caller) {
        DescribeGroupsResponseData response = new DescribeGroupsResponseData();
        for (String id : request.groups()) {
            Group group = groups.find(id);
            response.groups().add(group == null ? missing(id, caller) : describe(group));
        }
        return response;
    }

    private DescribedGroup missing(String id, Caller caller) {
        Errors closing = groups.missing(Errors.NONE);
        DescribedGroup missing = new DescribedGroup().setGroupId(id).setErrorCode(closing.code());
        if (closing != Errors.NONE) {
            return missing;
        }
        missing.setGroupState(GroupState.DEAD.key());
        return caller.version() < WITH_GROUP_NOT_FOUND
                ? missing
                : missing.setErrorCode(Errors.GROUP_ID_NOT_FOUND.code())
                        .setErrorMessage("there is no group '" + id + "'");
    }

    private static DescribedGroup describe(Group group) {
        synchronized (group) {
            boolean stable = group.is(GroupState.STABLE);
            String type = group.protocolType();
            String protocol = stable ? group.protocol() : null;
            DescribedGroup described =
                    new DescribedGroup()
                            .setGroupId(group.id())
                            .setGroupState(group.state().key())
                            .setProtocolType(type == null ? "" : type)
                            .setProtocolData(protocol == null ? "" : protocol);
            for (Member member : group.members()) {
                described.members().add(describe(member, protocol, stable));
            }
            return described;
        }
    }

    private static DescribedGroupMember describe(
            Member member, @Nullable String protocol, boolean stable) {
        return new DescribedGroupMember()
                .setMemberId(member.id())
                .setGroupInstanceId(member.instanceId())
                .setClientId(member.identity().clientId())
                .setClientHost(member.identity().clientHost())
                .setMemberMetadata(member.metadata(protocol))
                .setMemberAssignment(stable ? member.assignment() : Member.NOTHING);
    }
}
