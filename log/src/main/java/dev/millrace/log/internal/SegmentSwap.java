package dev.millrace.log.internal;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/// How a cleaned segment takes the place of the segments that it was made from, so that after any
/// crash either they are there or it is:
///
/// | step | files | a crash before the next step |
/// |---|---|---|
/// | 1 write and force the cleaned segment | `<base>.cleaned` | deleted at opening |
/// | 2 rename it, force the directory | `<base>.<end>.swap` | finished at opening: steps 3 and 4 |
/// | 3 delete the originals but the first, and all their indexes; force the directory | `.swap`, first `.log` | the same |
/// | 4 rename it over the first original, force the directory | `<base>.log` | nothing to do |
///
/// `<base>` is the base offset of the first original, `<end>` the offset behind the last; 20 digits
/// each. The name says all that finishing needs, so that it can be done again and again. Until step
/// 2 is on stable storage nothing of the originals is touched; from then on they are not needed.
final class SegmentSwap {
    static final String CLEANED = ".cleaned";
    static final String SWAP = ".swap";
    private static final int DIGITS = 20;

    private final Storage storage;
    private final Path directory;

    SegmentSwap(Storage storage, Path directory) {
        this.storage = storage;
        this.directory = directory;
    }

    /// The file of step 1.
    Path cleaned(long base) {
        return directory.resolve(Segment.fileName(base, CLEANED));
    }

    private static String swapName(long base, long end) {
        return Segment.fileName(base, ".") + Segment.fileName(end, SWAP);
    }

    /// Step 2: from here on the cleaned segment counts.
    void commit(long base, long end) throws IOException {
        storage.rename(cleaned(base), directory.resolve(swapName(base, end)));
        storage.forceDirectory(directory);
    }

    /// Steps 3 and 4.
    void finish(long base, long end) throws IOException {
        for (String name : storage.list(directory)) {
            long found = Segment.baseOffset(name);
            if (found > base && found < end) {
                delete(storage, directory, found);
            }
        }
        deleteIndexes(storage, directory, base);
        storage.forceDirectory(directory);
        storage.rename(
                directory.resolve(swapName(base, end)),
                directory.resolve(Segment.fileName(base, Segment.LOG)));
        storage.forceDirectory(directory);
    }

    /// Finishes what a crash interrupted, or takes it back; at opening, before anybody looks at the
    /// segments.
    void recover() throws IOException {
        for (String name : storage.list(directory)) {
            if (name.endsWith(CLEANED)) {
                storage.delete(directory.resolve(name));
            } else if (name.endsWith(SWAP) && name.length() == 2 * DIGITS + 1 + SWAP.length()) {
                finish(
                        Long.parseLong(name, 0, DIGITS, 10),
                        Long.parseLong(name, DIGITS + 1, 2 * DIGITS + 1, 10));
            }
        }
    }

    /// Deletes a segment's files, the `.log` last: as long as that is there, the others can be made
    /// again.
    static void delete(Storage storage, Path directory, long base) throws IOException {
        deleteIndexes(storage, directory, base);
        storage.delete(directory.resolve(Segment.fileName(base, Segment.LOG)));
    }

    private static void deleteIndexes(Storage storage, Path directory, long base)
            throws IOException {
        for (String suffix :
                List.of(SegmentIndexes.SUMS, SegmentIndexes.INDEX, SegmentIndexes.TIME_INDEX)) {
            Path file = directory.resolve(Segment.fileName(base, suffix));
            if (storage.exists(file)) {
                storage.delete(file);
            }
        }
    }
}
