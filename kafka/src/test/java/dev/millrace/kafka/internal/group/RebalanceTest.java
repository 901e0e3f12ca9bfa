package dev.millrace.kafka.internal.group;

import static dev.millrace.kafka.internal.group.Coordinator.SESSION_MILLIS;
import static dev.millrace.kafka.internal.group.Coordinator.join;
import static dev.millrace.kafka.internal.group.Coordinator.protocol;
import static dev.millrace.kafka.internal.group.Coordinator.share;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.message.JoinGroupRequestData;
import org.apache.kafka.common.message.JoinGroupResponseData;
import org.apache.kafka.common.message.SyncGroupResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;

/** From one generation to the next, on a clock that the test moves. */
class RebalanceTest {
    private final Coordinator it = Coordinator.start();

    @Test
    void aMemberIsGivenItsIdBeforeItJoins() {
        JoinGroupResponseData invited = it.join("").join();
        assertThat(invited.errorCode()).isEqualTo(Errors.MEMBER_ID_REQUIRED.code());
        assertThat(invited.memberId()).startsWith("client-");
        JoinGroupResponseData joined = it.join(invited.memberId()).join();
        assertThat(joined.errorCode()).isZero();
        assertThat(joined.generationId()).isEqualTo(1);
        assertThat(joined.leader()).isEqualTo(invited.memberId());
        assertThat(joined.protocolName()).isEqualTo("range");
        assertThat(joined.members()).hasSize(1);
    }

    @Test
    void anIdThatNobodyUsesIsVoidAfterASessionTimeout() {
        String id = it.invite();
        it.timers.advance(SESSION_MILLIS);
        assertThat(it.join(id).join().errorCode()).isEqualTo(Errors.UNKNOWN_MEMBER_ID.code());
    }

    @Test
    void oldClientsJoinWithoutAnInvitation() {
        JoinGroupRequestData request = join("", null, protocol("range"));
        assertThat(it.join(request, 3).join().generationId()).isEqualTo(1);
    }

    @Test
    void joinsThatArriveWhileOthersAreInvitedFormOneGeneration() {
        String a = it.invite();
        String b = it.invite();
        CompletableFuture<JoinGroupResponseData> first = it.join(a);
        assertThat(first).isNotDone();
        CompletableFuture<JoinGroupResponseData> second = it.join(b);
        assertThat(first.join().generationId()).isEqualTo(1);
        assertThat(second.join().generationId()).isEqualTo(1);
        assertThat(first.join().members()).hasSize(2);
        assertThat(second.join().members()).as("told to a follower").isEmpty();
    }

    @Test
    void aGroupThatBeginsWaitsForMoreAsLongAsTheyCome() {
        Coordinator slow =
                new Coordinator(
                        new GroupOptions(6000, 60_000, 3000, 9, 9, 1 << 20, 4096, 1000), false);
        CompletableFuture<JoinGroupResponseData> first = slow.join(slow.invite());
        slow.timers.advance(2999);
        CompletableFuture<JoinGroupResponseData> second = slow.join(slow.invite());
        slow.timers.advance(1);
        assertThat(first).as("the second came in time").isNotDone();
        slow.timers.advance(3000);
        assertThat(first.join().generationId()).isEqualTo(1);
        assertThat(second.join().generationId()).isEqualTo(1);
    }

    @Test
    void everyMemberGetsWhatTheLeaderGaveIt() {
        List<String> ids = it.stable(3);
        assertThat(it.describe().groupState()).isEqualTo("Stable");
        for (String id : ids) {
            SyncGroupResponseData answer = it.sync(id, 1, List.of()).join();
            assertThat(new String(answer.assignment(), US_ASCII)).isEqualTo(share(id, 1));
            assertThat(it.beat(id, 1)).isEqualTo(Errors.NONE);
        }
    }

    @Test
    void membersWaitForTheLeadersAssignment() {
        String a = it.invite();
        String b = it.invite();
        var _ = it.join(a);
        var _ = it.join(b);
        CompletableFuture<SyncGroupResponseData> waiting = it.sync(b, 1, List.of());
        assertThat(waiting).isNotDone();
        assertThat(it.describe().groupState()).isEqualTo("CompletingRebalance");
        assertThat(it.beat(b, 1)).isEqualTo(Errors.NONE);
        assertThat(it.sync(a, 1, List.of(a, b))).isCompleted();
        assertThat(new String(waiting.join().assignment(), US_ASCII)).isEqualTo(share(b, 1));
    }

