package dev.millrace.log.internal;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// One file of a partition: `<base offset, 20 digits>.log`, a run of Kafka record batches
/// ([BatchFormat]) that ends at its last batch, and beside it the [SegmentIndexes].
///
/// The partition's one writer appends. Bytes below [#committedBytes] never change while the log is
/// open, and any number of threads read them through a [SegmentReader]. Readers say when they come
/// and go, so that a segment that is taken away is closed behind the last of them.
final class Segment {
    static final String LOG = ".log";
    private static final int DIGITS = 20;

    /// A new mapping is worth its page faults when it covers this much more than the last.
    private static final long LEAST_GROWTH_TO_MAP = 1 << 20;

    private final Storage storage;
    private final Path directory;
    private final long baseOffset;
    private final StorageFile file;
    private final SegmentIndexes indexes;
    private final VerifiedBatches verified = new VerifiedBatches();
    private final Arena arena = Arena.ofShared();

    /// Readers inside, and one more until it is retired; at 0 it is closed.
    private final AtomicInteger users = new AtomicInteger(1);

    private volatile long committedBytes;
    private volatile @Nullable ByteBuffer mapping;
    private volatile boolean indexed;
    private volatile boolean closed;

    private Segment(
            Storage storage,
            Path directory,
            long baseOffset,
            StorageFile file,
            long size,
            int indexInterval) {
        this.storage = storage;
        this.directory = directory;
        this.baseOffset = baseOffset;
        this.file = file;
        this.indexes = new SegmentIndexes(baseOffset, indexInterval);
        this.committedBytes = size;
        this.indexed = committedBytes == 0;
    }

    /// Opens the segment, or creates it empty; all bytes of the file count as committed.
    static Segment open(Storage storage, Path directory, long baseOffset, int indexInterval)
            throws IOException {
        StorageFile file = storage.open(directory.resolve(fileName(baseOffset, LOG)));
        try {
            return new Segment(storage, directory, baseOffset, file, file.size(), indexInterval);
        } catch (IOException e) {
            closeFailed(file, e);
            throw e;
        }
    }

    /// Creates the segment empty, whatever was there.
    static Segment create(Storage storage, Path directory, long baseOffset, int indexInterval)
            throws IOException {
        StorageFile file = storage.open(directory.resolve(fileName(baseOffset, LOG)));
        try {
            file.truncate(0);
        } catch (IOException e) {
            closeFailed(file, e);
            throw e;
        }
        return new Segment(storage, directory, baseOffset, file, 0, indexInterval);
    }

    private static void closeFailed(StorageFile file, IOException reason) {
        try {
            file.close();
        } catch (IOException e) {
            reason.addSuppressed(e);
        }
    }

    static String fileName(long baseOffset, String suffix) {
        String digits = Long.toString(baseOffset);
        return "0".repeat(DIGITS - digits.length()) + digits + suffix;
    }

    /// The base offset in a segment file's name; -1 where it is no such name.
    static long baseOffset(String fileName) {
        if (fileName.length() != DIGITS + LOG.length() || !fileName.endsWith(LOG)) {
            return -1;
        }
        try {
            return Long.parseLong(fileName, 0, DIGITS, 10);
        } catch (NumberFormatException e) {
            return -1;
        }
    }

    String name() {
        return fileName(baseOffset, LOG);
    }

    long baseOffset() {
        return baseOffset;
    }

    StorageFile file() {
        return file;
    }

    VerifiedBatches verified() {
        return verified;
    }

    long committedBytes() {
        return committedBytes;
    }

    /// Makes the bytes below `end` visible to readers.
    void commit(long end) {
        committedBytes = end;
    }

    /// A reader comes.
    ///
    /// @return false where the segment is gone: look for another at the same offset
    boolean enter() {
        int now = users.get();
        while (now > 0 && !users.compareAndSet(now, now + 1)) {
            now = users.get();
        }
        return now > 0;
    }

    /// A reader goes.
    void leave() {
        if (users.decrementAndGet() == 0) {
            try {
                close();
            } catch (IOException e) {
                // nothing was written that could be lost
            }
        }
    }

    /// The partition is done with it, and nobody comes in any more who looks it up there.
    void retire() {
        leave();
    }

    boolean isClosed() {
        return closed;
    }

    /// The indexes, loaded or made again where this is the first that is asked of them.
    SegmentIndexes indexes() throws IOException {
        return indexed ? indexes : loadIndexes();
    }

    private synchronized SegmentIndexes loadIndexes() throws IOException {
        if (!indexed) {
            if (!indexes.load(storage, directory, committedBytes)) {
                rebuildIndexes();
            }
            indexed = true;
        }
        return indexes;
    }

    /// The indexes for the one thread that writes, which has asked for [#indexes] before.
    SegmentIndexes indexesOfWriter() {
        return indexes;
    }

    /// Makes the indexes again from the batches.
    synchronized void rebuildIndexes() throws IOException {
        new IndexRebuild(this, indexes).run();
        indexed = true;
    }

    /// Writes the index files; by the one thread that forces and closes. They can always be made
    /// again, so that a disk that will not take them is no failure.
    ///
    /// Not once it is closed: the directory may be that of another topic by then.
    synchronized void saveIndexes() {
        if (closed) {
            return;
        }
        try {
            indexes().save(storage, directory, committedBytes);
        } catch (IOException e) {
            // whatever was written does not agree with its checksum
        }
    }

    /// A mapping of the file that covers `end`; null where it does not pay (yet).
    ///
    /// @throws ClosedChannelException where the segment is closed
    @Nullable ByteBuffer mapping(long end) throws IOException {
        if (closed) {
            throw new ClosedChannelException();
        }
        ByteBuffer now = mapping;
        if (now != null && now.limit() >= end) {
            return now;
        }
        return remap(end);
    }

    private synchronized @Nullable ByteBuffer remap(long end) throws IOException {
        ByteBuffer now = mapping;
        long covered = now == null ? 0 : now.limit();
        if (covered >= end) {
            return now;
        }
        long committed = committedBytes;
        if (committed - covered < Math.max(LEAST_GROWTH_TO_MAP, covered / 4)) {
            return null;
        }
        ByteBuffer mapped = file.map(committed, arena);
        mapping = mapped;
        return mapped;
    }

    /// Closes the file and its mappings; who still reads them gets an `IllegalStateException`.
    void close() throws IOException {
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
        }
        try {
            file.close();
        } finally {
            unmap();
        }
    }

    /// A checksum that is being computed holds the mapping for its moment, and no other begins: see
    /// [#mapping].
    private void unmap() {
        while (arena.scope().isAlive()) {
            try {
                arena.close();
            } catch (IllegalStateException e) {
                Thread.yield();
            }
        }
    }
}
