package dev.millrace.kafka.internal.group;

import dev.millrace.log.LogRecord;
import dev.millrace.log.TopicPartition;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// The record of a committed offset, as Kafka's `__consumer_offsets` has it.
///
/// The key:
///
/// | bytes | field | meaning |
/// |---|---|---|
/// | 2 | version | 1 (0 is read too) |
/// | 2, … | group | length, UTF-8 |
/// | 2, … | topic | length, UTF-8 |
/// | 4 | partition | number |
///
/// The value; none where the offset was deleted:
///
/// | bytes | field | in versions | meaning |
/// |---|---|---|---|
/// | 2 | version | all | 0 to 4 |
/// | 8 | offset | all | of the next record wanted |
/// | 4 | leader epoch | 3, 4 | -1 for unknown |
/// | 2, … | metadata | all | length, UTF-8; in 4 the length as an unsigned varint, one more |
/// | 8 | commit time | all | ms since the epoch |
/// | 8 | expiry time | 1 | ms since the epoch |
/// | varint, … | tagged fields | 4 | count; each: tag, length, bytes. Tag 0: topic id, 16 bytes |
///
/// Big-endian. Checksum and what a crash leaves are those of the record batch. Written is version
/// 4, as Kafka 4.3 does, and 1 for an offset with an expiry time of its own.
///
/// Source: Apache Kafka, `OffsetCommitKey.json` and `OffsetCommitValue.json`.
final class OffsetCommitFormat {
    static final int KEY_VERSION = 1;
    private static final int LATEST = 4;
    private static final int WITH_EXPIRY = 1;
    private static final int TOPIC_ID_TAG = 0;
    private static final int TOPIC_ID_BYTES = 16;

    /// Whose offset it is.
    record OffsetKey(String group, String topic, int partition) {}

    private OffsetCommitFormat() {}

    static byte[] key(String group, String topic, int partition) {
        return new FieldWriter(false)
                .int16(KEY_VERSION)
                .string(group)
                .string(topic)
                .int32(partition)
                .toBytes();
    }

    /// @param fields behind the version
    static OffsetKey readKey(FieldReader fields) {
        return new OffsetKey(fields.string(), fields.string(), fields.int32());
    }

    /// The record that commits an offset.
    static LogRecord record(String group, TopicPartition of, CommittedOffset offset) {
        return new LogRecord(
                offset.commitMillis(),
                key(group, of.topic(), of.partition()),
                value(offset),
                List.of());
    }

    static byte[] value(CommittedOffset offset) {
        return offset.expireMillis() >= 0 ? withExpiry(offset) : latest(offset);
    }

    private static byte[] withExpiry(CommittedOffset offset) {
        return new FieldWriter(false)
                .int16(WITH_EXPIRY)
                .int64(offset.offset())
                .string(offset.metadata())
                .int64(offset.commitMillis())
                .int64(offset.expireMillis())
                .toBytes();
    }

    private static byte[] latest(CommittedOffset offset) {
        FieldWriter fields =
                new FieldWriter(true)
                        .int16(LATEST)
                        .int64(offset.offset())
                        .int32(offset.leaderEpoch())
                        .string(offset.metadata())
                        .int64(offset.commitMillis());
        UUID topicId = offset.topicId();
        if (topicId.equals(CommittedOffset.NO_TOPIC_ID)) {
            return fields.varint(0).toBytes();
        }
        return fields.varint(1)
                .varint(TOPIC_ID_TAG)
                .varint(TOPIC_ID_BYTES)
                .int64(topicId.getMostSignificantBits())
                .int64(topicId.getLeastSignificantBits())
                .toBytes();
    }

    /// @return null for a deleted offset
    /// @throws IllegalArgumentException for a version that is not known
    static @Nullable CommittedOffset readValue(@Nullable ByteBuffer value) {
        if (value == null) {
            return null;
        }
        FieldReader fields = new FieldReader(value);
        int version = fields.int16();
        if (version < 0 || version > LATEST) {
            throw new IllegalArgumentException(
                    "a committed offset of version %d: 0 to %d are known"
                            .formatted(version, LATEST));
        }
        fields.compact(version >= 4);
        long offset = fields.int64();
        int leaderEpoch = version >= 3 ? fields.int32() : -1;
        String metadata = fields.string();
        long commitMillis = fields.int64();
        long expireMillis = version == WITH_EXPIRY ? fields.int64() : -1;
        UUID topicId = version >= 4 ? readTags(fields) : CommittedOffset.NO_TOPIC_ID;
        return new CommittedOffset(
                offset, leaderEpoch, metadata, commitMillis, expireMillis, topicId);
    }

    private static UUID readTags(FieldReader fields) {
        UUID topicId = CommittedOffset.NO_TOPIC_ID;
        for (int left = fields.varint(); left > 0; left--) {
            int tag = fields.varint();
            int length = fields.varint();
            if (tag == TOPIC_ID_TAG && length == TOPIC_ID_BYTES) {
                topicId = fields.uuid();
            } else {
                fields.skip(length);
            }
        }
        return topicId;
    }
}
