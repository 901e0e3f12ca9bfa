package dev.millrace.kafka.internal.group;

import dev.millrace.kafka.internal.group.Member.Identity;
import dev.millrace.kafka.internal.group.Member.Protocol;
import dev.millrace.kafka.internal.protocol.Caller;
import dev.millrace.kafka.internal.protocol.Handler;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.apache.kafka.common.message.JoinGroupRequestData;
import org.apache.kafka.common.message.JoinGroupResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/// Answers JoinGroup: a new member, one that joins again for the next generation, or a static one
/// that has come back. The answer is there when the generation begins.
final class JoinGroup implements Handler<JoinGroupRequestData> {
    private static final System.Logger LOG = System.getLogger("dev.millrace.kafka");
    private static final int MOST_PREFIX_CHARS = 200;

    /// From here on a new member is given its id first, so that one which does not wait for the
    /// answer is not a member (KIP-394).
    private static final short WITH_INVITATION = 4;

    /// From here on an answer can say which protocols it is about, or that there is none.
    private static final short WITH_PROTOCOL_TYPE = 7;

    /// From here on a leader can be told to leave the assignment as it is (KIP-814).
    private static final short WITH_SKIP_ASSIGNMENT = 9;

    private final Groups groups;
    private final Rebalancing rebalancing;

    JoinGroup(Groups groups) {
        this.groups = groups;
        this.rebalancing = groups.rebalancing();
    }

    /// A request with what it is read into.
    private record Asked(
            JoinGroupRequestData request,
            Caller caller,
            List<Protocol> protocols,
            CompletableFuture<JoinGroupResponseData> answer) {

        String memberId() {
            return request.memberId();
        }

        @Nullable String instanceId() {
            return request.groupInstanceId();
        }

        int rebalanceTimeoutMillis() {
            return request.rebalanceTimeoutMs() < 0
                    ? request.sessionTimeoutMs()
                    : request.rebalanceTimeoutMs();
        }

        CompletableFuture<JoinGroupResponseData> refuse(Errors error) {
            return refuse(error, memberId());
        }

        CompletableFuture<JoinGroupResponseData> refuse(Errors error, String id) {
            answer.complete(Answers.join(error, id));
            return answer;
        }
    }

    @Override
    public JoinGroupResponseData answer(JoinGroupRequestData request, Caller caller) {
        JoinGroupResponseData answer =
                Groups.await(
                        begin(request, caller),
                        Answers.join(Errors.COORDINATOR_NOT_AVAILABLE, request.memberId()));
        if (caller.version() < WITH_PROTOCOL_TYPE && answer.protocolName() == null) {
            answer.setProtocolName("");
        }
        return answer;
    }

    /// Has the member join.
    CompletableFuture<JoinGroupResponseData> begin(JoinGroupRequestData request, Caller caller) {
        List<Protocol> protocols =
                request.protocols().stream()
                        .map(p -> new Protocol(p.name(), p.metadata()))
                        .toList();
        Asked asked = new Asked(request, caller, protocols, new CompletableFuture<>());
        Errors refusal = check(asked);
        if (refusal != Errors.NONE) {
            return asked.refuse(refusal);
        }
        boolean isNew = asked.memberId().isEmpty();
        Group group =
                isNew ? groups.findOrCreate(request.groupId()) : groups.find(request.groupId());
        if (group == null) {
            return asked.refuse(
                    groups.missing(
                            isNew ? Errors.GROUP_MAX_SIZE_REACHED : Errors.UNKNOWN_MEMBER_ID));
        }
        synchronized (group) {
            if (group.is(GroupState.DEAD)) {
                return asked.refuse(Errors.COORDINATOR_NOT_AVAILABLE);
            }
            if (!group.supports(request.protocolType(), protocols)) {
                return asked.refuse(Errors.INCONSISTENT_GROUP_PROTOCOL);
            }
            return isNew ? newMember(group, asked) : knownMember(group, asked);
        }
    }

