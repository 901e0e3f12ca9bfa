package dev.millrace.kafka.internal.group;

import dev.millrace.kafka.internal.group.OffsetCommitFormat.OffsetKey;
import dev.millrace.log.CheckpointReader;
import dev.millrace.log.CheckpointWriter;
import dev.millrace.log.Fold;
import dev.millrace.log.RecordView;
import dev.millrace.log.TopicPartition;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Folds the records of `__consumer_offsets` into [StoredGroup]s. Records of kinds that it does not
/// know, which a newer version may write, change nothing.
///
/// Its checkpoint is one file, `groups`: the records that would make the state, one behind the
/// other, to the end of the file.
///
/// | bytes | field | meaning |
/// |---|---|---|
/// | 4, … | key | length; as in [OffsetCommitFormat] or [GroupMetadataFormat] |
/// | 4, … | value | the same |
///
/// Big-endian. The checkpoint has the file's checksum, and is published as a whole.
final class GroupsFold implements Fold {
    private static final String FILE = "groups";
    private static final int MOST_BYTES = 1 << 28;

    private final Map<String, StoredGroup> groups = new ConcurrentHashMap<>();

    /// By the group's id; changes under the reader.
    Map<String, StoredGroup> groups() {
        return groups;
    }

    @Override
    public void fold(RecordView record) {
        fold(record.key(), record.value());
    }

    void fold(@Nullable ByteBuffer key, @Nullable ByteBuffer value) {
        if (key == null) {
            throw new IllegalArgumentException("a record without a key");
        }
        FieldReader fields = new FieldReader(key);
        switch (fields.int16()) {
            case 0, OffsetCommitFormat.KEY_VERSION -> {
                OffsetKey of = OffsetCommitFormat.readKey(fields);
                CommittedOffset offset = OffsetCommitFormat.readValue(value);
                change(of.group(), offset != null, group -> group.offset(partition(of), offset));
            }
            case GroupMetadataFormat.KEY_VERSION -> {
                String id = GroupMetadataFormat.readKey(fields);
                GroupMetadata metadata = GroupMetadataFormat.readValue(value);
                change(id, metadata != null, group -> group.metadata(metadata));
            }
            default -> {}
        }
    }

    private static TopicPartition partition(OffsetKey key) {
        return new TopicPartition(key.topic(), key.partition());
    }

    private void change(String id, boolean makes, Consumer<StoredGroup> change) {
        StoredGroup group =
                makes ? groups.computeIfAbsent(id, _ -> new StoredGroup()) : groups.get(id);
        if (group != null) {
            change.accept(group);
            if (group.isGone()) {
                groups.remove(id);
            }
        }
    }

    @Override
    public void save(CheckpointWriter to) throws IOException {
        DataOutputStream out =
                new DataOutputStream(new BufferedOutputStream(to.stream(FILE), 1 << 16));
        for (Map.Entry<String, StoredGroup> entry : groups.entrySet()) {
            String id = entry.getKey();
            StoredGroup group = entry.getValue();
            GroupMetadata metadata = group.metadata();
            if (metadata != null) {
                write(out, GroupMetadataFormat.key(id), GroupMetadataFormat.value(metadata));
            }
            for (Map.Entry<TopicPartition, CommittedOffset> offset : group.offsets().entrySet()) {
                TopicPartition of = offset.getKey();
                write(
                        out,
                        OffsetCommitFormat.key(id, of.topic(), of.partition()),
                        OffsetCommitFormat.value(offset.getValue()));
            }
        }
        out.flush();
    }

    private static void write(DataOutputStream out, byte[] key, byte[] value) throws IOException {
        out.writeInt(key.length);
        out.write(key);
        out.writeInt(value.length);
        out.write(value);
    }

    @Override
    public void load(CheckpointReader from) throws IOException {
        long left = from.size(FILE);
        try (DataInputStream in = new DataInputStream(from.stream(FILE))) {
            while (left > 0) {
                ByteBuffer key = read(in);
                ByteBuffer value = read(in);
                left -= 2 * Integer.BYTES + key.remaining() + value.remaining();
                fold(key, value);
            }
        } catch (RuntimeException e) {
            throw new IOException("a record cannot be read", e);
        }
    }

    private static ByteBuffer read(DataInputStream in) throws IOException {
        int length = in.readInt();
        if (length < 0 || length > MOST_BYTES) {
            throw new IOException("a record of " + length + " bytes");
        }
        return ByteBuffer.wrap(in.readNBytes(length));
    }
}
