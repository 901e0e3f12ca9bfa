package dev.millrace.kafka.internal.group;

import static dev.millrace.kafka.internal.group.Coordinator.GROUP;
import static dev.millrace.kafka.internal.group.Coordinator.OPTIONS;
import static dev.millrace.kafka.internal.group.Coordinator.SESSION_MILLIS;
import static dev.millrace.kafka.internal.group.Coordinator.TOPIC;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.message.DeleteGroupsRequestData;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;

/** Who may commit, and what is left of it when. */
class OffsetsTest {
    private final Coordinator it = Coordinator.start();

    @Test
    void whoIsNoMemberCommitsWhileThereAreNone() {
        assertThat(it.commit("", -1, 0, 7).join()).isEqualTo(Errors.NONE);
        assertThat(it.committed(TOPIC, 0)).isEqualTo(7);
        assertThat(it.committed(TOPIC, 1)).isEqualTo(-1);
        assertThat(it.describe().groupState()).isEqualTo("Empty");
        it.stable(1);
        assertThat(it.commit("", -1, 0, 8).join()).isEqualTo(Errors.UNKNOWN_MEMBER_ID);
        assertThat(it.committed(TOPIC, 0)).isEqualTo(7);
    }

    @Test
    void membersCommitInTheirGenerationAlone() {
        List<String> ids = it.stable(2);
        assertThat(it.commit(ids.get(1), 1, 0, 5).join()).isEqualTo(Errors.NONE);
        assertThat(it.commit(ids.get(1), 0, 0, 6).join()).isEqualTo(Errors.ILLEGAL_GENERATION);
        assertThat(it.commit(ids.get(1), 2, 0, 6).join()).isEqualTo(Errors.ILLEGAL_GENERATION);
        assertThat(it.commit("nobody", 1, 0, 6).join()).isEqualTo(Errors.UNKNOWN_MEMBER_ID);
        assertThat(it.committed(TOPIC, 0)).isEqualTo(5);
    }

    @Test
    void membersCommitWhileTheOthersJoinAgainButNotBeforeTheyHaveTheirAssignment() {
        List<String> ids = it.stable(1);
        CompletableFuture<?> joining = it.join(it.invite());
        assertThat(it.commit(ids.getFirst(), 1, 0, 5).join()).isEqualTo(Errors.NONE);
        var _ = it.join(ids.getFirst());
        assertThat(joining).isDone();
        assertThat(it.commit(ids.getFirst(), 2, 0, 6).join())
                .isEqualTo(Errors.REBALANCE_IN_PROGRESS);
    }

    @Test
    void aCommitIsASignOfLife() {
        List<String> ids = it.stable(1);
        for (int i = 0; i < 3; i++) {
            it.timers.advance(SESSION_MILLIS - 1);
            assertThat(it.commit(ids.getFirst(), 1, 0, i).join()).isEqualTo(Errors.NONE);
        }
    }

