package dev.millrace.kafka.internal.group;

import dev.millrace.kafka.internal.group.GroupMetadata.StoredMember;
import dev.millrace.kafka.internal.group.Member.Protocol;
import dev.millrace.kafka.internal.group.Timers.Timer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/// A group: who its members are, which generation they are in, and in which [GroupState]. It knows
/// what holds; what happens next is the affair of [Rebalancing].
///
/// Guarded by itself: whoever calls it holds its monitor. That monitor is also held while records
/// of the group are handed to the log, so that they stand there in the order of what happened.
final class Group {
    private final String id;
    private final Map<String, Member> members = new LinkedHashMap<>();
    private final Map<String, String> idsOfInstances = new HashMap<>();
    private final Map<String, Timer> invited = new HashMap<>();
    private final Set<String> unsynced = new LinkedHashSet<>();
    private GroupState state = GroupState.EMPTY;
    private long stateMillis;
    private int generation;
    private @Nullable String protocolType;
    private @Nullable String protocol;
    private @Nullable String leaderId;
    private Timer rebalance = Timer.NONE;
    private boolean gathering;
    private boolean grown;
    private boolean assigning;
    private CompletableFuture<Void> lastWrite = CompletableFuture.completedFuture(null);

    Group(String id, long nowMillis) {
        this.id = id;
        this.stateMillis = nowMillis;
    }

    /// A group as it was stored: empty, or stable with the members of its last generation.
    static Group stored(String id, @Nullable GroupMetadata metadata, long nowMillis) {
        Group group = new Group(id, nowMillis);
        if (metadata == null) {
            return group;
        }
        group.protocolType = metadata.protocolType();
        group.generation = metadata.generation();
        group.protocol = metadata.protocol();
        group.leaderId = metadata.leader();
        if (metadata.stateMillis() >= 0) {
            group.stateMillis = metadata.stateMillis();
        }
        String chosen = metadata.protocol();
        for (StoredMember stored : metadata.members()) {
            group.put(Member.stored(stored, chosen == null ? "" : chosen));
            group.state = GroupState.STABLE;
        }
        return group;
    }

    String id() {
        return id;
    }

    GroupState state() {
        return state;
    }

    boolean is(GroupState that) {
        return state == that;
    }

    void state(GroupState now, long nowMillis) {
        state = now;
        stateMillis = nowMillis;
    }

    /// Since when it has been in its state, in milliseconds since the epoch.
    long stateMillis() {
        return stateMillis;
    }

    int generation() {
        return generation;
    }

    @Nullable String protocolType() {
        return protocolType;
    }

    @Nullable String protocol() {
        return protocol;
    }

    @Nullable String leaderId() {
        return leaderId;
    }

    boolean isLeader(Member member) {
        return member.id().equals(leaderId);
    }

    // ---- members

    Collection<Member> members() {
        return members.values();
    }

    int size() {
        return members.size();
    }

    @Nullable Member member(String memberId) {
        return members.get(memberId);
    }

    /// The static member of this instance id.
    @Nullable Member instance(@Nullable String instanceId) {
        String memberId = idsOfInstances.get(instanceId);
        return memberId == null ? null : members.get(memberId);
    }

    /// Why this is none of its members; [Errors#NONE] where it is one.
    Errors check(String memberId, @Nullable String instanceId) {
        if (instanceId != null) {
            Member member = instance(instanceId);
            if (member == null) {
                return Errors.UNKNOWN_MEMBER_ID;
            }
            return member.id().equals(memberId) ? Errors.NONE : Errors.FENCED_INSTANCE_ID;
        }
        return members.containsKey(memberId) ? Errors.NONE : Errors.UNKNOWN_MEMBER_ID;
    }

    void add(Member member, String type) {
        if (members.isEmpty()) {
            protocolType = type;
        }
        put(member);
        if (leaderId == null) {
            leaderId = member.id();
        }
        grown = true;
    }

    private void put(Member member) {
        members.put(member.id(), member);
        if (member.instanceId() != null) {
            idsOfInstances.put(member.instanceId(), member.id());
        }
    }

    void remove(Member member) {
        members.remove(member.id());
        unsynced.remove(member.id());
        if (member.instanceId() != null) {
            idsOfInstances.remove(member.instanceId(), member.id());
        }
        if (isLeader(member)) {
            leaderId = members.isEmpty() ? null : members.values().iterator().next().id();
        }
    }

    /// Puts a static member that has come back under a new id in its old place.
    void replace(Member old, Member now) {
        boolean leads = isLeader(old);
        remove(old);
        put(now);
        if (leads) {
            leaderId = now.id();
        }
    }

    // ---- ids that were given out and not used yet

    boolean isInvited(String memberId) {
        return invited.containsKey(memberId);
    }

    int invitedCount() {
        return invited.size();
    }

