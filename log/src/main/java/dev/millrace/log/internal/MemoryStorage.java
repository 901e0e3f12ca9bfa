package dev.millrace.log.internal;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Files in this process's memory, for the durability `memory`.
public final class MemoryStorage implements Storage {
    private final Map<Path, MemoryFile> files = new TreeMap<>();
    private final Map<Path, Boolean> locks = new TreeMap<>();

    @Override
    public synchronized StorageFile open(Path file) {
        return files.computeIfAbsent(file, MemoryFile::new);
    }

    @Override
    public synchronized boolean exists(Path path) {
        return files.keySet().stream().anyMatch(file -> file.startsWith(path));
    }

    @Override
    public synchronized List<String> list(Path directory) {
        int depth = directory.getNameCount();
        return files.keySet().stream()
                .filter(file -> file.startsWith(directory) && file.getNameCount() > depth)
                .map(file -> file.getName(depth).toString())
                .distinct()
                .sorted()
                .toList();
    }

    @Override
    public void createDirectories(Path directory) {
        // a directory is there as soon as a file is in it
    }

    @Override
    public synchronized void delete(Path path) {
        files.remove(path);
    }

    @Override
    public synchronized void rename(Path from, Path to) throws IOException {
        List<Path> moving = new ArrayList<>();
        for (Path file : files.keySet()) {
            if (file.startsWith(from)) {
                moving.add(file);
            }
        }
        if (moving.isEmpty()) {
            throw new NoSuchFileException(from.toString());
        }
        for (Path file : moving) {
            MemoryFile moved = files.remove(file);
            files.put(file.equals(from) ? to : to.resolve(from.relativize(file)), moved);
        }
    }

    @Override
    public void forceDirectory(Path directory) {
        // nothing outlives the process
    }

    @Override
    public long usableBytes(Path directory) {
        return Long.MAX_VALUE;
    }

    @Override
    public synchronized @Nullable LockFile lock(Path file, String content) {
        if (locks.putIfAbsent(file, true) != null) {
            return null;
        }
        return new LockFile() {
            @Override
            public void write(String words) {
                // nobody can read it
            }

            @Override
            public void close() {
                locks.remove(file);
            }
        };
    }

    @Override
    public String bootId() {
        return "";
    }

    @Override
    public boolean persistent() {
        return false;
    }

    /// One growing array. Readers see any array that they caught whole below the size that they
    /// know: bytes below it are never written again while the log is open.
    private static final class MemoryFile implements StorageFile {
        private final Path path;
        private byte[] bytes = new byte[4096];
        private int size;

        MemoryFile(Path path) {
            this.path = path;
        }

        @Override
        public Path path() {
            return path;
        }

        @Override
        public synchronized int read(ByteBuffer into, long position) {
            int count = Math.clamp(size - position, 0, into.remaining());
            into.put(bytes, (int) Math.min(position, size), count);
            return count;
        }

        @Override
        public synchronized void write(ByteBuffer from, long position) {
            int end = Math.toIntExact(position + from.remaining());
            if (end > bytes.length) {
                bytes =
                        Arrays.copyOf(
                                bytes, (int) Math.max(end, Math.min(2L * bytes.length, 1 << 30)));
            }
            from.get(bytes, (int) position, from.remaining());
            size = Math.max(size, end);
        }

        @Override
        public synchronized void truncate(long newSize) {
            if (newSize < size) {
                Arrays.fill(bytes, (int) newSize, size, (byte) 0);
                size = (int) newSize;
            }
        }

        @Override
        public synchronized long size() {
            return size;
        }

        @Override
        public void force() {
            // nothing outlives the process
        }

        @Override
        public synchronized ByteBuffer map(long mapped, Arena arena) {
            return ByteBuffer.wrap(bytes, 0, (int) mapped).slice();
        }

        @Override
        public void close() {
            // the content stays for who opens it next
        }
    }
}
