package dev.millrace.kafka.internal.group;

import dev.millrace.kafka.internal.group.GroupMetadata.StoredMember;
import dev.millrace.kafka.internal.group.Timers.Timer;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.message.JoinGroupResponseData;
import org.apache.kafka.common.message.SyncGroupResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/// A member of a [Group], guarded by it.
final class Member {
    static final byte[] NOTHING = {};

    /// How a member can share the work, and what it says with it, in the order of preference.
    @SuppressWarnings("ArrayRecordComponent") // compared in sameProtocols
    record Protocol(String name, byte[] metadata) {}

    /// Who it is, and where it comes from.
    ///
    /// @param instanceId of a static member, which stays the same when the member comes back
    record Identity(String id, @Nullable String instanceId, String clientId, String clientHost) {}

    private final Identity identity;
    private int rebalanceTimeoutMillis;
    private int sessionTimeoutMillis;
    private List<Protocol> protocols;
    private byte[] assignment = NOTHING;
    private boolean newcomer;
    private Timer session = Timer.NONE;
    private @Nullable CompletableFuture<JoinGroupResponseData> join;
    private @Nullable CompletableFuture<SyncGroupResponseData> sync;

    Member(
            Identity identity,
            int rebalanceTimeoutMillis,
            int sessionTimeoutMillis,
            List<Protocol> protocols) {
        this.identity = identity;
        this.rebalanceTimeoutMillis = rebalanceTimeoutMillis;
        this.sessionTimeoutMillis = sessionTimeoutMillis;
        this.protocols = protocols;
    }

    /// A member as it was stored with the protocol that the group had chosen.
    static Member stored(StoredMember stored, String protocol) {
        Member member =
                new Member(
                        new Identity(
                                stored.id(),
                                stored.instanceId(),
                                stored.clientId(),
                                stored.clientHost()),
                        stored.rebalanceTimeoutMillis(),
                        stored.sessionTimeoutMillis(),
                        List.of(new Protocol(protocol, stored.subscription())));
        member.assignment = stored.assignment();
        return member;
    }

    /// This member under a new id, which a static member gets when it comes back.
    Member as(Identity other) {
        Member member = new Member(other, rebalanceTimeoutMillis, sessionTimeoutMillis, protocols);
        member.assignment = assignment;
        return member;
    }

    String id() {
        return identity.id();
    }

    @Nullable String instanceId() {
        return identity.instanceId();
    }

    boolean isStatic() {
        return identity.instanceId() != null;
    }

    Identity identity() {
        return identity;
    }

    int rebalanceTimeoutMillis() {
        return rebalanceTimeoutMillis;
    }

    int sessionTimeoutMillis() {
        return sessionTimeoutMillis;
    }

    List<Protocol> protocols() {
        return protocols;
    }

    void update(int rebalanceTimeout, int sessionTimeout, List<Protocol> now) {
        rebalanceTimeoutMillis = rebalanceTimeout;
        sessionTimeoutMillis = sessionTimeout;
        protocols = now;
    }

    boolean sameProtocols(List<Protocol> others) {
        if (protocols.size() != others.size()) {
            return false;
        }
        for (int i = 0; i < protocols.size(); i++) {
            Protocol mine = protocols.get(i);
            Protocol other = others.get(i);
            if (!mine.name().equals(other.name())
                    || !Arrays.equals(mine.metadata(), other.metadata())) {
                return false;
            }
        }
        return true;
    }

    boolean supports(String protocol) {
        return protocols.stream().anyMatch(mine -> mine.name().equals(protocol));
    }

    /// What it says with this protocol; nothing where it does not know it.
    byte[] metadata(@Nullable String protocol) {
        for (Protocol mine : protocols) {
            if (mine.name().equals(protocol)) {
                return mine.metadata();
            }
        }
        return NOTHING;
    }

    byte[] assignment() {
        return assignment;
    }

    void assignment(byte[] now) {
        assignment = now;
    }

    /// Whether it has not been in any generation yet, so that it cannot send heartbeats.
    boolean isNewcomer() {
        return newcomer;
    }

    void newcomer(boolean whether) {
        newcomer = whether;
    }

    /// Stops waiting for its heartbeat, and waits for the next.
    void session(Timer next) {
        session.cancel();
        session = next;
    }

    boolean isJoining() {
        return join != null;
    }

    boolean isSyncing() {
        return sync != null;
    }

    /// It waits for the next generation. Where it has asked before, that question is answered: its
    /// connection will not be read any more.
    void joins(CompletableFuture<JoinGroupResponseData> answer) {
        answerJoin(Answers.join(Errors.REBALANCE_IN_PROGRESS, id()));
        join = answer;
    }

    void answerJoin(JoinGroupResponseData answer) {
        if (join != null) {
            join.complete(answer);
            join = null;
        }
    }

    /// It waits for its assignment.
    void syncs(CompletableFuture<SyncGroupResponseData> answer) {
        answerSync(Answers.sync(Errors.REBALANCE_IN_PROGRESS));
        sync = answer;
    }

    void answerSync(SyncGroupResponseData answer) {
        if (sync != null) {
            sync.complete(answer);
            sync = null;
        }
    }

    /// It is a member no more: whatever it waits for, this is the answer.
    void dismiss(Errors error) {
        session(Timer.NONE);
        answerJoin(Answers.join(error, id()));
        answerSync(Answers.sync(error));
    }
}
