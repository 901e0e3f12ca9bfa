package dev.millrace.kafka.internal.group;

import dev.millrace.kafka.internal.group.Timers.Timer;
import dev.millrace.log.LogRecord;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/// How a [Group] goes from one generation to the next, in the states of [GroupState]: members join
/// until all have or the time is over, those that have not are dropped, the leader assigns, the
/// assignment is stored, everybody is told. And how members are missed: each has a timer that its
/// heartbeats wind up again.
///
/// The rules are those of Kafka's group coordinator. All methods are called under the group's
/// monitor; what timers do takes it.
final class Rebalancing {
    private static final System.Logger LOG = System.getLogger("dev.millrace.kafka");

    /// A member that was never in a generation cannot send heartbeats; this long it may wait.
    static final int NEWCOMER_MILLIS = 300_000;

    private final GroupStore store;
    private final Timers timers;
    private final int initialDelayMillis;

    Rebalancing(GroupStore store, Timers timers, int initialDelayMillis) {
        this.store = store;
        this.timers = timers;
        this.initialDelayMillis = initialDelayMillis;
    }

    // ---- joining

    /// A member has joined, or joined anew.
    void joined(Group group) {
        if (group.is(GroupState.PREPARING)) {
            completeIfAllJoined(group);
        } else {
            begin(group);
        }
    }

    /// Has all members join again.
    void begin(Group group) {
        if (group.is(GroupState.COMPLETING)) {
            for (Member member : group.members()) {
                if (member.isSyncing()) {
                    beat(group, member);
                    member.answerSync(Answers.sync(Errors.REBALANCE_IN_PROGRESS));
                }
            }
        }
        boolean initial = group.is(GroupState.EMPTY) && initialDelayMillis > 0;
        group.state(GroupState.PREPARING, timers.epochMillis());
        if (initial) {
            group.gathering(true);
            int most = Math.max(group.rebalanceTimeoutMillis() - initialDelayMillis, 0);
            gather(group, initialDelayMillis, most);
        } else {
            awaitMembers(group);
            completeIfAllJoined(group);
        }
    }

    /// Waits for more members of a group that begins, as long as they come.
    private void gather(Group group, int delayMillis, int leftMillis) {
        group.takeGrown();
        group.rebalance(
                later(
                        group,
                        delayMillis,
                        () -> {
                            if (!group.isGathering()) {
                                return;
                            }
                            if (group.takeGrown() && leftMillis > 0) {
                                int next = Math.min(initialDelayMillis, leftMillis);
                                gather(group, next, leftMillis - next);
                            } else {
                                complete(group);
                            }
                        }));
    }

    private void awaitMembers(Group group) {
        int generation = group.generation();
        group.rebalance(
                later(
                        group,
                        group.rebalanceTimeoutMillis(),
                        () -> {
                            if (group.is(GroupState.PREPARING)
                                    && group.generation() == generation) {
                                complete(group);
                            }
                        }));
    }

    void completeIfAllJoined(Group group) {
        if (group.is(GroupState.PREPARING) && !group.isGathering() && group.allJoined()) {
            complete(group);
        }
    }

    private void complete(Group group) {
        group.gathering(false);
        group.rebalance(Timer.NONE);
        for (Member member : group.notJoined()) {
            if (!member.isStatic()) {
                drop(group, member, "did not join again");
            }
        }
        if (group.size() > 0 && !group.electLeader()) {
            awaitMembers(group); // static members, of whom none has come back yet
            return;
        }
        group.nextGeneration(timers.epochMillis());
        if (group.is(GroupState.EMPTY)) {
            var _ = write(group, Map.of());
            return;
        }
        for (Member member : group.members()) {
            member.newcomer(false);
            beat(group, member);
            member.answerJoin(Answers.generation(group, member));
        }
        awaitSync(group);
    }

    // ---- assigning

    private void awaitSync(Group group) {
        int generation = group.generation();
        group.rebalance(
                later(
                        group,
                        group.rebalanceTimeoutMillis(),
                        () -> {
                            if (group.generation() != generation
                                    || group.unsynced().isEmpty()
                                    || group.is(GroupState.PREPARING)) {
                                return;
                            }
                            for (Member member : group.unsynced()) {
                                drop(group, member, "did not ask for its assignment");
                            }
                            begin(group);
                        }));
    }

