package dev.millrace.kafka.internal.group;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.millrace.kafka.internal.group.Member.Protocol;
import dev.millrace.kafka.internal.protocol.Caller;
import dev.millrace.log.TopicConfig;
import dev.millrace.log.TopicDescription;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.message.DescribeGroupsRequestData;
import org.apache.kafka.common.message.DescribeGroupsResponseData.DescribedGroup;
import org.apache.kafka.common.message.HeartbeatRequestData;
import org.apache.kafka.common.message.JoinGroupRequestData;
import org.apache.kafka.common.message.JoinGroupRequestData.JoinGroupRequestProtocol;
import org.apache.kafka.common.message.JoinGroupResponseData;
import org.apache.kafka.common.message.LeaveGroupRequestData;
import org.apache.kafka.common.message.LeaveGroupRequestData.MemberIdentity;
import org.apache.kafka.common.message.OffsetCommitRequestData;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestPartition;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestTopic;
import org.apache.kafka.common.message.OffsetCommitResponseData;
import org.apache.kafka.common.message.OffsetFetchRequestData;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestGroup;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestTopics;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponsePartitions;
import org.apache.kafka.common.message.SyncGroupRequestData;
import org.apache.kafka.common.message.SyncGroupRequestData.SyncGroupRequestAssignment;
import org.apache.kafka.common.message.SyncGroupResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/** One group's coordinator over simulated time and store, asked as a client would ask it. */
final class Coordinator {
    static final String GROUP = "g";
    static final String TOPIC = "orders";
    static final int SESSION_MILLIS = 10_000;
    static final int REBALANCE_MILLIS = 60_000;
    static final GroupOptions OPTIONS =
            new GroupOptions(6000, 1_800_000, 0, 100, 100, 1 << 20, 4096, 604_800_000);

    final SimulatedTimers timers;
    final SimulatedStore store;
    final Groups groups;
    final Map<String, TopicDescription> topics = new HashMap<>();
    private final GroupOptions options;
    private final OffsetCommit commits;
    private final OffsetFetch fetches;

    Coordinator(GroupOptions options, boolean slow) {
        this(options, new SimulatedTimers(1_700_000_000_000L), new SimulatedStore(slow));
        createTopic(TOPIC);
    }

    private Coordinator(GroupOptions options, SimulatedTimers timers, SimulatedStore store) {
        this.options = options;
        this.timers = timers;
        this.store = store;
        this.groups = Groups.load(store, timers, options);
        this.commits = new OffsetCommit(groups, topics::get);
        this.fetches = new OffsetFetch(store, topics::get);
    }

    static Coordinator start() {
        return new Coordinator(OPTIONS, false);
    }

    /** The process is killed, and another takes the groups up. */
    Coordinator restart() {
        SimulatedTimers now = new SimulatedTimers(timers.epochMillis());
        Coordinator next = new Coordinator(options, now, store.afterCrash());
        next.topics.putAll(topics);
        return next;
    }

    void createTopic(String name) {
        topics.put(name, new TopicDescription(name, UUID.randomUUID(), 4, TopicConfig.defaults()));
    }

    void sweep() {
        new OffsetExpiry(groups, topics::get).run();
    }

