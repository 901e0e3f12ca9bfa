package dev.millrace.testkit.storage;

import dev.millrace.log.internal.LockFile;
import dev.millrace.log.internal.Storage;
import dev.millrace.log.internal.StorageFile;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.NavigableMap;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// A file system in memory that records every change, fails where it is told to, and makes from any
/// point of its history the states that a crash may leave there.
///
/// **The process dies.** All that was written is there: the page cache outlives the process. The
/// write under way may have come as far as the end of any page. [#snapshotAt] and [#snapshotInside]
/// place that at every operation; what is unforced then still is, so that the power may go later.
///
/// **The power goes.** Then only what was forced must be there. The rules are those of a page cache
/// over a device that writes sectors whole and in no order:
///
/// * *Data.* The versions of a sector (512 B, or a page of 4 KiB) are its content at the last
///   successful force of the file and after each later change that touched it. Any one of them is
///   left, for each sector apart: so writes are kept, dropped, reordered and torn. No sector is
///   ever a mix, nor older than the last successful force. Bytes that a recycled file had before
///   are the oldest version of what is written over them.
/// * *Size.* It is one of those since the last force, or the end of a page on the way from one to
///   the next, without regard to the data: where the file has grown and the data is missing there
///   are zeros. A truncation may not have happened; if it has, what it cut never comes back.
/// * *Names.* Creation, deletion and renaming last when the directory is forced (either of the two
///   for a renaming between directories). Any of the unforced ones may be lost: a created file is
///   missing, a deleted one is back, a renamed one has its old name. A renaming is atomic, and
///   changes to one name stay in order. Forcing a file says nothing about its name.
///
/// The simplest two states, everything unforced lost and nothing lost, are [#dropAllUnforced] and
/// [#keepAll]; [#afterPowerLoss] draws one of the others.
///
/// **A force fails.** As on Linux, what was unforced is marked clean: it reads back from the cache,
/// the device may have it or not, and a later force that succeeds brings only those pages to the
/// device that were written again in between. [#evictCleanPages] is the moment when the kernel
/// needs the memory and such bytes change under the reader. The size is not data: a later force
/// makes it durable. A failed force of a directory leaves its names to the next.
///
/// Sources of the rules: Pillai et al., *All File Systems Are Not Created Equal* (ALICE, OSDI
/// 2014), for what applications may rely on; Mohan et al., *Finding Crash-Consistency Bugs with
/// Bounded Black-Box Crash Testing* (CrashMonkey, OSDI 2018), for replaying a recorded history up
/// to each point; Ramos et al., *When Amnesia Strikes* (LazyFS, VLDB 2024), for lost and torn
/// writes of a page cache; Rebello et al., *Can Applications Recover from fsync Failures?* (USENIX
/// ATC 2020), for the failed force.
///
/// For any number of threads; what happens depends only on the order of the calls and on the random
/// numbers handed in.
public final class FaultStorage implements Storage {
    private final Disk start;
    private final Disk disk;
    private final int boots;
    private final List<Operation> history = new ArrayList<>();
    private final FaultPlan plan = new FaultPlan();
    private final Set<Path> locks = new HashSet<>();
    private long capacity = Long.MAX_VALUE;
    private int openFiles;

    /// An empty file system.
    public FaultStorage() {
        this(new Disk(), 1);
    }

    private FaultStorage(Disk disk, int boots) {
        this.start = disk.copy();
        this.disk = disk;
        this.boots = boots;
    }

    // ---- crashes

    /// How many operations there have been since this storage was made.
    public synchronized int operations() {
        return history.size();
    }

    /// What they were.
    public synchronized List<Operation> history() {
        return List.copyOf(history);
    }

    /// The process dies now.
    public synchronized FaultStorage afterProcessKill() {
        return new FaultStorage(disk.copy(), boots);
    }

    /// The process died after the first `operations` of the history.
    public FaultStorage snapshotAt(int operations) {
        return new FaultStorage(replay(operations), boots);
    }

    /// The process died in the middle of an operation. Where that is a write, the pages up to the
    /// `pages`th end within it were written; all else is not there at all.
    public FaultStorage snapshotInside(int operation, int pages) {
        Disk replayed = replay(operation);
        Operation next = history().get(operation);
        if (next instanceof Operation.Write write) {
            long end = (write.position() / Survival.PAGE + pages) * Survival.PAGE;
            int written = Math.clamp(end - write.position(), 0, write.bytes().length);
            replayed.replay(
                    new Operation.Write(
                            write.file(),
                            write.path(),
                            write.position(),
                            Arrays.copyOf(write.bytes(), written)));
        }
        return new FaultStorage(replayed, boots);
    }

    /// The power goes now: one of the legal states, drawn by chance.
    public synchronized FaultStorage afterPowerLoss(SplittableRandom random) {
        return new FaultStorage(disk.afterPowerLoss(random), boots + 1);
    }

