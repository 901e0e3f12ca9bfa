package dev.millrace.kafka.internal.group;

import static dev.millrace.kafka.internal.group.Coordinator.TOPIC;
import static dev.millrace.kafka.internal.group.Coordinator.join;
import static dev.millrace.kafka.internal.group.Coordinator.protocol;
import static dev.millrace.kafka.internal.group.Coordinator.share;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.message.JoinGroupRequestData;
import org.apache.kafka.common.message.JoinGroupResponseData;
import org.apache.kafka.common.message.JoinGroupResponseData.JoinGroupResponseMember;
import org.apache.kafka.common.message.SyncGroupResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Many clients that join, die, leave, come back and commit in any order, over a slow store that
 * fails now and then, with the process killed in between. Whatever happens:
 *
 * <ul>
 *   <li>whoever learns of a generation learns the same leader and protocol as all others in it;
 *   <li>each member of a generation gets what its leader gave it, and nothing else;
 *   <li>a commit that was acknowledged is there, until a later one is;
 *   <li>none that was refused ever is, and none of a generation before the one that has committed;
 *   <li>left alone, the clients that live end in one stable generation.
 * </ul>
 */
class GroupModelTest {
    private static final int CLIENTS = 6;
    private static final int STEPS = 6_000;
    private static final GroupOptions OPTIONS =
            new GroupOptions(1000, 60_000, 300, 20, 10, 1 << 20, 4096, 604_800_000);

    private final Map<String, String> leaders = new HashMap<>();
    private final Set<Long> refused = new HashSet<>();
    private final List<Commit> commits = new ArrayList<>();
    private final Client[] clients = new Client[CLIENTS];
    private SplittableRandom random = new SplittableRandom();
    private Coordinator it = new Coordinator(OPTIONS, true);
    private int generationsBefore;
    private long nextOffset = 1;
    private long acknowledged = -1;
    private int wave;

    private record Commit(long offset, int generation, CompletableFuture<Errors> answer) {}

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
    void holdsWhateverHappens(long seed) {
        random = new SplittableRandom(seed);
        Arrays.setAll(clients, Client::new);
        for (int step = 0; step < STEPS; step++) {
            String at = "seed %d, step %d".formatted(seed, step);
            act();
            settleCommits(at);
        }
        calmDown("seed %d, at the end".formatted(seed));
    }

    private void act() {
        Client client = clients[random.nextInt(CLIENTS)];
        switch (random.nextInt(100)) {
            case 0, 1 -> client.die();
            case 2 -> client.leave();
            case 3 -> it.store.full(random.nextInt(3) == 0);
            case 4 -> restart();
            case 5, 6, 7, 8, 9 -> it.timers.advance(random.nextInt(700));
            case 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24 -> client.commit();
            case 25 -> it.sweep();
            default -> {
                if (it.store.isWaiting() && random.nextBoolean()) {
                    it.store.finish();
                } else {
                    client.step();
                }
            }
        }
    }

    /** The process is killed: what was on its way may be lost, and nobody is told. */
    private void restart() {
        it = it.restart();
        for (Client client : clients) {
            client.disconnect();
        }
        commits.removeIf(commit -> !commit.answer().isDone());
        wave++; // a generation that was not stored may be begun again, with another leader
    }

    private void settleCommits(String at) {
        while (!commits.isEmpty() && commits.getFirst().answer().isDone()) {
            Commit commit = commits.removeFirst();
            if (commit.answer().join() == Errors.NONE) {
                assertThat(commit.generation())
                        .as("%s: generations go on", at)
                        .isGreaterThanOrEqualTo(generationsBefore);
                generationsBefore = commit.generation();
                acknowledged = commit.offset();
            } else {
                refused.add(commit.offset());
            }
        }
        long committed = it.committed(TOPIC, 0);
        assertThat(committed)
                .as("%s: the last that was acknowledged, or a later one", at)
                .isGreaterThanOrEqualTo(acknowledged);
        assertThat(refused).as("%s: what was refused", at).doesNotContain(committed);
    }