    private Errors check(Asked asked) {
        JoinGroupRequestData request = asked.request();
        GroupOptions options = groups.options();
        if (request.groupId().isEmpty()) {
            return Errors.INVALID_GROUP_ID;
        }
        if (request.sessionTimeoutMs() < options.minSessionTimeoutMillis()
                || request.sessionTimeoutMs() > options.maxSessionTimeoutMillis()) {
            return Errors.INVALID_SESSION_TIMEOUT;
        }
        long bytes = 0;
        for (Protocol protocol : asked.protocols()) {
            bytes += protocol.name().length() + protocol.metadata().length;
        }
        if (bytes > options.maxMemberBytes()) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "group {0}: refused a member whose protocols take {1} bytes; kafka.group.max.member.bytes is {2}",
                    request.groupId(),
                    Long.toString(bytes),
                    Integer.toString(options.maxMemberBytes()));
            return Errors.INVALID_REQUEST;
        }
        return Errors.NONE;
    }

    // ---- without a member id

    private CompletableFuture<JoinGroupResponseData> newMember(Group group, Asked asked) {
        String instanceId = asked.instanceId();
        String prefix = instanceId == null ? asked.caller().clientId() : instanceId;
        String id =
                prefix.substring(0, Math.min(prefix.length(), MOST_PREFIX_CHARS))
                        + "-"
                        + UUID.randomUUID();
        Member old = group.instance(instanceId);
        if (old != null) {
            return comeBack(group, asked, old, id);
        }
        if (isFull(group, asked)) {
            return asked.refuse(Errors.GROUP_MAX_SIZE_REACHED, "");
        }
        if (instanceId == null && asked.caller().version() >= WITH_INVITATION) {
            rebalancing.invite(group, id, asked.request().sessionTimeoutMs());
            return asked.refuse(Errors.MEMBER_ID_REQUIRED, id);
        }
        return add(group, asked, id);
    }

    private boolean isFull(Group group, Asked asked) {
        if (group.isInvited(asked.memberId())) {
            return false; // it was counted when it was invited
        }
        int count = group.size() + group.invitedCount();
        boolean full = count >= groups.options().maxMembers();
        if (full) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "group {0}: refused a member, there are {1} already; kafka.group.max.size",
                    group.id(),
                    Integer.toString(count));
        }
        return full;
    }

    private CompletableFuture<JoinGroupResponseData> add(Group group, Asked asked, String id) {
        Member member =
                new Member(
                        identity(asked, id),
                        asked.rebalanceTimeoutMillis(),
                        asked.request().sessionTimeoutMs(),
                        asked.protocols());
        member.newcomer(true);
        member.joins(asked.answer());
        group.add(member, asked.request().protocolType());
        group.uninvite(id);
        rebalancing.beat(group, member);
        rebalancing.joined(group);
        return asked.answer();
    }

    private static Identity identity(Asked asked, String id) {
        return new Identity(
                id,
                asked.instanceId(),
                asked.caller().clientId(),
                "/" + asked.caller().address().getHostAddress());
    }

    /// A static member that has come back takes its old place under a new id. Where the group is
    /// stable and would choose the same protocol, nobody else notices.
    private CompletableFuture<JoinGroupResponseData> comeBack(
            Group group, Asked asked, Member old, String id) {
        String leaderBefore = group.leaderId();
        old.dismiss(Errors.FENCED_INSTANCE_ID);
        Member member = old.as(identity(asked, id));
        group.replace(old, member);
        update(member, asked);
        rebalancing.beat(group, member);
        String chosen = group.protocol();
        if (!group.is(GroupState.STABLE) || chosen == null || !chosen.equals(group.vote())) {
            rebalancing.joined(group);
            return asked.answer();
        }
        int generation = group.generation();
        Map<String, byte[]> assignments =
                group.members().stream().collect(Collectors.toMap(Member::id, Member::assignment));
        var _ =
                rebalancing
                        .write(group, assignments)
                        .whenComplete(
                                (_, failure) -> {
                                    synchronized (group) {
                                        if (failure != null) {
                                            member.answerJoin(
                                                    Answers.join(StoreErrors.of(failure), id));
                                        } else if (group.is(GroupState.STABLE)
                                                && group.generation() == generation) {
                                            member.answerJoin(
                                                    unchanged(group, member, asked, leaderBefore));
                                        }
                                    }
                                });
        return asked.answer();
    }

    /// The generation that a static member comes back to. It must not assign anew what all others
    /// have: where it leads and cannot be told so, it is told that its former self leads.
    private static JoinGroupResponseData unchanged(
            Group group, Member member, Asked asked, @Nullable String leaderBefore) {
        if (!group.isLeader(member)) {
            return Answers.generation(group, member);
        }
        return asked.caller().version() >= WITH_SKIP_ASSIGNMENT
                ? Answers.generation(group, member).setSkipAssignment(true)
                : Answers.generation(group, member, List.of())
                        .setLeader(leaderBefore == null ? "" : leaderBefore);
    }

    // ---- with a member id

    private CompletableFuture<JoinGroupResponseData> knownMember(Group group, Asked asked) {
        if (group.isInvited(asked.memberId())) {
            return isFull(group, asked)
                    ? asked.refuse(Errors.GROUP_MAX_SIZE_REACHED, "")
                    : add(group, asked, asked.memberId());
        }
        Errors stranger = group.check(asked.memberId(), asked.instanceId());
        Member member = group.member(asked.memberId());
        if (stranger != Errors.NONE || member == null) {
            return asked.refuse(stranger == Errors.NONE ? Errors.UNKNOWN_MEMBER_ID : stranger);
        }
        boolean same = member.sameProtocols(asked.protocols());
        boolean goesOn =
                switch (group.state()) {
                    case COMPLETING -> same; // it has not had our answer, and asks again
                    case STABLE -> same && !group.isLeader(member);
                    case PREPARING, EMPTY, DEAD -> false;
                };
        if (goesOn) {
            rebalancing.beat(group, member);
            asked.answer().complete(Answers.generation(group, member));
        } else {
            update(member, asked);
            rebalancing.joined(group);
        }
        return asked.answer();
    }

    private static void update(Member member, Asked asked) {
        member.update(
                asked.rebalanceTimeoutMillis(),
                asked.request().sessionTimeoutMs(),
                asked.protocols());
        member.joins(asked.answer());
    }
}