    /// The power goes now, and takes everything that was not forced.
    public synchronized FaultStorage dropAllUnforced() {
        return new FaultStorage(disk.afterPowerLoss(false), boots + 1);
    }

    /// The power goes now, and all had just reached the device.
    public synchronized FaultStorage keepAll() {
        return new FaultStorage(disk.afterPowerLoss(true), boots + 1);
    }

    private synchronized Disk replay(int operations) {
        Disk replayed = start.copy();
        for (Operation operation : history.subList(0, operations)) {
            replayed.replay(operation);
        }
        return replayed;
    }

    // ---- failures

    /// How many calls there have been that can be made to fail.
    public synchronized long calls() {
        return plan.calls();
    }

    /// Makes the call with this index fail.
    public synchronized void failAt(long callIndex, Fault fault) {
        plan.at(callIndex, fault);
    }

    /// Makes the next such call fail.
    public synchronized void failNext(Predicate<Call> which, Fault fault) {
        plan.when(which, fault, true);
    }

    /// Makes all such calls fail until [#heal].
    public synchronized void failAll(Predicate<Call> which, Fault fault) {
        plan.when(which, fault, false);
    }

    /// Lets everything succeed again.
    public synchronized void heal() {
        plan.clear();
    }

    /// Sets how many bytes all files together may have. Behind that, writes that make a file grow
    /// are cut short and fail.
    public synchronized void limitTo(long bytes) {
        capacity = bytes;
    }

    /// The kernel drops the clean pages: what a failed force left in the cache alone is gone.
    public synchronized void evictCleanPages() {
        disk.evict();
    }

    // ---- damage

    /// The paths of all files, with their sizes in bytes.
    public synchronized NavigableMap<Path, Integer> files() {
        return disk.sizes();
    }

    /// A file's content as reads see it.
    public synchronized byte[] bytes(Path file) throws IOException {
        Inode inode = inode(file);
        return Arrays.copyOf(inode.cached(), inode.size());
    }

    /// Flips the bits of `mask` in one byte of a file, on the device. What is unforced in the file
    /// counts as forced from then on, and the history does not show the damage.
    public synchronized void corrupt(Path file, int position, int mask) throws IOException {
        inode(file).corrupt(position, mask);
    }

    /// Cuts a file on the device, as [#corrupt] does its damage.
    public synchronized void truncate(Path file, int size) throws IOException {
        inode(file).cut(size);
    }

    /// How many files are open.
    public synchronized int openFiles() {
        return openFiles;
    }

    private Inode inode(Path path) throws IOException {
        int node = disk.names().find(path);
        if (node == Namespace.NOTHING || disk.names().isDirectory(node)) {
            throw new NoSuchFileException(path.toString());
        }
        return disk.file(node);
    }

    // ---- what the log asks for

    @Override
    public synchronized StorageFile open(Path file) throws IOException {
        mayFail(Call.Kind.OPEN, file);
        return opened(file);
    }

    private StorageFile opened(Path file) throws IOException {
        int node = disk.names().find(file);
        if (node == Namespace.NOTHING) {
            record(new Operation.CreateFile(file));
            node = disk.names().find(file);
        } else if (disk.names().isDirectory(node)) {
            throw new FileSystemException(file.toString(), null, "Is a directory");
        }
        openFiles++;
        return new Handle(node, file);
    }

    @Override
    public synchronized boolean exists(Path path) {
        return disk.names().find(path) != Namespace.NOTHING;
    }

    @Override
    public synchronized List<String> list(Path directory) throws IOException {
        mayFail(Call.Kind.LIST, directory);
        return disk.names().list(directory);
    }

    @Override
    public synchronized void createDirectories(Path directory) throws IOException {
        if (disk.names().isDirectory(disk.names().find(directory))) {
            return;
        }
        Path parent = directory.toAbsolutePath().normalize().getParent();
        if (parent != null) {
            createDirectories(parent);
        }
        mayFail(Call.Kind.CREATE_DIRECTORY, directory);
        record(new Operation.CreateDirectory(directory));
        if (parent != null) {
            forceDirectory(parent);
        }
    }

    @Override
    public synchronized void delete(Path path) throws IOException {
        mayFail(Call.Kind.DELETE, path);
        record(new Operation.Delete(path));
    }

    @Override
    public synchronized void rename(Path from, Path to) throws IOException {
        mayFail(Call.Kind.RENAME, from);
        record(new Operation.Rename(from, to));
    }

    @Override
    public synchronized void forceDirectory(Path directory) throws IOException {
        mayFail(Call.Kind.FORCE_DIRECTORY, directory);
        record(new Operation.ForceDirectory(directory));
    }

    @Override
    public synchronized long usableBytes(Path directory) {
        return capacity == Long.MAX_VALUE
                ? Long.MAX_VALUE
                : Math.max(0, capacity - disk.usedBytes());
    }

