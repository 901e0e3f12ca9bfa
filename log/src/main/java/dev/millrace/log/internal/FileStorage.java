package dev.millrace.log.internal;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The file system of this machine.
public final class FileStorage implements Storage {
    private static final Path BOOT_ID = Path.of("/proc/sys/kernel/random/boot_id");

    @Override
    public StorageFile open(Path file) throws IOException {
        return new ChannelFile(
                file,
                FileChannel.open(
                        file,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.READ,
                        StandardOpenOption.WRITE));
    }

    @Override
    public boolean exists(Path path) {
        return Files.exists(path);
    }

    @Override
    public List<String> list(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.map(entry -> entry.getFileName().toString()).sorted().toList();
        }
    }

    @Override
    public void createDirectories(Path directory) throws IOException {
        if (Files.isDirectory(directory)) {
            return;
        }
        Path parent = directory.toAbsolutePath().getParent();
        if (parent != null) {
            createDirectories(parent);
        }
        Files.createDirectory(directory);
        if (parent != null) {
            forceDirectory(parent);
        }
    }

    @Override
    public void delete(Path path) throws IOException {
        Files.delete(path);
    }

    @Override
    public void rename(Path from, Path to) throws IOException {
        Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    @Override
    public void forceDirectory(Path directory) throws IOException {
        boolean interrupted = Thread.interrupted(); // else the channel would not stay open
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @Override
    public long usableBytes(Path directory) throws IOException {
        return directory.toFile().getUsableSpace(); // a file store would look through all mounts
    }

    @Override
    public @Nullable LockFile lock(Path file, String content) throws IOException {
        boolean interrupted = Thread.interrupted(); // else the channel would not stay open
        FileChannel channel =
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            FileLock lock = channel.tryLock();
            if (lock != null) {
                LockFile locked = new LockedChannel(channel);
                locked.write(content);
                return locked;
            }
        } catch (OverlappingFileLockException e) {
            // this very process has it
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
        channel.close();
        return null;
    }

    @Override
    public String bootId() throws IOException {
        return Files.isReadable(BOOT_ID) ? Files.readString(BOOT_ID).strip() : "";
    }

    @Override
    public boolean persistent() {
        return true;
    }

    /// An interrupt closes the channel that the interrupted thread is in, under everybody else who
    /// uses it: that of one reader would end all appends. So a channel that was closed so is opened
    /// again, the call is made again, and the thread is left interrupted.
    private static final class ChannelFile implements StorageFile {
        private final Path path;
        private volatile FileChannel channel;
        private volatile boolean closed;
        private volatile boolean detached;

        ChannelFile(Path path, FileChannel channel) {
            this.path = path;
            this.channel = channel;
        }

        /// What is done with a channel, and may be done again.
        private interface Action<T> {
            T on(FileChannel channel) throws IOException;
        }

        private <T> T uninterrupted(Action<T> action) throws IOException {
            boolean interrupted = Thread.interrupted();
            try {
                while (true) {
                    FileChannel present = channel;
                    try {
                        return action.on(present);
                    } catch (ClosedChannelException e) {
                        interrupted |= Thread.interrupted();
                        openAgain(present, e);
                    }
                }
            } finally {
                if (interrupted) {
                    Thread.currentThread().interrupt();
                }
            }
        }

        private synchronized void openAgain(FileChannel gone, ClosedChannelException reason)
                throws IOException {
            if (closed || detached) {
                throw reason;
            }
            if (channel == gone) {
                channel = FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE);
            }
        }

        @Override
        public Path path() {
            return path;
        }

        @Override
        public int read(ByteBuffer into, long position) throws IOException {
            int start = into.position();
            return uninterrupted(
                    present -> {
                        into.position(start);
                        while (into.hasRemaining()) {
                            long at = position + (into.position() - start);
                            if (present.read(into, at) < 0) {
                                break;
                            }
                        }
                        return into.position() - start;
                    });
        }

        @Override
        public void write(ByteBuffer from, long position) throws IOException {
            int start = from.position();
            uninterrupted(
                    present -> {
                        from.position(start);
                        while (from.hasRemaining()) {
                            present.write(from, position + (from.position() - start));
                        }
                        return true;
                    });
        }

        @Override
        public void truncate(long size) throws IOException {
            uninterrupted(present -> present.truncate(size));
        }

        @Override
        public long size() throws IOException {
            return uninterrupted(FileChannel::size);
        }

        @Override
        public void force() throws IOException {
            uninterrupted(
                    present -> {
                        present.force(false);
                        return true;
                    });
        }

        @Override
        public ByteBuffer map(long size, Arena arena) throws IOException {
            return segment(size, arena).asByteBuffer();
        }

        @Override
        public MemorySegment segment(long size, Arena arena) throws IOException {
            return uninterrupted(
                    present -> present.map(FileChannel.MapMode.READ_ONLY, 0, size, arena));
        }

        @Override
        public void detach() {
            detached = true;
        }

        @Override
        public synchronized void close() throws IOException {
            closed = true;
            channel.close();
        }
    }

    /// The one channel on a lock file: closing any other of this process would let go of the lock.
    private record LockedChannel(FileChannel channel) implements LockFile {
        @Override
        public void write(String content) throws IOException {
            channel.truncate(0);
            channel.write(ByteBuffer.wrap(content.getBytes(StandardCharsets.UTF_8)), 0);
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }
}