    /// A member asks for its assignment: nothing more to wait for where all have asked.
    void synced(Group group, Member member) {
        if (group.synced(member)) {
            group.rebalance(Timer.NONE);
        }
    }

    /// The leader has shared out the work: it is stored, and everybody told.
    ///
    /// @param assignments by member id
    void assign(Group group, Map<String, byte[]> assignments) {
        if (group.isAssigning()) {
            return;
        }
        group.assigning(true);
        int generation = group.generation();
        var _ =
                write(group, assignments)
                        .whenComplete(
                                (_, failure) -> {
                                    synchronized (group) {
                                        if (group.is(GroupState.COMPLETING)
                                                && group.generation() == generation) {
                                            assigned(group, assignments, failure);
                                        }
                                    }
                                });
    }

    private void assigned(
            Group group, Map<String, byte[]> assignments, @Nullable Throwable failure) {
        group.assigning(false);
        if (failure != null) {
            Errors error = StoreErrors.of(failure);
            for (Member member : group.members()) {
                member.answerSync(Answers.sync(error));
            }
            begin(group);
            return;
        }
        group.state(GroupState.STABLE, timers.epochMillis());
        for (Member member : group.members()) {
            member.assignment(assignments.getOrDefault(member.id(), Member.NOTHING));
            if (member.isSyncing()) {
                beat(group, member);
                member.answerSync(Answers.assignment(group, member));
            }
        }
    }

    /// Stores the group as it is.
    CompletableFuture<Void> write(Group group, Map<String, byte[]> assignments) {
        LogRecord record =
                new LogRecord(
                        timers.epochMillis(),
                        GroupMetadataFormat.key(group.id()),
                        GroupMetadataFormat.value(group.metadata(assignments)),
                        List.of());
        CompletableFuture<Void> write = store.append(List.of(record));
        group.wrote(write);
        return write;
    }

    // ---- leaving, and being missed

    /// Takes a member out; [#left] says what that leads to.
    void drop(Group group, Member member, String why) {
        LOG.log(
                System.Logger.Level.DEBUG,
                "group {0}: member {1} {2}",
                group.id(),
                member.id(),
                why);
        group.remove(member);
        member.dismiss(Errors.UNKNOWN_MEMBER_ID);
    }

    /// Members have been taken out.
    void left(Group group) {
        switch (group.state()) {
            case STABLE, COMPLETING -> begin(group);
            case PREPARING -> completeIfAllJoined(group);
            case EMPTY, DEAD -> {}
        }
    }

    /// The member is alive: it is missed one session timeout from now.
    void beat(Group group, Member member) {
        int millis = member.isNewcomer() ? NEWCOMER_MILLIS : member.sessionTimeoutMillis();
        Session session = new Session(group, member);
        member.session(session.begin(millis));
    }

    /// Gives out an id; it is void where nobody uses it within a session timeout.
    void invite(Group group, String memberId, int sessionTimeoutMillis) {
        group.invite(
                memberId,
                later(
                        group,
                        sessionTimeoutMillis,
                        () -> {
                            if (group.uninvite(memberId)) {
                                completeIfAllJoined(group);
                            }
                        }));
    }

    private Timer later(Group group, int millis, Runnable task) {
        return timers.after(
                millis,
                () -> {
                    synchronized (group) {
                        task.run();
                    }
                });
    }

    /// The wait for a member's next sign of life.
    private final class Session {
        private final Group group;
        private final Member member;
        private boolean over; // guarded by the group

        Session(Group group, Member member) {
            this.group = group;
            this.member = member;
        }

        Timer begin(int millis) {
            Timer timer = later(group, millis, this::expire);
            return () -> {
                over = true;
                timer.cancel();
            };
        }

        private void expire() {
            if (over || group.member(member.id()) != member) {
                return;
            }
            if (!member.isNewcomer() && (member.isJoining() || member.isSyncing())) {
                beat(group, member); // it waits for us
            } else {
                drop(group, member, "was not heard of in time");
                left(group);
            }
        }
    }
}