    /// @param until ends the wait for it
    void invite(String memberId, Timer until) {
        invited.put(memberId, until);
    }

    boolean uninvite(String memberId) {
        Timer until = invited.remove(memberId);
        if (until != null) {
            until.cancel();
        }
        return until != null;
    }

    // ---- protocols

    /// Whether a member with these protocols could join: there is one that all would know.
    boolean supports(String type, List<Protocol> protocols) {
        if (type.isEmpty() || protocols.isEmpty()) {
            return false;
        }
        return members.isEmpty()
                || type.equals(protocolType)
                        && protocols.stream().anyMatch(each -> allSupport(each.name()));
    }

    private boolean allSupport(String name) {
        return members.values().stream().allMatch(member -> member.supports(name));
    }

    /// The protocol that most members prefer, of those that all know; null where there is none.
    @Nullable String vote() {
        Map<String, Integer> votes = new LinkedHashMap<>();
        for (Member member : members.values()) {
            for (Protocol each : member.protocols()) {
                if (allSupport(each.name())) {
                    votes.merge(each.name(), 1, Integer::sum);
                    break;
                }
            }
        }
        String most = null;
        for (Map.Entry<String, Integer> vote : votes.entrySet()) {
            if (most == null || vote.getValue() > votes.getOrDefault(most, 0)) {
                most = vote.getKey();
            }
        }
        return most;
    }

    // ---- from one generation to the next

    /// How long members have to join again: as long as the most patient of them asks for.
    int rebalanceTimeoutMillis() {
        return members.values().stream().mapToInt(Member::rebalanceTimeoutMillis).max().orElse(0);
    }

    /// Ends the wait for what the rebalance is at, and begins the next.
    void rebalance(Timer next) {
        rebalance.cancel();
        rebalance = next;
    }

    /// Whether an empty group waits for more members behind the first.
    boolean isGathering() {
        return gathering;
    }

    void gathering(boolean whether) {
        gathering = whether;
        grown = false;
    }

    /// Whether members were added since this was asked last.
    boolean takeGrown() {
        boolean was = grown;
        grown = false;
        return was;
    }

    boolean allJoined() {
        return invited.isEmpty() && members.values().stream().allMatch(Member::isJoining);
    }

    List<Member> notJoined() {
        return members.values().stream().filter(member -> !member.isJoining()).toList();
    }

    long joiningCount() {
        return members.values().stream().filter(Member::isJoining).count();
    }

    /// Sees to it that the leader is one that has joined.
    ///
    /// @return false where none has
    boolean electLeader() {
        Member leader = leaderId == null ? null : members.get(leaderId);
        if (leader != null && leader.isJoining()) {
            return true;
        }
        for (Member member : members.values()) {
            if (member.isJoining()) {
                leaderId = member.id();
                return true;
            }
        }
        return false;
    }

    /// Begins the next generation with the members that there are.
    void nextGeneration(long nowMillis) {
        generation++;
        assigning = false;
        unsynced.clear();
        if (members.isEmpty()) {
            protocol = null;
            leaderId = null;
            state(GroupState.EMPTY, nowMillis);
        } else {
            protocol = vote();
            unsynced.addAll(members.keySet());
            state(GroupState.COMPLETING, nowMillis);
        }
    }

    /// The member has asked for its assignment.
    ///
    /// @return whether all have
    boolean synced(Member member) {
        unsynced.remove(member.id());
        return unsynced.isEmpty();
    }

    /// Those that have not asked for their assignment.
    List<Member> unsynced() {
        return unsynced.stream().map(members::get).filter(m -> m != null).toList();
    }

    /// Whether the leader's assignment is on its way to the log.
    boolean isAssigning() {
        return assigning;
    }

    void assigning(boolean whether) {
        assigning = whether;
    }

    // ---- records

    /// What is to be stored of it.
    ///
    /// @param assignments by member id
    GroupMetadata metadata(Map<String, byte[]> assignments) {
        List<StoredMember> stored = new ArrayList<>();
        for (Member member : members.values()) {
            Member.Identity identity = member.identity();
            stored.add(
                    new StoredMember(
                            identity.id(),
                            identity.instanceId(),
                            identity.clientId(),
                            identity.clientHost(),
                            member.rebalanceTimeoutMillis(),
                            member.sessionTimeoutMillis(),
                            member.metadata(protocol),
                            assignments.getOrDefault(member.id(), Member.NOTHING)));
        }
        return new GroupMetadata(
                protocolType == null ? "" : protocolType,
                generation,
                protocol,
                leaderId,
                stateMillis,
                stored);
    }

    /// Records of this group are on their way.
    void wrote(CompletableFuture<Void> write) {
        lastWrite = CompletableFuture.allOf(lastWrite, write.exceptionally(_ -> null));
    }

    /// Completes when all records of this group that were ever appended can be read.
    CompletableFuture<Void> lastWrite() {
        return lastWrite;
    }
}
