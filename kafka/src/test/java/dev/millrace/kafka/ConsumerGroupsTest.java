package dev.millrace.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.log.LogException;
import dev.millrace.log.LogException.Code;
import dev.millrace.log.LogRecord;
import dev.millrace.log.TopicPartition;
import dev.millrace.log.TopicSpec;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Groups of Kafka's own consumers, asked for and changed in Java.
@Timeout(120)
class ConsumerGroupsTest {
    private static final TopicPartition FIRST = new TopicPartition("orders", 0);
    private static final TopicPartition SECOND = new TopicPartition("orders", 1);
    private static final long TIME = 1_000_000;

    @TempDir private Path directory;
    private Served served;
    private ConsumerGroups groups;

    @BeforeEach
    void serve() {
        served = Served.in(directory);
        groups = served.server.groups();
        served.log.createTopic(TopicSpec.named("orders").partitions(2));
        for (int i = 0; i < 10; i++) {
            byte[] value = Integer.toString(i).getBytes(StandardCharsets.UTF_8);
            served.log.append(FIRST, new LogRecord(TIME + i, null, value, List.of())).join();
        }
    }

    @AfterEach
    void close() {
        served.close();
    }

    private void commit(String group, long offset) {
        try (KafkaConsumer<String, String> consumer = served.consumer("group.id", group)) {
            var first = new org.apache.kafka.common.TopicPartition("orders", 0);
            consumer.assign(List.of(first));
            consumer.commitSync(Map.of(first, new OffsetAndMetadata(offset, "so far")));
        }
    }

    private long committed(String group) {
        try (KafkaConsumer<String, String> consumer = served.consumer("group.id", group)) {
            var first = new org.apache.kafka.common.TopicPartition("orders", 0);
            OffsetAndMetadata offset = consumer.committed(Set.of(first)).get(first);
            return offset == null ? -1 : offset.offset();
        }
    }

    private static void refused(Code code, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        LogException.class, e -> assertThat(e.code()).isEqualTo(code));
    }

    @Test
    void whatAConsumerCommittedIsShownWithItsLag() {
        commit("b", 4);
        commit("a", 12);
        assertThat(groups.list())
                .containsExactly(
                        new GroupListing("a", "Empty", ""), new GroupListing("b", "Empty", ""));
        GroupDescription described = groups.describe("b");
        assertThat(described.members()).isEmpty();
        GroupDescription.Offset offset = described.offsets().getFirst();
        assertThat(described.offsets()).hasSize(1);
        assertThat(offset.partition()).isEqualTo(FIRST);
        assertThat(offset.offset()).isEqualTo(4);
        assertThat(offset.endOffset()).isEqualTo(10);
        assertThat(offset.lag()).isEqualTo(6);
        assertThat(offset.metadata()).isEqualTo("so far");
        assertThat(offset.committedAtMillis()).isGreaterThan(TIME);
        assertThat(groups.describe("a").offsets().getFirst().lag()).isZero();
    }

    @Test
    void offsetsAreResetWhileTheGroupIsEmpty() {
        commit("g", 4);
        Set<TopicPartition> both = Set.of(FIRST, SECOND);
        assertThat(groups.resetOffsets("g", both, OffsetSpec.latest()))
                .extracting(GroupDescription.Offset::offset)
                .containsExactly(10L, 0L);
        assertThat(committed("g")).isEqualTo(10);
        groups.resetOffsets("g", Set.of(FIRST), OffsetSpec.earliest());
        assertThat(committed("g")).isZero();
        groups.resetOffsets("g", Set.of(FIRST), OffsetSpec.atTime(TIME + 7));
        assertThat(committed("g")).isEqualTo(7);
        groups.resetOffsets("g", Set.of(FIRST), OffsetSpec.atTime(TIME + 99));
        assertThat(committed("g")).isEqualTo(10);
        groups.resetOffsets("g", Set.of(FIRST), OffsetSpec.at(3));
        assertThat(committed("g")).isEqualTo(3);
        refused(
                Code.OFFSET_OUT_OF_RANGE,
                () -> groups.resetOffsets("g", both, OffsetSpec.at(3))); // the second has none
        refused(
                Code.UNKNOWN_TOPIC,
                () ->
                        groups.resetOffsets(
                                "g",
                                Set.of(FIRST, new TopicPartition("orders", 2)),
                                OffsetSpec.earliest()));
        assertThat(committed("g")).isEqualTo(3);
    }

    @Test
    void offsetsAndGroupsAreDeletedAndStaySo() {
        commit("g", 4);
        groups.deleteOffsets("g", Set.of(FIRST, SECOND));
        assertThat(committed("g")).isEqualTo(-1);
        assertThat(groups.describe("g").offsets()).isEmpty();
        commit("g", 5);
        commit("h", 5);
        groups.delete("g");
        refused(Code.UNKNOWN_GROUP, () -> groups.describe("g"));
        served.close();
        served = Served.in(directory);
        groups = served.server.groups();
        assertThat(groups.list()).extracting(GroupListing::id).containsExactly("h");
        assertThat(committed("g")).isEqualTo(-1);
    }

    @Test
    void aGroupWithMembersIsShownAndNotChanged() {
        commit("members", 4);
        try (KafkaConsumer<String, String> consumer =
                served.consumer("client.id", "reader", "group.id", "members")) {
            consumer.subscribe(List.of("orders"));
            while (consumer.assignment().isEmpty()) {
                consumer.poll(Duration.ofMillis(100));
            }
            GroupDescription described = groups.describe("members");
            assertThat(described.state()).isEqualTo("Stable");
            assertThat(described.protocolType()).isEqualTo("consumer");
            assertThat(described.protocol()).isEqualTo("range");
            GroupDescription.Member member = described.members().getFirst();
            assertThat(described.members()).hasSize(1);
            assertThat(member.clientId()).isEqualTo("reader");
            assertThat(member.id()).startsWith("reader-");
            assertThat(member.host()).contains("127.0.0.1");
            assertThat(member.assigned()).containsExactly(FIRST, SECOND);
            refused(Code.GROUP_NOT_EMPTY, () -> groups.delete("members"));
            refused(Code.GROUP_NOT_EMPTY, () -> groups.deleteOffsets("members", Set.of(FIRST)));
            refused(
                    Code.GROUP_NOT_EMPTY,
                    () -> groups.resetOffsets("members", Set.of(FIRST), OffsetSpec.earliest()));
        }
    }

    @Test
    void offsetsOfADeletedTopicAreNotThoseOfItsSuccessor() {
        commit("g", 4);
        served.log.deleteTopic("orders");
        assertThat(groups.describe("g").offsets()).isEmpty();
        served.log.createTopic(TopicSpec.named("orders").partitions(2));
        assertThat(groups.describe("g").offsets()).isEmpty();
    }

    @Test
    void aGroupThatIsNotThereIsUnknown() {
        refused(Code.UNKNOWN_GROUP, () -> groups.describe("none"));
        refused(Code.UNKNOWN_GROUP, () -> groups.delete("none"));
        refused(Code.UNKNOWN_GROUP, () -> groups.deleteOffsets("none", Set.of(FIRST)));
        refused(
                Code.UNKNOWN_GROUP,
                () -> groups.resetOffsets("none", Set.of(FIRST), OffsetSpec.latest()));
        assertThat(groups.list()).isEmpty();
    }
}
