package dev.millrace.kafka.internal.group;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.kafka.internal.group.GroupMetadata.StoredMember;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.UUID;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.MessageUtil;
import org.apache.kafka.coordinator.common.runtime.CoordinatorRecord;
import org.apache.kafka.coordinator.group.GroupCoordinatorRecordSerde;
import org.apache.kafka.coordinator.group.generated.GroupMetadataKey;
import org.apache.kafka.coordinator.group.generated.GroupMetadataValue;
import org.apache.kafka.coordinator.group.generated.GroupMetadataValue.MemberMetadata;
import org.apache.kafka.coordinator.group.generated.OffsetCommitKey;
import org.apache.kafka.coordinator.group.generated.OffsetCommitValue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Our records of `__consumer_offsets` against Kafka's own coordinator, in both directions. */
class GroupRecordsTest {
    private static final long SEED = 17;
    private final SplittableRandom random = new SplittableRandom(SEED);
    private final GroupCoordinatorRecordSerde kafka = new GroupCoordinatorRecordSerde();

    @Test
    void kafkaReadsOurOffsets() {
        for (int i = 0; i < 500; i++) {
            boolean expires = random.nextInt(3) == 0;
            CommittedOffset ours =
                    new CommittedOffset(
                            random.nextLong(),
                            expires ? -1 : random.nextInt(-1, 100),
                            text(),
                            random.nextLong(),
                            expires ? random.nextLong(Long.MAX_VALUE) : -1,
                            expires || random.nextBoolean()
                                    ? CommittedOffset.NO_TOPIC_ID
                                    : new UUID(random.nextLong(), random.nextLong()));
            CoordinatorRecord record =
                    kafka.deserialize(
                            ByteBuffer.wrap(OffsetCommitFormat.key("g\u00fc", "orders", i)),
                            ByteBuffer.wrap(OffsetCommitFormat.value(ours)));
            assertThat(record.key())
                    .isEqualTo(
                            new OffsetCommitKey()
                                    .setGroup("g\u00fc")
                                    .setTopic("orders")
                                    .setPartition(i));
            assertThat(record.value().message())
                    .as("seed %d, %s", SEED, ours)
                    .isEqualTo(kafka(ours));
            assertThat(OffsetCommitFormat.readValue(record(record))).isEqualTo(ours);
        }
    }

    private ByteBuffer record(CoordinatorRecord record) {
        return ByteBuffer.wrap(kafka.serializeValue(record));
    }

    private static OffsetCommitValue kafka(CommittedOffset ours) {
        return new OffsetCommitValue()
                .setOffset(ours.offset())
                .setLeaderEpoch(ours.leaderEpoch())
                .setMetadata(ours.metadata())
                .setCommitTimestamp(ours.commitMillis())
                .setExpireTimestamp(ours.expireMillis())
                .setTopicId(
                        new Uuid(
                                ours.topicId().getMostSignificantBits(),
                                ours.topicId().getLeastSignificantBits()));
    }

    @ParameterizedTest
    @ValueSource(shorts = {0, 1, 2, 3, 4})
    void kafkasOffsetsOfEveryVersionAreRead(short version) {
        CommittedOffset expected =
                new CommittedOffset(
                        5,
                        version >= 3 ? 7 : -1,
                        "m\u00fc",
                        100,
                        version == 1 ? 200 : -1,
                        version >= 4 ? new UUID(1, 2) : CommittedOffset.NO_TOPIC_ID);
        ByteBuffer bytes = MessageUtil.toVersionPrefixedByteBuffer(version, kafka(expected));
        assertThat(OffsetCommitFormat.readValue(bytes)).isEqualTo(expected);
    }

    @Test
    void kafkaReadsOurGroups() {
        for (int i = 0; i < 200; i++) {
            GroupMetadata ours = group();
            CoordinatorRecord record =
                    kafka.deserialize(
                            ByteBuffer.wrap(GroupMetadataFormat.key("g" + i)),
                            ByteBuffer.wrap(GroupMetadataFormat.value(ours)));
            assertThat(record.key()).isEqualTo(new GroupMetadataKey().setGroup("g" + i));
            assertThat(record.value().version()).isEqualTo((short) 3);
            assertThat(record.value().message()).as("seed %d", SEED).isEqualTo(kafka(ours));
        }
    }

