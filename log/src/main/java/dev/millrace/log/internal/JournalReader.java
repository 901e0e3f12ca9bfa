package dev.millrace.log.internal;

import static dev.millrace.log.internal.JournalFormat.*;

import dev.millrace.log.LogException;
import dev.millrace.log.LogException.Code;
import dev.millrace.log.internal.JournalContents.Frame;
import dev.millrace.log.internal.JournalFormat.PartitionKey;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Reads the journal's files at opening.
///
/// Groups are found by their headers, file by file; behind a damaged header the next one with a
/// higher sequence is looked for, since groups of an earlier use of the file stand there too. The
/// last group says which is the first that is needed; each between them must be there and whole.
/// What is not is damage; but the very last, where it is not whole, was being written, and never
/// was: groups are forced one by one, so that no other can be torn.
final class JournalReader {
    private final long logId;
    private final Arena arena;
    private final BatchChecksum checksum = new BatchChecksum();
    private final List<Group> groups = new ArrayList<>();
    private final List<JournalContents.File> files = new ArrayList<>();
    private final List<String> damage = new ArrayList<>();
    private @Nullable Long otherLogId;

    private JournalReader(long logId, Arena arena) {
        this.logId = logId;
        this.arena = arena;
    }

    /// A group whose header is sound.
    private record Group(
            long sequence,
            long firstNeeded,
            Path file,
            ByteBuffer bytes,
            int position,
            int length) {
        int frames() {
            return bytes.getInt(position + GROUP_FRAMES);
        }
    }

    /// @param arena holds the mappings that the frames' bytes are seen through
    static JournalContents read(Storage storage, Path directory, long logId, Arena arena)
            throws IOException {
        JournalReader reader = new JournalReader(logId, arena);
        for (String name : storage.list(directory)) {
            if (name.endsWith(Journal.SUFFIX)) {
                reader.findGroups(storage.open(directory.resolve(name)));
            }
        }
        reader.requireOurs();
        reader.groups.sort(Comparator.comparingLong(Group::sequence));
        return reader.contents();
    }

    /// A journal that is all of another log is no empty journal of ours.
    private void requireOurs() {
        if (groups.isEmpty() && otherLogId != null) {
            throw new LogException(
                    Code.NOT_A_LOG,
                    "the journal belongs to another log (id …%016x) than format.json says (id …%016x): one of the two is damaged or was copied here. Put it back from a backup"
                            .formatted(otherLogId, logId));
        }
    }

    private void findGroups(StorageFile file) throws IOException {
        long size = file.size();
        if (size % JournalGroup.PAGE_BYTES != 0) {
            damage.add(
                    "%s has %d bytes, and only whole pages are ever written: it was cut"
                            .formatted(file.path(), size));
        }
        ByteBuffer bytes = size == 0 ? ByteBuffer.allocate(0) : file.map(size, arena);
        long last = 0;
        int at = 0;
        while (at + GROUP_BYTES <= size) {
            if (isGroup(bytes, at, last)) {
                int length = bytes.getInt(at + GROUP_LENGTH);
                last = bytes.getLong(at + GROUP_SEQUENCE);
                long firstNeeded = bytes.getLong(at + GROUP_FIRST_NEEDED);
                groups.add(new Group(last, firstNeeded, file.path(), bytes, at, length));
                at = (int) align((long) at + length);
            } else {
                at = nextGroup(bytes, at + ALIGNMENT, last);
            }
        }
        files.add(new JournalContents.File(file, last));
    }

    private int nextGroup(ByteBuffer bytes, int from, long last) {
        int at = from;
        while (at + GROUP_BYTES <= bytes.limit() && !isGroup(bytes, at, last)) {
            at += ALIGNMENT;
        }
        return at;
    }

    private boolean isGroup(ByteBuffer bytes, int at, long last) {
        boolean sound =
                bytes.getInt(at) == GROUP_MAGIC
                        && bytes.getInt(at + GROUP_LENGTH) >= GROUP_BYTES
                        && bytes.getInt(at + GROUP_CRC)
                                == checksum.of(
                                        bytes, at + GROUP_SEQUENCE, GROUP_BYTES - GROUP_SEQUENCE);
        if (sound && bytes.getLong(at + GROUP_LOG_ID) != logId) {
            otherLogId = bytes.getLong(at + GROUP_LOG_ID);
            return false;
        }
        return sound && bytes.getLong(at + GROUP_SEQUENCE) > last;
    }