    @Test
    void aNewMemberHasTheOthersJoinAgain() {
        List<String> ids = it.stable(2);
        String third = it.invite();
        CompletableFuture<JoinGroupResponseData> joining = it.join(third);
        assertThat(it.beat(ids.get(0), 1)).isEqualTo(Errors.REBALANCE_IN_PROGRESS);
        assertThat(it.beat(ids.get(1), 1)).isEqualTo(Errors.REBALANCE_IN_PROGRESS);
        assertThat(it.describe().groupState()).isEqualTo("PreparingRebalance");
        var _ = it.join(ids.get(0));
        assertThat(joining).isNotDone();
        var _ = it.join(ids.get(1));
        assertThat(joining.join().generationId()).isEqualTo(2);
        assertThat(it.beat(ids.get(0), 1)).isEqualTo(Errors.ILLEGAL_GENERATION);
    }

    @Test
    void membersThatDoNotJoinAgainAreDroppedWhenTheTimeIsOver() {
        List<String> ids = it.stable(2);
        CompletableFuture<JoinGroupResponseData> joining = it.join(it.invite());
        CompletableFuture<JoinGroupResponseData> again = it.join(ids.getFirst());
        for (int i = 0; i < 12; i++) {
            assertThat(joining).isNotDone();
            assertThat(it.beat(ids.get(1), 1)).isEqualTo(Errors.REBALANCE_IN_PROGRESS);
            it.timers.advance(5000);
        }
        assertThat(joining.join().generationId()).isEqualTo(2);
        assertThat(again.join().members()).hasSize(2);
        assertThat(it.beat(ids.get(1), 1)).isEqualTo(Errors.UNKNOWN_MEMBER_ID);
    }

    @Test
    void aMemberThatIsNotHeardOfIsMissedAfterItsSessionTimeout() {
        List<String> ids = it.stable(2);
        it.timers.advance(SESSION_MILLIS - 1);
        assertThat(it.beat(ids.getFirst(), 1)).isEqualTo(Errors.NONE);
        it.timers.advance(1);
        assertThat(it.beat(ids.getFirst(), 1)).isEqualTo(Errors.REBALANCE_IN_PROGRESS);
        JoinGroupResponseData alone = it.join(ids.getFirst()).join();
        assertThat(alone.generationId()).isEqualTo(2);
        assertThat(alone.members()).hasSize(1);
    }

    @Test
    void membersThatWaitForAGenerationAreNotMissed() {
        List<String> ids = it.stable(2);
        CompletableFuture<JoinGroupResponseData> joining = it.join(it.invite());
        var _ = it.join(ids.getFirst());
        for (int i = 0; i < 5; i++) {
            it.timers.advance(SESSION_MILLIS - 1);
            var _ = it.beat(ids.get(1), 1);
        }
        var _ = it.join(ids.get(1));
        assertThat(joining.join().generationId()).isEqualTo(2);
        assertThat(it.describe().members()).hasSize(3);
    }

    @Test
    void aMemberThatDoesNotAskForItsAssignmentIsDropped() {
        String a = it.invite();
        String b = it.invite();
        var _ = it.join(a);
        var _ = it.join(b);
        assertThat(it.sync(a, 1, List.of(a, b))).isCompleted();
        for (int i = 0; i < 12; i++) {
            it.timers.advance(5000);
            var _ = it.beat(a, 1);
            var _ = it.beat(b, 1);
        }
        assertThat(it.beat(a, 1)).isEqualTo(Errors.REBALANCE_IN_PROGRESS);
        assertThat(it.beat(b, 1)).isEqualTo(Errors.UNKNOWN_MEMBER_ID);
    }

    @Test
    void theLastToLeaveLeavesAnEmptyGroup() {
        List<String> ids = it.stable(1);
        assertThat(it.leave(ids.getFirst(), null)).isEqualTo(Errors.NONE);
        assertThat(it.describe().groupState()).isEqualTo("Empty");
        assertThat(it.leave(ids.getFirst(), null)).isEqualTo(Errors.UNKNOWN_MEMBER_ID);
        assertThat(it.join(it.invite()).join().generationId()).as("generations go on").isEqualTo(3);
    }

    @Test
    void theProtocolThatMostPreferOfThoseThatAllKnowIsChosen() {
        String a = it.invite();
        String b = it.invite();
        String c = it.invite();
        var _ = it.join(join(a, null, protocol("x"), protocol("y"), protocol("z")), 9);
        var _ = it.join(join(b, null, protocol("z"), protocol("y")), 9);
        JoinGroupResponseData joined =
                it.join(join(c, null, protocol("y"), protocol("z")), 9).join();
        assertThat(joined.protocolName()).isEqualTo("y");
    }

    @Test
    void aMemberThatSharesNoProtocolIsRefused() {
        var _ = it.stable(1);
        JoinGroupRequestData other = join("", null, protocol("sticky"));
        assertThat(it.join(other, 9).join().errorCode())
                .isEqualTo(Errors.INCONSISTENT_GROUP_PROTOCOL.code());
        JoinGroupRequestData connect = join("", null, protocol("range")).setProtocolType("connect");
        assertThat(it.join(connect, 9).join().errorCode())
                .isEqualTo(Errors.INCONSISTENT_GROUP_PROTOCOL.code());
    }