    /** Everything works, nobody dies: all who live find together. */
    private void calmDown(String at) {
        it.store.full(false);
        for (int round = 0; round < 400; round++) {
            while (it.store.isWaiting()) {
                it.store.finish();
            }
            for (Client client : clients) {
                client.step();
            }
            it.timers.advance(100);
            settleCommits(at);
        }
        List<Client> members = Arrays.stream(clients).filter(c -> c.isMember).toList();
        assertThat(members)
                .as("%s: the members of %s, of %s", at, it.describe(), List.of(clients))
                .hasSize(CLIENTS);
        assertThat(members)
                .as("%s: one generation", at)
                .extracting(c -> c.generation)
                .containsOnly(members.getFirst().generation);
        assertThat(it.describe().groupState()).as(at).isEqualTo("Stable");
        assertThat(it.describe().members()).as(at).hasSize(CLIENTS);
        Coordinator next = it.restart();
        assertThat(next.committed(TOPIC, 0)).as(at).isEqualTo(it.committed(TOPIC, 0));
        assertThat(next.describe().members()).as(at).hasSize(CLIENTS);
    }

    /** A client as Kafka's consumer is: it joins, syncs, sends heartbeats, and joins again. */
    private final class Client {
        private final int number;
        private String id = "";
        private int generation = -1;
        private boolean isMember;
        private CompletableFuture<JoinGroupResponseData> joining;
        private CompletableFuture<SyncGroupResponseData> syncing;

        Client(int number) {
            this.number = number;
        }

        @Override
        public String toString() {
            return "%s in %d%s%s"
                    .formatted(
                            id,
                            generation,
                            joining == null ? "" : ", joining",
                            syncing == null ? "" : ", syncing");
        }

        boolean isStatic() {
            return number < 2;
        }

        void die() {
            id = "";
            generation = -1;
            disconnect();
            isMember = false;
        }

        void disconnect() {
            joining = null;
            syncing = null;
            if (!isMember) {
                generation = -1;
            }
        }

        void leave() {
            if (!id.isEmpty() && !isStatic()) {
                var _ = it.leave(id, null);
                die();
            }
        }

        void commit() {
            if (isMember) {
                long offset = nextOffset++;
                commits.add(new Commit(offset, generation, it.commit(id, generation, 0, offset)));
            }
        }

        void step() {
            if (joining != null) {
                joined();
            } else if (syncing != null) {
                synced();
            } else if (!isMember) {
                joining = it.join(request(), 9);
            } else {
                Errors answer = it.beat(id, isStatic() ? "i" + number : null, generation);
                if (answer != Errors.NONE && answer != Errors.COORDINATOR_NOT_AVAILABLE) {
                    isMember = false;
                    forget(answer);
                }
            }
        }

        private JoinGroupRequestData request() {
            return join(id, isStatic() ? "i" + number : null, protocol("range", number))
                    .setSessionTimeoutMs(1000)
                    .setRebalanceTimeoutMs(3000);
        }

        private void forget(Errors error) {
            if (error == Errors.UNKNOWN_MEMBER_ID || error == Errors.FENCED_INSTANCE_ID) {
                id = "";
            }
        }

        private void joined() {
            if (!joining.isDone()) {
                return;
            }
            JoinGroupResponseData answer = joining.join();
            joining = null;
            Errors error = Errors.forCode(answer.errorCode());
            if (error == Errors.MEMBER_ID_REQUIRED) {
                id = answer.memberId();
            } else if (error == Errors.NONE) {
                id = answer.memberId();
                generation = answer.generationId();
                assign(answer);
            } else {
                forget(error);
            }
        }

        private void assign(JoinGroupResponseData answer) {
            if (answer.skipAssignment() || !answer.leader().equals(id)) {
                syncing = it.sync(id, generation, List.of());
                return;
            }
            List<String> members = new ArrayList<>();
            for (JoinGroupResponseMember member : answer.members()) {
                members.add(member.memberId());
            }
            String other = leaders.put(wave + "/" + generation, id);
            assertThat(other).as("the leader of generation %d", generation).isIn(null, id);
            syncing = it.sync(id, generation, members);
        }

        private void synced() {
            if (!syncing.isDone()) {
                return;
            }
            SyncGroupResponseData answer = syncing.join();
            syncing = null;
            Errors error = Errors.forCode(answer.errorCode());
            if (error == Errors.NONE) {
                isMember = true;
                String mine = new String(answer.assignment(), US_ASCII);
                if (!isStatic()) {
                    assertThat(mine)
                            .as("the assignment of %s", id)
                            .isEqualTo(share(id, generation));
                } else {
                    assertThat(mine)
                            .as("the assignment of %s", id)
                            .startsWith("i" + number + "-")
                            .endsWith("@" + generation);
                }
            } else {
                forget(error);
            }
        }
    }
}
