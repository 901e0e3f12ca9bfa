package dev.millrace.kafka.internal.group;

import dev.millrace.kafka.internal.group.GroupMetadata.StoredMember;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The record of a group, as Kafka's `__consumer_offsets` has it.
///
/// The key:
///
/// | bytes | field | meaning |
/// |---|---|---|
/// | 2 | version | 2 |
/// | 2, … | group | length, UTF-8 |
///
/// The value; none where the group was deleted:
///
/// | bytes | field | in versions | meaning |
/// |---|---|---|---|
/// | 2 | version | all | 0 to 4 |
/// | 2, … | protocol type | all | length, UTF-8 |
/// | 4 | generation | all | number |
/// | 2, … | protocol | all | length or -1, UTF-8 |
/// | 2, … | leader | all | length or -1, UTF-8: a member's id |
/// | 8 | state time | from 2 | ms since the epoch; -1 for unknown |
/// | 4 | members | all | count, then for each: |
/// | 2, … | – id | all | length, UTF-8 |
/// | 2, … | – instance id | from 3 | length or -1, UTF-8 |
/// | 2, … | – client id | all | length, UTF-8 |
/// | 2, … | – client host | all | length, UTF-8 |
/// | 4 | – rebalance timeout | from 1 | ms; before, the session timeout |
/// | 4 | – session timeout | all | ms |
/// | 4, … | – subscription | all | length, bytes |
/// | 4, … | – assignment | all | length, bytes |
///
/// Version 4 has lengths and counts as unsigned varints, one more, and tagged fields (a varint, 0)
/// behind each member and at the end.
///
/// Big-endian. Checksum and what a crash leaves are those of the record batch. Written is version
/// 3, as Kafka 4.3 does.
///
/// Source: Apache Kafka, `GroupMetadataKey.json` and `GroupMetadataValue.json`.
final class GroupMetadataFormat {
    static final int KEY_VERSION = 2;
    private static final int WRITTEN = 3;
    private static final int LATEST = 4;

    private GroupMetadataFormat() {}

    static byte[] key(String group) {
        return new FieldWriter(false).int16(KEY_VERSION).string(group).toBytes();
    }

    /// @param fields behind the version
    static String readKey(FieldReader fields) {
        return fields.string();
    }

    static byte[] value(GroupMetadata group) {
        FieldWriter fields =
                new FieldWriter(false)
                        .int16(WRITTEN)
                        .string(group.protocolType())
                        .int32(group.generation())
                        .string(group.protocol())
                        .string(group.leader())
                        .int64(group.stateMillis())
                        .count(group.members().size());
        for (StoredMember member : group.members()) {
            fields.string(member.id())
                    .string(member.instanceId())
                    .string(member.clientId())
                    .string(member.clientHost())
                    .int32(member.rebalanceTimeoutMillis())
                    .int32(member.sessionTimeoutMillis())
                    .bytes(member.subscription())
                    .bytes(member.assignment());
        }
        return fields.toBytes();
    }

    /// @return null for a deleted group
    /// @throws IllegalArgumentException for a version that is not known
    static @Nullable GroupMetadata readValue(@Nullable ByteBuffer value) {
        if (value == null) {
            return null;
        }
        FieldReader fields = new FieldReader(value);
        int version = fields.int16();
        if (version < 0 || version > LATEST) {
            throw new IllegalArgumentException(
                    "a group of version %d: 0 to %d are known".formatted(version, LATEST));
        }
        fields.compact(version >= 4);
        String protocolType = fields.string();
        int generation = fields.int32();
        String protocol = fields.nullableString();
        String leader = fields.nullableString();
        long stateMillis = version >= 2 ? fields.int64() : -1;
        List<StoredMember> members = new ArrayList<>();
        for (int left = fields.count(); left > 0; left--) {
            members.add(readMember(fields, version));
        }
        return new GroupMetadata(
                protocolType, generation, protocol, leader, stateMillis, List.copyOf(members));
    }

    private static StoredMember readMember(FieldReader fields, int version) {
        String id = fields.string();
        String instanceId = version >= 3 ? fields.nullableString() : null;
        String clientId = fields.string();
        String clientHost = fields.string();
        int rebalanceTimeout = version >= 1 ? fields.int32() : -1;
        int sessionTimeout = fields.int32();
        byte[] subscription = fields.bytes();
        byte[] assignment = fields.bytes();
        if (version >= 4) {
            skipTags(fields);
        }
        return new StoredMember(
                id,
                instanceId,
                clientId,
                clientHost,
                rebalanceTimeout < 0 ? sessionTimeout : rebalanceTimeout,
                sessionTimeout,
                subscription,
                assignment);
    }

    private static void skipTags(FieldReader fields) {
        for (int left = fields.varint(); left > 0; left--) {
            fields.varint();
            fields.skip(fields.varint());
        }
    }
}