    @Test
    void aGenerationOfAGroupThatIsNotThereIsRefused() {
        assertThat(it.commit("somebody", 3, 0, 1).join()).isEqualTo(Errors.GROUP_ID_NOT_FOUND);
        assertThat(it.commit("", -1, "unknown", 0, 1).join())
                .isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION);
        assertThat(it.commit("", -1, TOPIC, 4, 1).join())
                .isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION);
    }

    @Test
    void aCommitIsAnsweredWhenItCanBeRead() {
        Coordinator slow = new Coordinator(OPTIONS, true);
        CompletableFuture<Errors> commit = slow.commit("", -1, 0, 7);
        assertThat(commit).isNotDone();
        assertThat(slow.committed(TOPIC, 0)).isEqualTo(-1);
        slow.store.finish();
        assertThat(commit.join()).isEqualTo(Errors.NONE);
        assertThat(slow.committed(TOPIC, 0)).isEqualTo(7);
    }

    @Test
    void offsetsAndMembersAreThereAfterARestart() {
        List<String> ids = it.stable(2);
        assertThat(it.commit(ids.get(1), 1, 3, 99).join()).isEqualTo(Errors.NONE);
        Coordinator next = it.restart();
        assertThat(next.committed(TOPIC, 3)).isEqualTo(99);
        assertThat(next.describe().groupState()).isEqualTo("Stable");
        for (String id : ids) {
            assertThat(next.beat(id, 1)).isEqualTo(Errors.NONE);
        }
        next.timers.advance(SESSION_MILLIS);
        assertThat(next.describe().groupState()).isEqualTo("Empty");
    }

    @Test
    void aDeletedGroupIsGoneWithItsOffsets() {
        assertThat(it.commit("", -1, 0, 7).join()).isEqualTo(Errors.NONE);
        List<String> ids = it.stable(1);
        assertThat(delete(it)).isEqualTo(Errors.NON_EMPTY_GROUP);
        assertThat(it.leave(ids.getFirst(), null)).isEqualTo(Errors.NONE);
        assertThat(delete(it)).isEqualTo(Errors.NONE);
        assertThat(delete(it)).isEqualTo(Errors.GROUP_ID_NOT_FOUND);
        assertThat(it.committed(TOPIC, 0)).isEqualTo(-1);
        assertThat(it.restart().groups.all()).isEmpty();
    }

    @Test
    void aGroupThatCouldNotBeDeletedIsStillThere() {
        assertThat(it.commit("", -1, 0, 7).join()).isEqualTo(Errors.NONE);
        it.store.full(true);
        assertThat(delete(it)).isEqualTo(Errors.COORDINATOR_NOT_AVAILABLE);
        it.store.full(false);
        assertThat(it.committed(TOPIC, 0)).isEqualTo(7);
        assertThat(it.commit("", -1, 0, 8).join()).isEqualTo(Errors.NONE);
    }

    @Test
    void offsetsOfAGroupThatNeverHadMembersExpireByTheirCommit() {
        assertThat(it.commit("", -1, 0, 7).join()).isEqualTo(Errors.NONE);
        it.timers.advance(OPTIONS.retentionMillis() - 1);
        assertThat(it.commit("", -1, 1, 8).join()).isEqualTo(Errors.NONE);
        it.sweep();
        assertThat(it.committed(TOPIC, 0)).isEqualTo(7);
        it.timers.advance(1);
        it.sweep();
        assertThat(it.committed(TOPIC, 0)).isEqualTo(-1);
        assertThat(it.committed(TOPIC, 1)).isEqualTo(8);
        it.timers.advance(OPTIONS.retentionMillis());
        it.sweep();
        assertThat(it.groups.all()).isEmpty();
        assertThat(it.restart().groups.all()).isEmpty();
    }

    @Test
    void offsetsOfAGroupExpireAfterItsLastMemberWent() {
        List<String> ids = it.stable(1);
        assertThat(it.commit(ids.getFirst(), 1, 0, 7).join()).isEqualTo(Errors.NONE);
        for (int i = 0; i < 100; i++) {
            it.timers.advance(SESSION_MILLIS - 1);
            assertThat(it.beat(ids.getFirst(), 1)).isEqualTo(Errors.NONE);
        }
        it.timers.advance(OPTIONS.retentionMillis()); // it dies on the way
        it.sweep();
        assertThat(it.committed(TOPIC, 0)).isEqualTo(7);
        Coordinator next = it.restart();
        next.timers.advance(SESSION_MILLIS);
        next.sweep();
        assertThat(next.committed(TOPIC, 0)).isEqualTo(-1);
    }

    @Test
    void whatIsOnItsWayIsNotExpired() {
        Coordinator slow = new Coordinator(OPTIONS, true);
        CompletableFuture<Errors> old = slow.commit("", -1, 0, 7);
        slow.store.finish();
        assertThat(old).isDone();
        slow.timers.advance(OPTIONS.retentionMillis());
        CompletableFuture<Errors> fresh = slow.commit("", -1, 0, 8);
        slow.sweep();
        slow.store.finish();
        assertThat(fresh.join()).isEqualTo(Errors.NONE);
        assertThat(slow.store.isWaiting()).isFalse();
        assertThat(slow.committed(TOPIC, 0)).isEqualTo(8);
    }

    @Test
    void offsetsOfADeletedTopicAreNotThoseOfItsSuccessor() {
        assertThat(it.commit("", -1, 0, 7).join()).isEqualTo(Errors.NONE);
        it.createTopic(TOPIC);
        assertThat(it.committed(TOPIC, 0)).isEqualTo(-1);
        it.sweep();
        assertThat(it.groups.all()).isEmpty();
    }

    private static Errors delete(Coordinator of) {
        DeleteGroupsRequestData request =
                new DeleteGroupsRequestData().setGroupsNames(List.of(GROUP));
        return Errors.forCode(
                new DeleteGroups(of.groups)
                        .answer(request, Coordinator.caller(2))
                        .results()
                        .find(GROUP)
                        .errorCode());
    }
}
