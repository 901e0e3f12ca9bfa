package dev.millrace.kafka.internal.group;

import static dev.millrace.kafka.internal.group.Coordinator.SESSION_MILLIS;
import static dev.millrace.kafka.internal.group.Coordinator.join;
import static dev.millrace.kafka.internal.group.Coordinator.protocol;
import static dev.millrace.kafka.internal.group.Coordinator.share;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.message.JoinGroupResponseData;
import org.apache.kafka.common.message.SyncGroupResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;

/** Members with a group.instance.id (KIP-345). */
class StaticMemberTest {
    private final Coordinator it = Coordinator.start();

    private CompletableFuture<JoinGroupResponseData> enter(String instance, int version) {
        return it.join(join("", instance, protocol("range", 1)), version);
    }

    /** Two static members in a stable generation; the first leads. */
    private List<String> stable() {
        String a = enter("i1", 9).join().memberId();
        CompletableFuture<JoinGroupResponseData> b = enter("i2", 9);
        var _ = it.join(join(a, "i1", protocol("range", 1)), 9);
        List<String> ids = List.of(a, b.join().memberId());
        var _ = it.sync(ids.get(0), 2, ids);
        var _ = it.sync(ids.get(1), 2, List.of());
        assertThat(it.describe().groupState()).isEqualTo("Stable");
        return ids;
    }

    @Test
    void needNoInvitation() {
        assertThat(enter("i1", 9).join().generationId()).isEqualTo(1);
    }

    @Test
    void comeBackToTheirAssignmentUnderAnotherId() {
        List<String> ids = stable();
        JoinGroupResponseData back = enter("i2", 9).join();
        assertThat(back.generationId()).isEqualTo(2);
        assertThat(back.memberId()).isNotEqualTo(ids.get(1)).startsWith("i2-");
        SyncGroupResponseData synced = it.sync(back.memberId(), 2, List.of()).join();
        assertThat(new String(synced.assignment(), US_ASCII)).isEqualTo(share(ids.get(1), 2));
        assertThat(it.beat(ids.get(0), 2)).as("nobody else notices").isEqualTo(Errors.NONE);
    }

    @Test
    void fenceTheirFormerSelves() {
        List<String> ids = stable();
        var _ = enter("i2", 9).join();
        assertThat(it.beat(ids.get(1), "i2", 2)).isEqualTo(Errors.FENCED_INSTANCE_ID);
        assertThat(it.leave(ids.get(1), "i2")).isEqualTo(Errors.FENCED_INSTANCE_ID);
        assertThat(it.join(join(ids.get(1), "i2", protocol("range", 1)), 9).join().errorCode())
                .isEqualTo(Errors.FENCED_INSTANCE_ID.code());
    }

    @Test
    void leadAgainWithoutAssigningAnew() {
        List<String> ids = stable();
        JoinGroupResponseData back = enter("i1", 9).join();
        assertThat(back.leader()).isEqualTo(back.memberId());
        assertThat(back.skipAssignment()).isTrue();
        assertThat(back.members()).hasSize(2);
        JoinGroupResponseData old = enter("i1", 8).join();
        assertThat(old.leader()).as("another").isEqualTo(back.memberId());
        assertThat(old.memberId()).isNotEqualTo(back.memberId());
        assertThat(ids).doesNotContain(old.memberId());
    }

    @Test
    void areKeptThroughARebalanceUntilTheirSessionIsOver() {
        List<String> ids = stable();
        CompletableFuture<JoinGroupResponseData> third = it.join(it.invite());
        var _ = it.join(join(ids.get(0), "i1", protocol("range", 1)), 9);
        it.timers.advance(SESSION_MILLIS - 1);
        assertThat(third).isNotDone();
        it.timers.advance(1);
        assertThat(third.join().generationId()).isEqualTo(3);
        assertThat(it.describe().members()).hasSize(2);
    }

    @Test
    void areTakenOutByTheirInstance() {
        stable();
        assertThat(it.leave("", "i2")).isEqualTo(Errors.NONE);
        assertThat(it.leave("", "i2")).isEqualTo(Errors.UNKNOWN_MEMBER_ID);
        assertThat(it.describe().members()).hasSize(1);
    }

    @Test
    void areKnownAfterARestartUnderTheirNewId() {
        stable();
        String back = enter("i2", 9).join().memberId();
        Coordinator next = it.restart();
        assertThat(next.beat(back, "i2", 2)).isEqualTo(Errors.NONE);
    }
}
