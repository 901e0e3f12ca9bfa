package dev.millrace.log.internal;

import static dev.millrace.log.internal.JournalFormat.GROUP_BYTES;

import dev.millrace.log.LogOptions;
import dev.millrace.log.internal.JournalFormat.PartitionKey;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The journal: frame groups ([JournalFormat]) in a few files that are used in turn. One force of
/// one file acknowledges whatever gathered while the force before it ran, for all partitions.
///
/// Files grow by writing zeros ahead, and once grown are used again, so that a force has no
/// metadata to write. A file may be used again when all that its groups hold has been forced in the
/// segments and a checkpoint that says so has itself been forced in another file.
///
/// For one thread, that of the [WriteLoop].
final class Journal {
    static final String SUFFIX = ".journal";
    private static final int LEAST_GROWTH_BYTES = 1 << 20;
    private static final long MOST_GROWTH_BYTES = 16 << 20;

    private final Storage storage;
    private final Path directory;
    private final long fileBytes;
    private final long maxBytes;
    private final JournalGroup group;
    private final List<JournalFile> files;
    private final ByteBuffer head = ByteBuffer.allocateDirect(JournalGroup.PAGE_BYTES);
    private final ByteBuffer zeros;
    private JournalFile current;
    private long position;
    private long lastSequence;
    private long firstNeeded;
    private final Counter positionSeen = new Counter();
    private volatile Use useBehind = new Use(0, 0, 0);

    /// What the journal takes.
    ///
    /// @param bytes of its files
    /// @param neededBytes of them, that cannot be written again before a checkpoint
    record Use(int files, long bytes, long neededBytes) {}

    private Journal(
            Storage storage,
            Path directory,
            long logId,
            LogOptions options,
            List<JournalFile> files,
            JournalFile current,
            JournalContents contents) {
        this.storage = storage;
        this.directory = directory;
        this.fileBytes = options.journalFileBytes();
        this.maxBytes = options.journalMaxBytes();
        this.group = new JournalGroup(logId);
        this.files = files;
        this.current = current;
        this.position = contents.position();
        this.lastSequence = contents.lastSequence();
        this.firstNeeded = contents.firstNeeded();
        this.zeros =
                ByteBuffer.allocateDirect((int) Math.min(LEAST_GROWTH_BYTES, align(fileBytes)));
    }

    /// Opens the journal to go on behind what was found in it.
    static Journal open(
            Storage storage,
            Path directory,
            long logId,
            LogOptions options,
            JournalContents contents)
            throws IOException {
        List<JournalFile> files = new ArrayList<>();
        for (JournalContents.File file : contents.files()) {
            files.add(new JournalFile(file.file(), file.lastSequence()));
        }
        if (files.isEmpty()) {
            Path first = directory.resolve(fileName(0));
            files.add(new JournalFile(storage.open(first), 0));
            storage.forceDirectory(directory);
        }
        JournalFile current = files.getFirst();
        for (JournalFile file : files) {
            current = file.file().path().equals(contents.lastFile()) ? file : current;
        }
        Journal journal = new Journal(storage, directory, logId, options, files, current, contents);
        journal.forget(contents.unfinished());
        journal.readHead();
        journal.noteUse();
        return journal;
    }

    /// Takes an unfinished group out of the way for good: its header goes before another is
    /// written, so that never more than one is unfinished, and its sequence is never given again,
    /// so that no stale frame of it passes.
    private void forget(JournalContents.@Nullable Unfinished unfinished) throws IOException {
        if (unfinished == null) {
            return;
        }
        for (JournalFile file : files) {
            if (file.file.path().equals(unfinished.file())) {
                file.file.write(ByteBuffer.allocate(GROUP_BYTES), unfinished.position());
                file.file.force();
            }
        }
        lastSequence = unfinished.sequence();
        if (firstNeeded == lastSequence) {
            firstNeeded++;
        }
    }

    private void readHead() throws IOException {
        long pageStart = pageStart(position);
        head.limit((int) (position - pageStart));
        current.file().read(head, pageStart);
        head.flip();
    }

    /// What the journal takes; from any thread.
    Use use() {
        Use behind = useBehind;
        return new Use(behind.files, behind.bytes, behind.neededBytes + positionSeen.get());
    }

    private void noteUse() {
        long bytes = 0;
        long needed = 0;
        for (JournalFile file : files) {
            bytes += file.size;
            needed += file != current && file.lastSequence >= firstNeeded ? file.size : 0;
        }
        useBehind = new Use(files.size(), bytes, needed);
        positionSeen.set(position);
    }