    private JournalContents contents() {
        JournalContents contents = new JournalContents(files);
        damage.forEach(contents::damaged);
        int last = groups.size() - 1;
        if (last >= 0 && frames(groups.get(last), null) != null) {
            Group torn = groups.get(last);
            contents.torn(
                    "unfinished frame group %d at byte %d of %s: it was never acknowledged"
                            .formatted(torn.sequence, torn.position, torn.file));
            contents.unfinished(torn.sequence, torn.file, torn.position);
            last--;
        }
        if (last < 0) {
            return contents;
        }
        Group lastGroup = groups.get(last);
        reportUnfinishedHeader(lastGroup, contents);
        long expected = Math.max(1, lastGroup.firstNeeded);
        for (Group group : groups.subList(0, last + 1)) {
            if (group.sequence < expected) {
                continue;
            }
            if (group.sequence > expected) {
                contents.damaged(
                        "frame groups %d to %d cannot be read (before byte %d of %s)"
                                .formatted(
                                        expected, group.sequence - 1, group.position, group.file));
            }
            String problem = frames(group, contents);
            if (problem != null) {
                contents.damaged(
                        "frame group %d at byte %d of %s: %s"
                                .formatted(group.sequence, group.position, group.file, problem));
            }
            expected = group.sequence + 1;
        }
        contents.end(
                lastGroup.sequence,
                lastGroup.firstNeeded,
                lastGroup.file,
                align((long) lastGroup.position + lastGroup.length));
        return contents;
    }

    /// A header that is damaged, but still tells of the group behind the last: it was being
    /// written.
    private void reportUnfinishedHeader(Group last, JournalContents contents) {
        long at = align((long) last.position + last.length);
        if (at + GROUP_BYTES > last.bytes.limit()) {
            return;
        }
        int header = (int) at;
        int alike =
                (last.bytes.getInt(header) == GROUP_MAGIC ? 1 : 0)
                        + (last.bytes.getLong(header + GROUP_SEQUENCE) == last.sequence + 1 ? 1 : 0)
                        + (last.bytes.getLong(header + GROUP_LOG_ID) == logId ? 1 : 0);
        if (alike >= 2 && contents.tornGroups().isEmpty()) {
            contents.torn(
                    "unfinished frame group %d at byte %d of %s: it was never acknowledged"
                            .formatted(last.sequence + 1, header, last.file));
        }
    }

    /// Walks a group's frames.
    ///
    /// @param into where the sound ones go; null only to check
    /// @return what is wrong with the first that is not sound; null where all are
    private @Nullable String frames(Group group, @Nullable JournalContents into) {
        ByteBuffer bytes = group.bytes;
        long end = (long) group.position + group.length;
        if (end > bytes.limit()) {
            return "the file ends inside it";
        }
        String problem = null;
        long at = (long) group.position + GROUP_BYTES;
        for (int i = 0; i < group.frames(); i++) {
            if (at + FRAME_BYTES > end) {
                return "its frames are longer than itself";
            }
            int length = bytes.getInt((int) at);
            if (length < FRAME_BYTES || at + length > end) {
                return "frame %d says that it has %d bytes".formatted(i, length);
            }
            if (bytes.getLong((int) at + FRAME_SEQUENCE) != group.sequence
                    || bytes.getInt((int) at + FRAME_CRC)
                            != checksum.of(
                                    bytes, (int) at + FRAME_SEQUENCE, length - FRAME_SEQUENCE)) {
                problem = "frame %d fails its CRC-32C".formatted(i);
            } else if (into != null) {
                take(bytes, (int) at, group.sequence, into);
            }
            at += length;
        }
        return problem == null && at != end ? "it is longer than its frames" : problem;
    }

    private static void take(ByteBuffer bytes, int at, long sequence, JournalContents into) {
        int kind = bytes.getInt(at + FRAME_KIND);
        if (kind == CHECKPOINT || kind == CLEAN_CHECKPOINT) {
            Map<PartitionKey, PartitionEnd> forced = new HashMap<>();
            int end = at + bytes.getInt(at);
            for (int entry = at + FRAME_BYTES; entry < end; entry += CHECKPOINT_ENTRY_BYTES) {
                PartitionKey key = new PartitionKey(uuid(bytes, entry), bytes.getInt(entry + 16));
                forced.put(
                        key,
                        new PartitionEnd(
                                bytes.getLong(entry + 32),
                                bytes.getLong(entry + 40),
                                bytes.getLong(entry + 24)));
            }
            into.checkpoint(sequence, forced, kind == CLEAN_CHECKPOINT);
            return;
        }
        int batchBytes = bytes.getInt(at + FRAME_BATCH_BYTES);
        long position = bytes.getLong(at + FRAME_POSITION);
        into.frame(
                new PartitionKey(uuid(bytes, at + FRAME_TOPIC), bytes.getInt(at + FRAME_PARTITION)),
                new Frame(
                        bytes.getLong(at + FRAME_BASE_OFFSET),
                        position,
                        new PartitionEnd(
                                bytes.getLong(at + FRAME_SEGMENT),
                                position + batchBytes,
                                bytes.getLong(at + FRAME_NEXT_OFFSET)),
                        kind == DATA
                                ? bytes.duplicate()
                                        .position(at + FRAME_BYTES)
                                        .limit(at + FRAME_BYTES + batchBytes)
                                        .slice()
                                : null));
    }
}
