package dev.millrace.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.log.TopicSpec;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.GroupListing;
import org.apache.kafka.clients.admin.ListGroupsOptions;
import org.apache.kafka.clients.admin.MemberDescription;
import org.apache.kafka.clients.admin.MemberToRemove;
import org.apache.kafka.clients.admin.RemoveMembersFromConsumerGroupOptions;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.GroupState;
import org.apache.kafka.common.GroupType;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.errors.GroupNotEmptyException;
import org.apache.kafka.common.errors.GroupSubscribedToTopicException;
import org.apache.kafka.common.errors.UnknownMemberIdException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What Kafka's own Admin can ask of groups. */
@Timeout(120)
class GroupAdminTest {
    private static final String GROUP = Members.GROUP;
    private static final TopicPartition OTHER = new TopicPartition("other", 1);

    @TempDir private Path directory;
    private Served served;
    private Members members;
    private Admin admin;

    @BeforeEach
    void serve() {
        served = Served.in(directory);
        served.log.createTopic(TopicSpec.named(Members.TOPIC).partitions(Members.PARTITIONS));
        served.log.createTopic(TopicSpec.named("other").partitions(2));
        members = new Members(served);
        admin = served.admin();
    }

    @AfterEach
    void end() {
        admin.close();
        members.close();
        served.close();
    }

    @Test
    void listsGroups() throws Exception {
        assertThat(admin.listGroups().all().get()).isEmpty();
        admin.alterConsumerGroupOffsets("idle", Map.of(OTHER, new OffsetAndMetadata(5)))
                .all()
                .get();
        members.join("a", "session.timeout.ms", 30_000);
        members.awaitAssigned("a");
        assertThat(admin.listGroups().all().get())
                .extracting(GroupListing::groupId)
                .containsExactlyInAnyOrder("idle", GROUP);
        assertThat(list(new ListGroupsOptions().inGroupStates(Set.of(GroupState.STABLE))))
                .singleElement()
                .satisfies(
                        group -> {
                            assertThat(group.groupId()).isEqualTo(GROUP);
                            assertThat(group.protocol()).isEqualTo("consumer");
                            assertThat(group.type()).contains(GroupType.CLASSIC);
                            assertThat(group.groupState()).contains(GroupState.STABLE);
                        });
        assertThat(list(new ListGroupsOptions().withTypes(Set.of(GroupType.SHARE)))).isEmpty();
        assertThat(list(ListGroupsOptions.forConsumerGroups())).hasSize(2);
    }

    private Collection<GroupListing> list(ListGroupsOptions options) throws Exception {
        return admin.listGroups(options).all().get();
    }

    @Test
    void describesGroups() throws Exception {
        members.join("a", "session.timeout.ms", 30_000);
        members.join("b", "session.timeout.ms", 30_000, "group.instance.id", "i2");
        members.awaitAssigned("a", "b");
        ConsumerGroupDescription group =
                admin.describeConsumerGroups(List.of(GROUP)).all().get().get(GROUP);
        assertThat(group.groupState()).isEqualTo(GroupState.STABLE);
        assertThat(group.partitionAssignor()).isEqualTo("range");
        assertThat(group.coordinator().port()).isEqualTo(served.server.address().getPort());
        assertThat(group.members())
                .extracting(MemberDescription::clientId)
                .containsExactlyInAnyOrder("a", "b");
        for (MemberDescription member : group.members()) {
            assertThat(member.host()).isEqualTo("/127.0.0.1");
            assertThat(member.assignment().topicPartitions())
                    .isEqualTo(members.assignment(member.clientId()));
            assertThat(member.groupInstanceId().isPresent())
                    .isEqualTo(member.clientId().equals("b"));
        }
        assertThatThrownBy(() -> admin.describeConsumerGroups(List.of("none")).all().get())
                .hasCauseInstanceOf(GroupIdNotFoundException.class);
    }

    @Test
    void setsListsAndDeletesOffsets() throws Exception {
        TopicPartition read = new TopicPartition(Members.TOPIC, 0);
        admin.alterConsumerGroupOffsets(
                        GROUP,
                        Map.of(
                                read, new OffsetAndMetadata(7),
                                OTHER, new OffsetAndMetadata(5, "why")))
                .all()
                .get();
        assertThat(offsets()).containsOnlyKeys(read, OTHER);
        assertThat(offsets().get(OTHER)).isEqualTo(new OffsetAndMetadata(5, "why"));
        members.join("a", "session.timeout.ms", 30_000);
        members.awaitAssigned("a");
        assertFails(
                admin.alterConsumerGroupOffsets(GROUP, Map.of(read, new OffsetAndMetadata(8)))
                        .all(),
                UnknownMemberIdException.class);
        admin.deleteConsumerGroupOffsets(GROUP, Set.of(OTHER)).all().get();
        assertFails(
                admin.deleteConsumerGroupOffsets(GROUP, Set.of(read)).partitionResult(read),
                GroupSubscribedToTopicException.class);
        assertThat(offsets()).containsKey(read).doesNotContainKey(OTHER);
    }

    private Map<TopicPartition, OffsetAndMetadata> offsets() throws Exception {
        return admin.listConsumerGroupOffsets(GROUP).partitionsToOffsetAndMetadata().get();
    }

    @Test
    void deletesGroupsWithoutMembers() throws Exception {
        members.join("a", "session.timeout.ms", 30_000);
        members.awaitAssigned("a");
        members.awaitCommits();
        assertFails(admin.deleteConsumerGroups(List.of(GROUP)).all(), GroupNotEmptyException.class);
        members.leave("a");
        admin.deleteConsumerGroups(List.of(GROUP)).all().get();
        assertThat(admin.listGroups().all().get()).isEmpty();
        assertThat(offsets()).isEmpty();
        assertFails(
                admin.deleteConsumerGroups(List.of(GROUP)).all(), GroupIdNotFoundException.class);
    }

    @Test
    void takesMembersOut() throws Exception {
        members.join("a", "session.timeout.ms", 30_000, "group.instance.id", "i1");
        members.awaitAssigned("a");
        members.kill("a");
        admin.removeMembersFromConsumerGroup(
                        GROUP,
                        new RemoveMembersFromConsumerGroupOptions(Set.of(new MemberToRemove("i1"))))
                .all()
                .get();
        members.join("b", "session.timeout.ms", 30_000);
        members.awaitAssigned("b");
        members.kill("b");
        admin.removeMembersFromConsumerGroup(GROUP, new RemoveMembersFromConsumerGroupOptions())
                .all()
                .get();
        assertThat(admin.describeConsumerGroups(List.of(GROUP)).all().get().get(GROUP).groupState())
                .isEqualTo(GroupState.EMPTY);
    }

    private static void assertFails(KafkaFuture<?> future, Class<? extends Throwable> why) {
        assertThatThrownBy(future::get)
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(why);
    }
}
