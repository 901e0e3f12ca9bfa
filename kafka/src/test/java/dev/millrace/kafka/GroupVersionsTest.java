package dev.millrace.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.log.TopicSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.apache.kafka.common.message.DeleteGroupsRequestData;
import org.apache.kafka.common.message.DeleteGroupsResponseData;
import org.apache.kafka.common.message.DescribeGroupsRequestData;
import org.apache.kafka.common.message.DescribeGroupsResponseData;
import org.apache.kafka.common.message.FindCoordinatorRequestData;
import org.apache.kafka.common.message.FindCoordinatorResponseData;
import org.apache.kafka.common.message.HeartbeatRequestData;
import org.apache.kafka.common.message.HeartbeatResponseData;
import org.apache.kafka.common.message.JoinGroupRequestData;
import org.apache.kafka.common.message.JoinGroupRequestData.JoinGroupRequestProtocol;
import org.apache.kafka.common.message.JoinGroupResponseData;
import org.apache.kafka.common.message.LeaveGroupRequestData;
import org.apache.kafka.common.message.LeaveGroupRequestData.MemberIdentity;
import org.apache.kafka.common.message.LeaveGroupResponseData;
import org.apache.kafka.common.message.ListGroupsRequestData;
import org.apache.kafka.common.message.ListGroupsResponseData;
import org.apache.kafka.common.message.OffsetCommitRequestData;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestPartition;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestTopic;
import org.apache.kafka.common.message.OffsetCommitResponseData;
import org.apache.kafka.common.message.OffsetFetchRequestData;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestGroup;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestTopic;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestTopics;
import org.apache.kafka.common.message.OffsetFetchResponseData;
import org.apache.kafka.common.message.SyncGroupRequestData;
import org.apache.kafka.common.message.SyncGroupRequestData.SyncGroupRequestAssignment;
import org.apache.kafka.common.message.SyncGroupResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * One member's life in every version of every API of groups that is advertised: the same step of
 * each, or the nearest version that the API has.
 */
@Timeout(60)
class GroupVersionsTest {
    private static final String GROUP = "g";
    private static final byte[] BYTES = {1, 2, 3};