    @Test
    void aLeaderThatJoinsAgainBeginsAGenerationAndAFollowerDoesNot() {
        List<String> ids = it.stable(2);
        JoinGroupResponseData same = it.join(ids.get(1)).join();
        assertThat(same.generationId()).isEqualTo(1);
        assertThat(it.describe().groupState()).isEqualTo("Stable");
        var _ = it.join(ids.get(0));
        assertThat(it.describe().groupState()).isEqualTo("PreparingRebalance");
    }

    @Test
    void aFollowerThatSaysSomethingElseBeginsAGeneration() {
        List<String> ids = it.stable(2);
        var _ = it.join(join(ids.get(1), null, protocol("range", 2)), 9);
        assertThat(it.describe().groupState()).isEqualTo("PreparingRebalance");
    }

    @Test
    void theLimitsHold() {
        JoinGroupRequestData impatient = join("", null, protocol("range")).setSessionTimeoutMs(1);
        assertThat(it.join(impatient, 9).join().errorCode())
                .isEqualTo(Errors.INVALID_SESSION_TIMEOUT.code());
        JoinGroupRequestData nameless = join("", null, protocol("range")).setGroupId("");
        assertThat(it.join(nameless, 9).join().errorCode())
                .isEqualTo(Errors.INVALID_GROUP_ID.code());
        JoinGroupRequestData wordy = join("", null, protocol("range", new int[(1 << 20) + 1]));
        assertThat(it.join(wordy, 9).join().errorCode()).isEqualTo(Errors.INVALID_REQUEST.code());
        for (int i = 0; i < 100; i++) {
            var _ = it.invite();
        }
        assertThat(it.join("").join().errorCode()).isEqualTo(Errors.GROUP_MAX_SIZE_REACHED.code());
    }

    @Test
    void anAssignmentThatCannotBeStoredIsToldToNobody() {
        String a = it.invite();
        var _ = it.join(a);
        it.store.full(true);
        assertThat(it.sync(a, 1, List.of(a)).join().errorCode())
                .isEqualTo(Errors.COORDINATOR_NOT_AVAILABLE.code());
        assertThat(it.describe().groupState()).isEqualTo("PreparingRebalance");
        it.store.full(false);
        assertThat(it.join(a).join().generationId()).isEqualTo(2);
        assertThat(it.sync(a, 2, List.of(a)).join().errorCode()).isZero();
    }

    @Test
    void anAssignmentThatIsStoredTooLateIsNotThatOfTheNextGeneration() {
        Coordinator slow = new Coordinator(Coordinator.OPTIONS, true);
        String a = slow.invite();
        var _ = slow.join(a);
        CompletableFuture<SyncGroupResponseData> first = slow.sync(a, 1, List.of(a));
        String b = slow.invite();
        var _ = slow.join(b);
        var _ = slow.join(a);
        assertThat(first.join().errorCode()).isEqualTo(Errors.REBALANCE_IN_PROGRESS.code());
        assertThat(slow.describe().groupState()).isEqualTo("CompletingRebalance");
        CompletableFuture<SyncGroupResponseData> second = slow.sync(a, 2, List.of(a, b));
        slow.store.finish();
        assertThat(slow.describe().groupState()).isEqualTo("CompletingRebalance");
        assertThat(second).isNotDone();
        slow.store.finish();
        assertThat(new String(second.join().assignment(), US_ASCII)).isEqualTo(share(a, 2));
    }

    @Test
    void whoAsksAgainOnAnotherConnectionDoesNotLeaveTheFirstWaiting() {
        String a = it.invite();
        var _ = it.invite();
        CompletableFuture<JoinGroupResponseData> lost = it.join(a);
        CompletableFuture<JoinGroupResponseData> again = it.join(a);
        assertThat(lost.join().errorCode()).isEqualTo(Errors.REBALANCE_IN_PROGRESS.code());
        assertThat(again).isNotDone();
    }

    @Test
    void closingSendsAwayWhoeverWaits() {
        String a = it.invite();
        var _ = it.invite();
        CompletableFuture<JoinGroupResponseData> waiting = it.join(a);
        it.groups.close();
        assertThat(waiting.join().errorCode()).isEqualTo(Errors.COORDINATOR_NOT_AVAILABLE.code());
        assertThat(it.join("").join().errorCode())
                .isEqualTo(Errors.COORDINATOR_NOT_AVAILABLE.code());
        assertThat(it.beat(a, 1)).isEqualTo(Errors.COORDINATOR_NOT_AVAILABLE);
    }
}