    @ParameterizedTest
    @ValueSource(shorts = {0, 1, 2, 3, 4})
    void kafkasGroupsOfEveryVersionAreRead(short version) {
        for (int i = 0; i < 50; i++) {
            GroupMetadataValue theirs = kafka(group());
            if (version < 2) {
                theirs.setCurrentStateTimestamp(-1);
            }
            for (MemberMetadata member : theirs.members()) {
                if (version < 3) {
                    member.setGroupInstanceId(null);
                }
                if (version < 1) {
                    member.setRebalanceTimeout(-1);
                }
            }
            ByteBuffer bytes = MessageUtil.toVersionPrefixedByteBuffer(version, theirs);
            GroupMetadata read = GroupMetadataFormat.readValue(bytes);
            for (MemberMetadata member : theirs.members()) {
                if (version < 1) {
                    member.setRebalanceTimeout(member.sessionTimeout());
                }
            }
            assertThat(kafka(read)).as("seed %d", SEED).isEqualTo(theirs);
        }
    }

    @Test
    void tombstonesAndKeysOfBothVersionsAreRead() {
        assertThat(OffsetCommitFormat.readValue(null)).isNull();
        assertThat(GroupMetadataFormat.readValue(null)).isNull();
        GroupsFold fold = new GroupsFold();
        byte[] old = OffsetCommitFormat.key("g", "orders", 1);
        old[1] = 0;
        CommittedOffset offset = new CommittedOffset(5, -1, "", 1, -1, CommittedOffset.NO_TOPIC_ID);
        fold.fold(ByteBuffer.wrap(old), ByteBuffer.wrap(OffsetCommitFormat.value(offset)));
        assertThat(fold.groups()).containsOnlyKeys("g");
        fold.fold(ByteBuffer.wrap(OffsetCommitFormat.key("g", "orders", 1)), null);
        assertThat(fold.groups()).isEmpty();
    }

    @Test
    void recordsOfOtherKindsChangeNothing() {
        GroupsFold fold = new GroupsFold();
        for (byte kind = 3; kind < 30; kind++) {
            fold.fold(ByteBuffer.wrap(new byte[] {0, kind, 1, 2}), ByteBuffer.allocate(9));
        }
        assertThat(fold.groups()).isEmpty();
    }

    @Test
    void whatCannotBeReadIsRefused() {
        assertThatThrownBy(
                        () -> OffsetCommitFormat.readValue(ByteBuffer.wrap(new byte[] {0, 5, 1})))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("version 5");
        assertThatThrownBy(() -> GroupMetadataFormat.readValue(ByteBuffer.wrap(new byte[] {1, 0})))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("version 256");
        byte[] whole = GroupMetadataFormat.value(group());
        for (int length = 0; length < whole.length; length++) {
            ByteBuffer cut = ByteBuffer.wrap(whole, 0, length);
            assertThatThrownBy(() -> GroupMetadataFormat.readValue(cut))
                    .isInstanceOfAny(
                            BufferUnderflowException.class, IllegalArgumentException.class);
        }
    }

    private GroupMetadata group() {
        List<StoredMember> members = new ArrayList<>();
        for (int i = random.nextInt(4); i >= 0; i--) {
            members.add(
                    new StoredMember(
                            text(),
                            random.nextBoolean() ? null : text(),
                            text(),
                            text(),
                            random.nextInt(1_000_000),
                            random.nextInt(1_000_000),
                            bytes(),
                            bytes()));
        }
        return new GroupMetadata(
                "consumer",
                random.nextInt(),
                random.nextBoolean() ? null : text(),
                random.nextBoolean() ? null : text(),
                random.nextLong(),
                members);
    }

    private static GroupMetadataValue kafka(GroupMetadata ours) {
        GroupMetadataValue value =
                new GroupMetadataValue()
                        .setProtocolType(ours.protocolType())
                        .setGeneration(ours.generation())
                        .setProtocol(ours.protocol())
                        .setLeader(ours.leader())
                        .setCurrentStateTimestamp(ours.stateMillis());
        for (StoredMember member : ours.members()) {
            value.members()
                    .add(
                            new MemberMetadata()
                                    .setMemberId(member.id())
                                    .setGroupInstanceId(member.instanceId())
                                    .setClientId(member.clientId())
                                    .setClientHost(member.clientHost())
                                    .setRebalanceTimeout(member.rebalanceTimeoutMillis())
                                    .setSessionTimeout(member.sessionTimeoutMillis())
                                    .setSubscription(member.subscription())
                                    .setAssignment(member.assignment()));
        }
        return value;
    }

    private String text() {
        return "\u00fc\u20acx-".repeat(random.nextInt(60));
    }

    private byte[] bytes() {
        byte[] bytes = new byte[random.nextInt(300)];
        random.nextBytes(bytes);
        return bytes;
    }
}