    @Override
    public synchronized @Nullable LockFile lock(Path file, String content) throws IOException {
        mayFail(Call.Kind.LOCK, file);
        Path whole = file.toAbsolutePath().normalize();
        if (!locks.add(whole)) {
            return null;
        }
        writeLock(file, content);
        return new LockFile() {
            @Override
            public void write(String words) throws IOException {
                writeLock(file, words);
            }

            @Override
            public void close() {
                synchronized (FaultStorage.this) {
                    locks.remove(whole);
                }
            }
        };
    }

    private synchronized void writeLock(Path file, String content) throws IOException {
        try (Handle handle = (Handle) opened(file)) {
            record(new Operation.Truncate(handle.node, file, 0));
            handle.put(content.getBytes(StandardCharsets.UTF_8), 0);
        }
    }

    @Override
    public String bootId() {
        return "start " + boots;
    }

    @Override
    public boolean persistent() {
        return true;
    }

    private void record(Operation operation) throws IOException {
        disk.apply(operation);
        history.add(operation);
    }

    private void mayFail(Call.Kind kind, Path path) throws IOException {
        Fault fault = plan.next(kind, path);
        if (fault != null) {
            throw new FileSystemException(path.toString(), null, fault.message());
        }
    }

    /// An open file; it stays the same file when its name changes or goes.
    private final class Handle implements StorageFile {
        private final int node;
        private final Path path;
        private boolean closed;

        Handle(int node, Path path) {
            this.node = node;
            this.path = path;
        }

        @Override
        public Path path() {
            return path;
        }

        @Override
        public int read(ByteBuffer into, long position) throws IOException {
            synchronized (FaultStorage.this) {
                mayFailOpen(Call.Kind.READ);
                Inode file = disk.file(node);
                int count = Math.clamp(file.size() - position, 0, into.remaining());
                into.put(file.cached(), (int) Math.min(position, file.size()), count);
                return count;
            }
        }

        @Override
        public void write(ByteBuffer from, long position) throws IOException {
            synchronized (FaultStorage.this) {
                requireOpen();
                Fault fault = plan.next(Call.Kind.WRITE, path);
                byte[] bytes = new byte[wanted(from.remaining(), fault)];
                from.get(bytes);
                put(bytes, position);
                if (fault != null) {
                    throw new IOException(fault.message());
                }
            }
        }

        private int wanted(int remaining, @Nullable Fault fault) {
            if (fault == null) {
                return remaining;
            }
            return fault.partial() ? remaining / 2 : 0;
        }

        /// Writes as far as there is space.
        private void put(byte[] bytes, long position) throws IOException {
            long room = bytes.length;
            if (capacity != Long.MAX_VALUE && position + bytes.length > disk.file(node).size()) {
                long free = Math.max(0, capacity - disk.usedBytes());
                room = Math.clamp(disk.file(node).size() + free - position, 0, bytes.length);
            }
            if (room > 0) {
                byte[] fitting = room == bytes.length ? bytes : Arrays.copyOf(bytes, (int) room);
                record(new Operation.Write(node, path, position, fitting));
            }
            if (room < bytes.length) {
                throw new IOException(Fault.NO_SPACE.message());
            }
        }

        @Override
        public void truncate(long size) throws IOException {
            synchronized (FaultStorage.this) {
                mayFailOpen(Call.Kind.TRUNCATE);
                if (size < disk.file(node).size()) {
                    record(new Operation.Truncate(node, path, size));
                }
            }
        }

        @Override
        public long size() throws IOException {
            synchronized (FaultStorage.this) {
                requireOpen();
                return disk.file(node).size();
            }
        }

        @Override
        public void force() throws IOException {
            synchronized (FaultStorage.this) {
                requireOpen();
                Fault fault = plan.next(Call.Kind.FORCE, path);
                record(new Operation.Force(node, path, fault == null));
                if (fault != null) {
                    throw new IOException(fault.message());
                }
            }
        }

        @Override
        public ByteBuffer map(long size, Arena arena) throws IOException {
            synchronized (FaultStorage.this) {
                mayFailOpen(Call.Kind.MAP);
                Inode file = disk.file(node);
                if (size > file.size()) {
                    throw new IOException(
                            "cannot map %d bytes of %s, which has %d"
                                    .formatted(size, path, file.size()));
                }
                return ByteBuffer.wrap(file.cached(), 0, (int) size).slice().asReadOnlyBuffer();
            }
        }

        @Override
        public void close() {
            synchronized (FaultStorage.this) {
                openFiles -= closed ? 0 : 1;
                closed = true;
            }
        }

        private void mayFailOpen(Call.Kind kind) throws IOException {
            requireOpen();
            Fault fault = plan.next(kind, path);
            if (fault != null) {
                throw new IOException(fault.message());
            }
        }

        private void requireOpen() throws IOException {
            if (closed) {
                throw new ClosedChannelException();
            }
        }
    }
}
