package dev.millrace.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.CloseOptions.GroupMembershipOperation;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RebalanceInProgressException;
import org.apache.kafka.common.errors.WakeupException;

/**
 * Members of one group, each Kafka's own consumer on a thread of its own, which polls and commits.
 */
final class Members implements AutoCloseable {
    static final String GROUP = "readers";
    static final String TOPIC = "read";
    static final int PARTITIONS = 6;
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    private final String bootstrap;
    private final Map<String, Member> members = new ConcurrentHashMap<>();

    Members(Served served) {
        this(served.bootstrap());
    }

    Members(String bootstrap) {
        this.bootstrap = bootstrap;
    }

    /** Has a member join. */
    void join(String name, Object... more) {
        List<Object> settings =
                new ArrayList<>(
                        List.of(
                                "group.id", GROUP,
                                "client.id", name,
                                "heartbeat.interval.ms", 50,
                                "session.timeout.ms", 1000,
                                "reconnect.backoff.ms", 10,
                                "retry.backoff.ms", 10,
                                "enable.auto.commit", false));
        settings.addAll(Arrays.asList(more));
        members.put(name, new Member(name, Served.consumerOf(bootstrap, settings.toArray())));
    }

    /** Has it say goodbye. */
    void leave(String name) {
        member(name).end(true);
        members.remove(name);
    }

    /** Has it go away without a word. */
    void kill(String name) {
        member(name).end(false);
        members.remove(name);
    }

    Set<TopicPartition> assignment(String name) {
        return member(name).assignment;
    }

    int generation(String name) {
        return member(name).generation;
    }

    Throwable failure(String name) {
        return member(name).failure;
    }

    /** Waits until each of these has partitions, and each partition one of these. */
    void awaitAssigned(String... names) {
        await(
                () -> {
                    Set<TopicPartition> all = new HashSet<>();
                    int count = 0;
                    for (String name : names) {
                        Set<TopicPartition> mine = assignment(name);
                        if (mine.isEmpty()) {
                            return false;
                        }
                        all.addAll(mine);
                        count += mine.size();
                    }
                    return all.size() == PARTITIONS && count == PARTITIONS;
                },
                () -> "the partitions of " + Arrays.toString(names) + ": " + members);
    }

    void awaitFailed(String name) {
        await(() -> failure(name) != null, () -> name + " goes on: " + members);
    }

    /** Waits until every member has committed anew. */
    void awaitCommits() {
        Map<String, Long> before = new ConcurrentHashMap<>();
        members.forEach((name, member) -> before.put(name, member.commits));
        await(
                () ->
                        members.entrySet().stream()
                                .allMatch(m -> m.getValue().commits > before.get(m.getKey()) + 1),
                () -> "no commits: " + members);
    }

    private static void await(BooleanSupplier holds, Supplier<String> otherwise) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!holds.getAsBoolean()) {
            assertThat(System.nanoTime()).as(otherwise).isLessThan(deadline);
            try {
                Thread.sleep(5);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    /** The highest offset whose commit was acknowledged, by partition. */
    Map<TopicPartition, Long> acknowledged() {
        Map<TopicPartition, Long> highest = new HashMap<>();
        members.values()
                .forEach(m -> m.acknowledged.forEach((p, o) -> highest.merge(p, o, Math::max)));
        return highest;
    }

    private Member member(String name) {
        return members.get(name);
    }

    @Override
    public void close() {
        members.values().forEach(member -> member.end(false));
    }

    private static final class Member {
        private final String name;
        private final KafkaConsumer<String, String> consumer;
        private final Thread thread;
        private volatile Set<TopicPartition> assignment = Set.of();
        private volatile int generation = -1;
        private final Map<TopicPartition, Long> acknowledged = new ConcurrentHashMap<>();
        private volatile long commits;
        private volatile Throwable failure;
        private volatile boolean over;
        private volatile boolean leaves;

        Member(String name, KafkaConsumer<String, String> consumer) {
            this.name = name;
            this.consumer = consumer;
            this.thread = Thread.ofPlatform().name("member-" + name).start(this::run);
        }

        private void run() {
            try {
                consumer.subscribe(List.of(TOPIC));
                while (!over) {
                    consumer.poll(Duration.ofMillis(20));
                    generation = consumer.groupMetadata().generationId();
                    assignment = Set.copyOf(consumer.assignment());
                    commit();
                }
            } catch (WakeupException e) {
                // it is over
            } catch (RuntimeException e) {
                failure = e;
            } finally {
                consumer.close(
                        CloseOptions.timeout(Duration.ofSeconds(leaves ? 10 : 0))
                                .withGroupMembershipOperation(
                                        leaves
                                                ? GroupMembershipOperation.LEAVE_GROUP
                                                : GroupMembershipOperation.REMAIN_IN_GROUP));
            }
        }

        private void commit() {
            if (assignment.isEmpty()) {
                return;
            }
            TopicPartition first = assignment.iterator().next();
            try {
                consumer.commitSync(
                        Map.of(first, new OffsetAndMetadata(commits)), Duration.ofSeconds(20));
                acknowledged.put(first, commits);
                commits++;
            } catch (CommitFailedException | RebalanceInProgressException e) {
                // another generation has begun
            }
        }

        void end(boolean leaving) {
            leaves = leaving;
            over = true;
            consumer.wakeup();
            try {
                thread.join();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        public String toString() {
            return name + " in " + generation + " has " + assignment + ", failure " + failure;
        }
    }
}