    @TempDir private Path directory;

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9})
    void aMemberLives(int step) throws Exception {
        try (Served served = Served.in(directory);
                RawClient client = RawClient.of(served)) {
            served.log.createTopic(TopicSpec.named("orders"));
            findCoordinator(client, served, Math.min(step, 6));
            JoinGroupResponseData joined = join(client, step);
            String id = joined.memberId();
            assertThat(joined.leader()).isEqualTo(id);
            assertThat(joined.protocolName()).isEqualTo("p");
            assertThat(joined.members().getFirst().metadata()).isEqualTo(BYTES);
            assertThat(sync(client, id, Math.min(step, 5)).assignment()).isEqualTo(BYTES);
            assertThat(beat(client, id, Math.min(step, 4))).isEqualTo(Errors.NONE);
            commit(client, id, Math.clamp(step, 2, 9));
            fetch(client, Math.clamp(step, 1, 9));
            list(client, Math.min(step, 5));
            describe(client, id, Math.min(step, 6));
            leave(client, id, Math.min(step, 5));
            assertThat(beat(client, id, Math.min(step, 4))).isEqualTo(Errors.UNKNOWN_MEMBER_ID);
            delete(client, Math.min(step, 2));
        }
    }

    private static void findCoordinator(RawClient client, Served served, int version)
            throws IOException {
        FindCoordinatorRequestData request = new FindCoordinatorRequestData();
        if (version < 4) {
            request.setKey(GROUP);
        } else {
            request.setCoordinatorKeys(List.of(GROUP));
        }
        FindCoordinatorResponseData found =
                client.ask(FindCoordinatorResponseData.class, request, version);
        int port = version < 4 ? found.port() : found.coordinators().getFirst().port();
        assertThat(port).isEqualTo(served.server.address().getPort());
    }

    private static JoinGroupResponseData join(RawClient client, int version) throws IOException {
        JoinGroupRequestData request =
                new JoinGroupRequestData()
                        .setGroupId(GROUP)
                        .setProtocolType("t")
                        .setSessionTimeoutMs(10_000);
        request.protocols().add(new JoinGroupRequestProtocol().setName("p").setMetadata(BYTES));
        JoinGroupResponseData joined = client.ask(JoinGroupResponseData.class, request, version);
        if (version >= 4) {
            assertThat(joined.errorCode()).isEqualTo(Errors.MEMBER_ID_REQUIRED.code());
            request.setMemberId(joined.memberId());
            joined = client.ask(JoinGroupResponseData.class, request, version);
        }
        assertThat(joined.errorCode()).isZero();
        return joined;
    }

    private static SyncGroupResponseData sync(RawClient client, String id, int version)
            throws IOException {
        SyncGroupRequestData request =
                new SyncGroupRequestData().setGroupId(GROUP).setMemberId(id).setGenerationId(1);
        request.assignments()
                .add(new SyncGroupRequestAssignment().setMemberId(id).setAssignment(BYTES));
        return client.ask(SyncGroupResponseData.class, request, version);
    }

    private static Errors beat(RawClient client, String id, int version) throws IOException {
        HeartbeatRequestData request =
                new HeartbeatRequestData().setGroupId(GROUP).setMemberId(id).setGenerationId(1);
        return Errors.forCode(
                client.ask(HeartbeatResponseData.class, request, version).errorCode());
    }

    private static void commit(RawClient client, String id, int version) throws IOException {
        OffsetCommitRequestTopic topic = new OffsetCommitRequestTopic().setName("orders");
        for (int partition = 0; partition < 2; partition++) {
            topic.partitions()
                    .add(
                            new OffsetCommitRequestPartition()
                                    .setPartitionIndex(partition)
                                    .setCommittedOffset(42)
                                    .setCommittedLeaderEpoch(version >= 6 ? 0 : -1)
                                    .setCommittedMetadata("m"));
        }
        OffsetCommitResponseData committed =
                client.ask(
                        OffsetCommitResponseData.class,
                        new OffsetCommitRequestData()
                                .setGroupId(GROUP)
                                .setMemberId(id)
                                .setGenerationIdOrMemberEpoch(1)
                                .setTopics(List.of(topic)),
                        version);
        assertThat(committed.topics().getFirst().partitions())
                .extracting(partition -> Errors.forCode(partition.errorCode()))
                .containsExactly(Errors.NONE, Errors.UNKNOWN_TOPIC_OR_PARTITION);
    }

    private static void fetch(RawClient client, int version) throws IOException {
        OffsetFetchRequestData request = new OffsetFetchRequestData();
        if (version < 8) {
            request.setGroupId(GROUP)
                    .setTopics(
                            List.of(
                                    new OffsetFetchRequestTopic()
                                            .setName("orders")
                                            .setPartitionIndexes(List.of(0, 1))));
        } else {
            request.setGroups(
                    List.of(
                            new OffsetFetchRequestGroup()
                                    .setGroupId(GROUP)
                                    .setTopics(
                                            List.of(
                                                    new OffsetFetchRequestTopics()
                                                            .setName("orders")
                                                            .setPartitionIndexes(List.of(0, 1))))));
        }
        OffsetFetchResponseData fetched =
                client.ask(OffsetFetchResponseData.class, request, version);
        if (version < 8) {
            assertThat(fetched.topics().getFirst().partitions())
                    .extracting(p -> p.committedOffset() + p.metadata())
                    .containsExactly("42m", "-1");
        } else {
            assertThat(fetched.groups().getFirst().topics().getFirst().partitions())
                    .extracting(p -> p.committedOffset() + p.metadata())
                    .containsExactly("42m", "-1");
        }
        if (version >= 2 && version < 8) {
            request.setTopics(null);
            fetched = client.ask(OffsetFetchResponseData.class, request, version);
            assertThat(fetched.topics()).hasSize(1);
        }
    }

    private static void list(RawClient client, int version) throws IOException {
        ListGroupsResponseData listed =
                client.ask(ListGroupsResponseData.class, new ListGroupsRequestData(), version);
        assertThat(listed.groups().getFirst().groupId()).isEqualTo(GROUP);
        assertThat(listed.groups().getFirst().groupState()).isEqualTo(version < 4 ? "" : "Stable");
    }

    private static void describe(RawClient client, String id, int version) throws IOException {
        DescribeGroupsResponseData described =
                client.ask(
                        DescribeGroupsResponseData.class,
                        new DescribeGroupsRequestData().setGroups(List.of(GROUP, "none")),
                        version);
        assertThat(described.groups().get(0).members().getFirst().memberId()).isEqualTo(id);
        assertThat(described.groups().get(0).members().getFirst().memberAssignment())
                .isEqualTo(BYTES);
        assertThat(described.groups().get(1).groupState()).isEqualTo("Dead");
        assertThat(Errors.forCode(described.groups().get(1).errorCode()))
                .isEqualTo(version < 6 ? Errors.NONE : Errors.GROUP_ID_NOT_FOUND);
    }

    private static void leave(RawClient client, String id, int version) throws IOException {
        LeaveGroupRequestData request = new LeaveGroupRequestData().setGroupId(GROUP);
        if (version < 3) {
            request.setMemberId(id);
        } else {
            request.setMembers(List.of(new MemberIdentity().setMemberId(id)));
        }
        LeaveGroupResponseData left = client.ask(LeaveGroupResponseData.class, request, version);
        assertThat(left.errorCode()).isZero();
        left = client.ask(LeaveGroupResponseData.class, request, version);
        short again = version < 3 ? left.errorCode() : left.members().getFirst().errorCode();
        assertThat(Errors.forCode(again)).isEqualTo(Errors.UNKNOWN_MEMBER_ID);
    }

    private static void delete(RawClient client, int version) throws IOException {
        DeleteGroupsResponseData deleted =
                client.ask(
                        DeleteGroupsResponseData.class,
                        new DeleteGroupsRequestData().setGroupsNames(List.of(GROUP)),
                        version);
        assertThat(deleted.results().find(GROUP).errorCode()).isZero();
    }
}
