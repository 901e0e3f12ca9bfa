package dev.millrace.log.internal;

import dev.millrace.log.LogOptions;
import dev.millrace.log.internal.JournalContents.Frame;
import dev.millrace.log.internal.JournalFormat.PartitionKey;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/// A journal in a directory, without a log around it: written group by group, and read.
final class JournalFiles {
    static final long LOG_ID = 0x1234_5678_9abc_def0L;
    static final PartitionKey FIRST = new PartitionKey(new UUID(7, 1), 0);
    static final PartitionKey SECOND = new PartitionKey(new UUID(7, 2), 3);

    private final Path directory;
    private final long fileBytes;
    private final long logId;

    JournalFiles(Path directory, long fileBytes) {
        this(directory, fileBytes, LOG_ID);
    }

    JournalFiles(Path directory, long fileBytes, long logId) {
        this.directory = directory;
        this.fileBytes = fileBytes;
        this.logId = logId;
    }

    Path file(int number) {
        return directory.resolve(Journal.fileName(number));
    }

    /// Opens the journal behind what `read` finds, as the log does.
    Journal open() throws IOException {
        FileStorage storage = new FileStorage();
        LogOptions options =
                LogOptions.defaults()
                        .with("log.journal.file.bytes", fileBytes)
                        .with("log.journal.max.bytes", 4 * fileBytes);
        try (Arena arena = Arena.ofConfined()) {
            JournalContents contents = JournalReader.read(storage, directory, logId, arena);
            return Journal.open(storage, directory, logId, options, contents);
        }
    }

    /// What is in the journal, as text: one line a frame, then `damage:` and `torn:` lines.
    Found read() throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            JournalContents contents =
                    JournalReader.read(new FileStorage(), directory, logId, arena);
            List<String> frames = new ArrayList<>();
            for (PartitionKey key : List.of(FIRST, SECOND)) {
                for (Frame frame : contents.frames(key)) {
                    frames.add(text(key, frame));
                }
            }
            for (JournalContents.File file : contents.files()) {
                file.file().close();
            }
            return new Found(
                    frames,
                    Map.of(FIRST, contents.forced(FIRST), SECOND, contents.forced(SECOND)),
                    contents.lastSequence(),
                    contents.damage(),
                    contents.tornGroups(),
                    contents.isSound(),
                    contents.clean());
        }
    }

    record Found(
            List<String> frames,
            Map<PartitionKey, PartitionEnd> forced,
            long lastSequence,
            List<String> damage,
            List<String> torn,
            boolean sound,
            boolean clean) {}

    private static String text(PartitionKey key, Frame frame) {
        ByteBuffer batches = frame.batches();
        String content = "place";
        if (batches != null) {
            byte[] bytes = new byte[batches.remaining()];
            batches.get(bytes);
            content = HexFormat.of().formatHex(bytes);
        }
        return line(key, frame.baseOffset(), frame.position(), frame.end(), content);
    }

    static String line(
            PartitionKey key, long baseOffset, long position, PartitionEnd end, String content) {
        return "%d/%d %d@%d to %d@%d in %d: %s"
                .formatted(
                        key.topicId().getLeastSignificantBits(),
                        key.partition(),
                        baseOffset,
                        position,
                        end.offset(),
                        end.position(),
                        end.segmentBase(),
                        content);
    }

    /// One partition's place while frames are being written for it.
    static final class Writing {
        private final PartitionKey key;
        private PartitionEnd end = PartitionEnd.EMPTY;

        Writing(PartitionKey key) {
            this.key = key;
        }

        PartitionEnd end() {
            return end;
        }

        /// Adds a frame of one record's offset with these bytes.
        ///
        /// @return its line in [Found#frames]
        String data(JournalGroup group, byte... bytes) {
            PartitionEnd after =
                    new PartitionEnd(0, end.position() + bytes.length, end.offset() + 1);
            ByteBuffer into = group.beginFrame(bytes.length);
            into.put(group.contentStart(), bytes);
            end(group, JournalFormat.DATA, after, bytes.length);
            return line(HexFormat.of().formatHex(bytes), after);
        }

        /// Adds a frame for records that were forced in their segment.
        String place(JournalGroup group, int bytes) {
            PartitionEnd after = new PartitionEnd(0, end.position() + bytes, end.offset() + 1);
            group.beginFrame(0);
            end(group, JournalFormat.PLACE, after, 0);
            return line("place", after);
        }

        private void end(JournalGroup group, int kind, PartitionEnd after, int contentBytes) {
            group.endFrame(
                    kind,
                    key.topicId(),
                    key.partition(),
                    end.offset(),
                    after,
                    end.position(),
                    0,
                    contentBytes);
        }

        private String line(String content, PartitionEnd after) {
            String line = JournalFiles.line(key, end.offset(), end.position(), after, content);
            end = after;
            return line;
        }
    }
}