    static Caller caller(int version) {
        InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 1000);
        return new Caller((short) version, "client", address, address);
    }

    static Protocol protocol(String name, int... metadata) {
        byte[] bytes = new byte[metadata.length];
        for (int i = 0; i < metadata.length; i++) {
            bytes[i] = (byte) metadata[i];
        }
        return new Protocol(name, bytes);
    }

    static JoinGroupRequestData join(
            String memberId, @Nullable String instanceId, Protocol... protocols) {
        JoinGroupRequestData request =
                new JoinGroupRequestData()
                        .setGroupId(GROUP)
                        .setMemberId(memberId)
                        .setGroupInstanceId(instanceId)
                        .setSessionTimeoutMs(SESSION_MILLIS)
                        .setRebalanceTimeoutMs(REBALANCE_MILLIS)
                        .setProtocolType("consumer");
        for (Protocol each : protocols) {
            request.protocols()
                    .add(
                            new JoinGroupRequestProtocol()
                                    .setName(each.name())
                                    .setMetadata(each.metadata()));
        }
        return request;
    }

    CompletableFuture<JoinGroupResponseData> join(JoinGroupRequestData request, int version) {
        return new JoinGroup(groups).begin(request, caller(version));
    }

    /** Joins with one protocol, `range`. */
    CompletableFuture<JoinGroupResponseData> join(String memberId) {
        return join(join(memberId, null, protocol("range", 1)), 9);
    }

    /** Is given an id, and joins with it. */
    String invite() {
        JoinGroupResponseData invited = join("").join();
        assert invited.errorCode() == Errors.MEMBER_ID_REQUIRED.code() : invited;
        return invited.memberId();
    }

    /** Members, as many as asked, in one stable generation; the first leads. */
    List<String> stable(int count) {
        String[] ids = new String[count];
        Arrays.setAll(ids, _ -> invite());
        List<CompletableFuture<JoinGroupResponseData>> joins =
                Arrays.stream(ids).map(this::join).toList();
        int generation = joins.getFirst().join().generationId();
        for (String id : ids) {
            sync(id, generation, id.equals(ids[0]) ? List.of(ids) : List.of());
        }
        return List.of(ids);
    }

    /** Asks for the assignment; the leader gives each of `members` its {@link #share}. */
    CompletableFuture<SyncGroupResponseData> sync(
            String memberId, int generation, List<String> members) {
        SyncGroupRequestData request =
                new SyncGroupRequestData()
                        .setGroupId(GROUP)
                        .setMemberId(memberId)
                        .setGenerationId(generation);
        for (String member : members) {
            request.assignments()
                    .add(
                            new SyncGroupRequestAssignment()
                                    .setMemberId(member)
                                    .setAssignment(share(member, generation).getBytes(US_ASCII)));
        }
        return new SyncGroup(groups).begin(request);
    }

    /** What a leader gives a member. */
    static String share(String memberId, int generation) {
        return memberId + "@" + generation;
    }

    Errors beat(String memberId, int generation) {
        return beat(memberId, null, generation);
    }

    Errors beat(String memberId, @Nullable String instanceId, int generation) {
        HeartbeatRequestData request =
                new HeartbeatRequestData()
                        .setGroupId(GROUP)
                        .setMemberId(memberId)
                        .setGroupInstanceId(instanceId)
                        .setGenerationId(generation);
        return Errors.forCode(new Heartbeat(groups).answer(request, caller(4)).errorCode());
    }

    Errors leave(String memberId, @Nullable String instanceId) {
        LeaveGroupRequestData request = new LeaveGroupRequestData().setGroupId(GROUP);
        request.members()
                .add(new MemberIdentity().setMemberId(memberId).setGroupInstanceId(instanceId));
        return Errors.forCode(
                new LeaveGroup(groups).answer(request, caller(5)).members().getFirst().errorCode());
    }

    CompletableFuture<Errors> commit(String memberId, int generation, int partition, long offset) {
        return commit(memberId, generation, TOPIC, partition, offset);
    }

    CompletableFuture<Errors> commit(
            String memberId, int generation, String topic, int partition, long offset) {
        OffsetCommitRequestTopic of = new OffsetCommitRequestTopic().setName(topic);
        of.partitions()
                .add(
                        new OffsetCommitRequestPartition()
                                .setPartitionIndex(partition)
                                .setCommittedOffset(offset)
                                .setCommittedMetadata("m" + offset));
        return commits.begin(
                        new OffsetCommitRequestData()
                                .setGroupId(GROUP)
                                .setMemberId(memberId)
                                .setGenerationIdOrMemberEpoch(generation)
                                .setTopics(List.of(of)),
                        (short) 9)
                .thenApply(Coordinator::error);
    }

    private static Errors error(OffsetCommitResponseData response) {
        return Errors.forCode(response.topics().getFirst().partitions().getFirst().errorCode());
    }

    /** The committed offset; -1 for none. */
    long committed(String topic, int partition) {
        OffsetFetchRequestGroup group = new OffsetFetchRequestGroup().setGroupId(GROUP);
        group.setTopics(
                List.of(
                        new OffsetFetchRequestTopics()
                                .setName(topic)
                                .setPartitionIndexes(List.of(partition))));
        OffsetFetchResponsePartitions found =
                fetches.answer(new OffsetFetchRequestData().setGroups(List.of(group)), caller(9))
                        .groups()
                        .getFirst()
                        .topics()
                        .getFirst()
                        .partitions()
                        .getFirst();
        return found.committedOffset();
    }

    DescribedGroup describe() {
        return new DescribeGroups(groups)
                .answer(new DescribeGroupsRequestData().setGroups(List.of(GROUP)), caller(6))
                .groups()
                .getFirst();
    }
}
