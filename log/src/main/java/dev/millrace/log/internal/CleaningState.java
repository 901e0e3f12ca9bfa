package dev.millrace.log.internal;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/// What cleaning must remember of a partition over any crash: the file `cleaning-checkpoint`, three
/// lines of text.
///
/// | line | what |
/// |---|---|
/// | 1 | `0`, the version |
/// | 2 | start offset; segment base, position and offset of the settled end; first dirty offset; delete horizon in ms. Decimal, one space between |
/// | 3 | CRC-32C of the two lines above, eight hexadecimal digits |
///
/// Written aside and renamed: a crash leaves the old file or the new one. Without it, or with one
/// that fails its checksum, the partition begins with its first segment, and everything is cleaned
/// again.
///
/// @param startOffset nothing below it is there any more, whatever files are
/// @param settled up to here the segments had been forced, and a checkpoint in the journal said so,
///   before any segment below was cleaned: no journal frame of before is ever written again
/// @param firstDirtyOffset what stands below has been compacted
/// @param deleteHorizonMillis when the first of the tombstones that compaction has kept may go;
///   `Long.MAX_VALUE` where there is none
record CleaningState(
        long startOffset, PartitionEnd settled, long firstDirtyOffset, long deleteHorizonMillis) {
    static final String FILE = "cleaning-checkpoint";
    static final CleaningState NONE = beginningAt(0);

    /// Nothing cleaned yet.
    static CleaningState beginningAt(long startOffset) {
        return new CleaningState(startOffset, PartitionEnd.EMPTY, startOffset, Long.MAX_VALUE);
    }

    CleaningState startingAt(long offset) {
        return new CleaningState(offset, settled, firstDirtyOffset, deleteHorizonMillis);
    }

    CleaningState settledUpTo(PartitionEnd end) {
        PartitionEnd later = end.offset() > settled.offset() ? end : settled;
        return new CleaningState(startOffset, later, firstDirtyOffset, deleteHorizonMillis);
    }

    CleaningState compactedUpTo(long offset, long horizonMillis) {
        return new CleaningState(startOffset, settled, offset, horizonMillis);
    }

    /// The state in the file; null where it is missing or damaged.
    static @Nullable CleaningState read(Storage storage, Path directory) throws IOException {
        String text = DurableText.read(storage, directory.resolve(FILE));
        if (text == null) {
            return null;
        }
        String[] lines = text.split("\n", -1);
        if (lines.length != 4 || !lines[0].equals("0") || !lines[2].equals(sum(lines[1]))) {
            return null;
        }
        String[] words = lines[1].split(" ", -1);
        try {
            return new CleaningState(
                    Long.parseLong(words[0]),
                    new PartitionEnd(
                            Long.parseLong(words[1]),
                            Long.parseLong(words[2]),
                            Long.parseLong(words[3])),
                    Long.parseLong(words[4]),
                    Long.parseLong(words[5]));
        } catch (NumberFormatException | IndexOutOfBoundsException e) {
            return null;
        }
    }

    /// Writes the file so that it is there whole after any crash.
    void write(Storage storage, Path directory) throws IOException {
        String line =
                "%d %d %d %d %d %d"
                        .formatted(
                                startOffset,
                                settled.segmentBase(),
                                settled.position(),
                                settled.offset(),
                                firstDirtyOffset,
                                deleteHorizonMillis);
        DurableText.write(storage, directory.resolve(FILE), "0\n" + line + "\n" + sum(line) + "\n");
    }

    private static String sum(String line) {
        CRC32C crc = new CRC32C();
        crc.update(("0\n" + line + "\n").getBytes(StandardCharsets.UTF_8));
        return "%08x".formatted(crc.getValue());
    }
}
