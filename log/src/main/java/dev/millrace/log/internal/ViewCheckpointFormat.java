package dev.millrace.log.internal;

import dev.millrace.log.ParkedRecords;
import dev.millrace.log.TopicPartition;
import dev.millrace.log.internal.ViewCheckpoint.Source;
import dev.millrace.log.internal.ViewCheckpoint.StateFile;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.zip.CRC32C;

/// The file `checkpoint` of a view's checkpoint. Big-endian; a *text* is its length in bytes (4)
/// and UTF-8, a *list* its length (4) and its elements:
///
/// | field | bytes | what |
/// |---|---|---|
/// | magic | 8 | `MILLVIEW` |
/// | version | 4 | of the format, 1; a newer one is not read |
/// | length | 4 | bytes of what follows the checksum, to the end of the file |
/// | checksum | 4 | CRC-32C of what follows it |
/// | generation | 8 | its number, that of its folder |
/// | log id | 16 | UUID |
/// | view, code version | text, text | whose state it is |
/// | saved at | 8 | milliseconds since the epoch |
/// | sources | list | per source partition: |
/// | … topic, topic id, partition | text, 16, 4 | |
/// | … next offset | 8 | every record below is in the state |
/// | … epoch | 4 | leader epoch of the record before; -1 where there is none |
/// | … skipped | 8 | offsets that retention took before they were folded |
/// | … files' generation | 8 | in whose folder the files lie |
/// | … files | list | name (text), size (8), CRC-32C (4) |
/// | … parked | list | from offset (8), next offset (8), error (text) |
///
/// Written aside and forced before `CURRENT` names its generation, as are the files that it lists:
/// a crash leaves the old checkpoint or the new one. See [ViewDirectory].
final class ViewCheckpointFormat {
    static final int VERSION = 1;
    static final long MAGIC = 0x4d494c4c56494557L;
    static final int HEADER_BYTES = 20;

    private ViewCheckpointFormat() {}

    static ByteBuffer encode(ViewCheckpoint checkpoint) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeLong(checkpoint.generation());
            write(out, checkpoint.logId());
            write(out, checkpoint.view());
            write(out, checkpoint.codeVersion());
            out.writeLong(checkpoint.savedAtMillis());
            out.writeInt(checkpoint.sources().size());
            for (Source source : checkpoint.sources()) {
                write(out, source);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e); // an array takes everything
        }
        ByteBuffer file = ByteBuffer.allocate(HEADER_BYTES + bytes.size());
        file.putLong(MAGIC).putInt(VERSION).putInt(bytes.size());
        file.putInt(crc(ByteBuffer.wrap(bytes.toByteArray()))).put(bytes.toByteArray());
        return file.flip();
    }

    private static void write(DataOutputStream out, Source source) throws IOException {
        write(out, source.partition().topic());
        write(out, source.topicId());
        out.writeInt(source.partition().partition());
        out.writeLong(source.nextOffset());
        out.writeInt(source.epoch());
        out.writeLong(source.skippedOffsets());
        out.writeLong(source.filesGeneration());
        out.writeInt(source.files().size());
        for (StateFile file : source.files()) {
            write(out, file.name());
            out.writeLong(file.size());
            out.writeInt(file.crc());
        }
        out.writeInt(source.parked().size());
        for (ParkedRecords parked : source.parked()) {
            out.writeLong(parked.fromOffset());
            out.writeLong(parked.nextOffset());
            write(out, parked.error());
        }
    }

    private static void write(DataOutputStream out, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        out.writeInt(bytes.length);
        out.write(bytes);
    }

    private static void write(DataOutputStream out, UUID id) throws IOException {
        out.writeLong(id.getMostSignificantBits());
        out.writeLong(id.getLeastSignificantBits());
    }

    static ViewCheckpoint decode(ByteBuffer file) throws UnusableCheckpointException {
        if (file.remaining() < HEADER_BYTES || file.getLong() != MAGIC) {
            throw new UnusableCheckpointException("it is damaged: no header");
        }
        int version = file.getInt();
        if (version > VERSION) {
            throw new UnusableCheckpointException(
                    "it has format %d, and this Millrace knows formats up to %d"
                            .formatted(version, VERSION));
        }
        if (version < VERSION || file.getInt() != file.remaining() - Integer.BYTES) {
            throw new UnusableCheckpointException("it is damaged: it ends early");
        }
        if (file.getInt() != crc(file.duplicate())) {
            throw new UnusableCheckpointException("it is damaged: the checksum is another");
        }
        try {
            return body(file);
        } catch (BufferUnderflowException | IllegalArgumentException e) {
            throw new UnusableCheckpointException("it is damaged: " + e);
        }
    }

    private static ViewCheckpoint body(ByteBuffer file) {
        long generation = file.getLong();
        UUID logId = id(file);
        String view = text(file);
        String codeVersion = text(file);
        long savedAt = file.getLong();
        List<Source> sources = new ArrayList<>();
        for (int left = file.getInt(); left > 0; left--) {
            sources.add(source(file));
        }
        return new ViewCheckpoint(
                generation, logId, view, codeVersion, savedAt, List.copyOf(sources));
    }

    private static Source source(ByteBuffer file) {
        String topic = text(file);
        UUID topicId = id(file);
        TopicPartition partition = new TopicPartition(topic, file.getInt());
        long nextOffset = file.getLong();
        int epoch = file.getInt();
        long skipped = file.getLong();
        long filesGeneration = file.getLong();
        List<StateFile> files = new ArrayList<>();
        for (int left = file.getInt(); left > 0; left--) {
            files.add(new StateFile(text(file), file.getLong(), file.getInt()));
        }
        List<ParkedRecords> parked = new ArrayList<>();
        for (int left = file.getInt(); left > 0; left--) {
            parked.add(new ParkedRecords(partition, file.getLong(), file.getLong(), text(file)));
        }
        return new Source(
                partition,
                topicId,
                nextOffset,
                epoch,
                skipped,
                filesGeneration,
                List.copyOf(files),
                List.copyOf(parked));
    }

    private static String text(ByteBuffer file) {
        int length = file.getInt();
        if (length < 0 || length > file.remaining()) {
            throw new BufferUnderflowException();
        }
        byte[] bytes = new byte[length];
        file.get(bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private static UUID id(ByteBuffer file) {
        return new UUID(file.getLong(), file.getLong());
    }

    static int crc(ByteBuffer bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes);
        return (int) crc.getValue();
    }
}