    /// One file of the journal.
    static final class JournalFile {
        private final StorageFile file;
        private long size;
        private long lastSequence;

        /// @param lastSequence of the groups that it holds; 0 where it holds none
        JournalFile(StorageFile file, long lastSequence) throws IOException {
            this.file = file;
            this.size = file.size();
            this.lastSequence = lastSequence;
        }

        StorageFile file() {
            return file;
        }
    }

    static String fileName(int number) {
        return "%04d%s".formatted(number, SUFFIX);
    }

    /// Begins a group, in another file where the present one is full.
    JournalGroup begin() throws IOException {
        if (position >= fileBytes) {
            rotate();
        }
        group.begin(lastSequence + 1, head);
        return group;
    }

    private void rotate() throws IOException {
        JournalFile next = null;
        for (JournalFile file : files) {
            if (file != current && file.lastSequence < firstNeeded) {
                next = file;
                break;
            }
        }
        if (next == null) {
            next = another();
            files.add(next);
        }
        current = next;
        position = 0;
        head.clear().limit(0);
        noteUse();
    }

    private JournalFile another() throws IOException {
        StorageFile file = storage.open(directory.resolve(fileName(files.size())));
        try {
            storage.forceDirectory(directory);
            return new JournalFile(file, 0);
        } catch (IOException e) {
            file.close();
            throw e;
        }
    }

    /// Whether the present file is full, so that the next group begins another.
    boolean full() {
        return position >= fileBytes;
    }

    /// Writes the group that was begun, not yet forced. After a failure the group never was.
    void write() throws IOException {
        ByteBuffer pages = group.finish(firstNeeded);
        long pageStart = pageStart(position);
        long endOfPages = pageStart + pages.remaining();
        current.file.write(pages, pageStart);
        current.size = Math.max(current.size, endOfPages);
        if (endOfPages + JournalGroup.PAGE_BYTES > current.size) {
            grow();
        }
    }

    /// Doubles the file, so that few forces have to wait for new zeros, and small logs stay small.
    private void grow() throws IOException {
        long growth = Math.clamp(current.size, zeros.capacity(), MOST_GROWTH_BYTES);
        long end = current.size + Math.clamp(fileBytes - current.size, zeros.capacity(), growth);
        try {
            while (current.size < end) {
                current.file.write(zeros.clear(), current.size);
                current.size += zeros.capacity();
            }
        } catch (IOException e) {
            if (!DiskSpace.isFull(e)) {
                throw e;
            }
            // only writing ahead; the next groups find their own place, or fail by themselves
            current.size = current.file.size();
        }
        noteUse();
    }

    /// Forces what was written: only now it counts.
    void force() throws IOException {
        current.file.force();
        lastSequence = lastSequence + 1;
        current.lastSequence = lastSequence;
        position = JournalFormat.align(position + group.sizeInBytes());
        head.clear();
        head.put(group.tail());
        head.flip();
        positionSeen.set(position);
    }

    /// Takes back a group whose write or force failed, as well as the disk lets us: no later
    /// opening must find it in the page cache and believe it.
    void invalidate() {
        try {
            current.file.write(ByteBuffer.allocate(GROUP_BYTES), position);
            current.file.force();
        } catch (IOException | RuntimeException e) {
            // recovery writes all that it believes again, and forces it
        }
    }

    /// Writes and forces a group that holds only a checkpoint. From then on, groups below `needed`
    /// are not needed.
    void checkpoint(Map<PartitionKey, PartitionEnd> forced, long needed, boolean clean)
            throws IOException {
        begin().checkpoint(forced, clean);
        long before = firstNeeded;
        try {
            firstNeeded = needed;
            write();
            force();
            noteUse();
        } catch (IOException e) {
            firstNeeded = before;
            invalidate();
            throw e;
        }
    }

    /// The sequence of the last group that was forced.
    long lastSequence() {
        return lastSequence;
    }

    /// Whether the next group would begin a file more than the journal may have: a checkpoint must
    /// come first.
    boolean mustWait() {
        if (!full()) {
            return false;
        }
        int needed = 1;
        for (JournalFile file : files) {
            needed += file.lastSequence >= firstNeeded ? 1 : 0;
        }
        return needed > Math.max(2, maxBytes / fileBytes);
    }

    void close() throws IOException {
        for (JournalFile file : files) {
            file.file.close();
        }
    }

    private static long pageStart(long position) {
        return position & -JournalGroup.PAGE_BYTES;
    }

    private static long align(long bytes) {
        return (bytes + JournalGroup.PAGE_BYTES - 1) & -JournalGroup.PAGE_BYTES;
    }
}
