package dev.millrace.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.log.TopicSpec;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.RangeAssignor;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.FencedInstanceIdException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Kafka's own consumers in groups: they join, go away with and without a word, and come back. */
@Timeout(120)
class ConsumerGroupTest {
    private static final KafkaServerOptions QUICK =
            KafkaServerOptions.of(Map.of("kafka.group.min.session.timeout.ms", "100"));

    @TempDir private Path directory;

    @ParameterizedTest
    @ValueSource(classes = {RangeAssignor.class, CooperativeStickyAssignor.class})
    void membersShareThePartitionsAndTakeOverFromThoseThatLeave(Class<?> assignor) {
        try (Served served = served();
                Members members = new Members(served)) {
            String strategy = assignor.getName();
            members.join("a", "partition.assignment.strategy", strategy);
            members.awaitAssigned("a");
            members.join("b", "partition.assignment.strategy", strategy);
            members.awaitAssigned("a", "b");
            members.join("c", "partition.assignment.strategy", strategy);
            members.awaitAssigned("a", "b", "c");
            members.leave("a");
            members.awaitAssigned("b", "c");
            members.leave("b");
            members.awaitAssigned("c");
        }
    }

    @Test
    void membersThatAreNotHeardOfAreReplaced() {
        try (Served served = served();
                Members members = new Members(served)) {
            members.join("a");
            members.join("b");
            members.awaitAssigned("a", "b");
            members.kill("a");
            members.awaitAssigned("b");
        }
    }

    @Test
    void membersGoOnWhereTheGroupHadCommitted() {
        try (Served served = served()) {
            TopicPartition partition = new TopicPartition("orders", 0);
            try (KafkaConsumer<String, String> consumer = served.consumer("group.id", "g")) {
                consumer.assign(List.of(partition));
                consumer.commitSync(Map.of(partition, new OffsetAndMetadata(42, "so far; \u00fc")));
                OffsetAndMetadata committed = consumer.committed(Set.of(partition)).get(partition);
                assertThat(committed.offset()).isEqualTo(42);
                assertThat(committed.metadata()).isEqualTo("so far; \u00fc");
            }
            try (KafkaConsumer<String, String> consumer = served.consumer("group.id", "g")) {
                assertThat(consumer.committed(Set.of(partition)).get(partition).offset())
                        .isEqualTo(42);
            }
        }
    }

    @Test
    void staticMembersComeBackWithoutARebalance() {
        try (Served served = served();
                Members members = new Members(served)) {
            members.join("a", "group.instance.id", "i1", "session.timeout.ms", 30_000);
            members.join("b", "group.instance.id", "i2", "session.timeout.ms", 30_000);
            members.awaitAssigned("a", "b");
            Set<TopicPartition> mine = members.assignment("a");
            int before = members.generation("b");
            members.kill("a");
            members.join("c", "group.instance.id", "i1", "session.timeout.ms", 30_000);
            members.awaitAssigned("b", "c");
            assertThat(members.assignment("c")).isEqualTo(mine);
            assertThat(members.generation("b")).isEqualTo(before);
        }
    }

    @Test
    void anInstanceThatIsThereTwiceIsFenced() {
        try (Served served = served();
                Members members = new Members(served)) {
            members.join("a", "group.instance.id", "i1", "session.timeout.ms", 30_000);
            members.awaitAssigned("a");
            members.join("b", "group.instance.id", "i1", "session.timeout.ms", 30_000);
            members.awaitFailed("a");
            assertThat(members.failure("a")).isInstanceOf(FencedInstanceIdException.class);
            members.awaitAssigned("b");
        }
    }

    @Test
    void membersGoOnInTheirGenerationWhenTheServerComesBack() {
        Served served = served();
        int port = served.server.address().getPort();
        try (Members members = new Members(served)) {
            members.join("a", "session.timeout.ms", 30_000);
            members.join("b", "session.timeout.ms", 30_000);
            members.awaitAssigned("a", "b");
            int generation = members.generation("a");
            Set<TopicPartition> mine = members.assignment("a");
            served.close();
            served = Served.again(directory, QUICK, port);
            members.awaitCommits();
            assertThat(members.generation("a")).isEqualTo(generation);
            assertThat(members.assignment("a")).isEqualTo(mine);
        } finally {
            served.close();
        }
    }

    @Test
    void commitsOfThoseThatAreNoMembersAreRefusedWhileThereAreSome() {
        try (Served served = served();
                Members members = new Members(served);
                KafkaConsumer<String, String> other = served.consumer("group.id", Members.GROUP)) {
            members.join("a");
            members.awaitAssigned("a");
            TopicPartition partition = new TopicPartition(Members.TOPIC, 0);
            other.assign(List.of(partition));
            assertThatThrownBy(() -> other.commitSync(Map.of(partition, new OffsetAndMetadata(1))))
                    .isInstanceOf(CommitFailedException.class);
        }
    }

    private Served served() {
        Served served = Served.in(directory, QUICK);
        for (String topic : List.of("orders", Members.TOPIC)) {
            served.log.createTopic(TopicSpec.named(topic).partitions(Members.PARTITIONS));
        }
        return served;
    }
}
