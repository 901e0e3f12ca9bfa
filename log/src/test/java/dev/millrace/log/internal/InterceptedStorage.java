package dev.millrace.log.internal;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The real file system, with something to do before every call that changes it.
final class InterceptedStorage implements Storage {
    /// Called with `write`, `force`, `truncate`, `map`, `rename`, `delete`, `open` or
    /// `forceDirectory`, and where.
    interface Before {
        void call(String operation, Path path) throws IOException;
    }

    private final FileStorage files = new FileStorage();
    private volatile Before before = (operation, path) -> {};

    void before(Before action) {
        before = action;
    }

    @Override
    public StorageFile open(Path file) throws IOException {
        before.call("open", file);
        return new InterceptedFile(files.open(file));
    }

    @Override
    public boolean exists(Path path) {
        return files.exists(path);
    }

    @Override
    public List<String> list(Path directory) throws IOException {
        return files.list(directory);
    }

    @Override
    public void createDirectories(Path directory) throws IOException {
        files.createDirectories(directory);
    }

    @Override
    public void delete(Path path) throws IOException {
        before.call("delete", path);
        files.delete(path);
    }

    @Override
    public void rename(Path from, Path to) throws IOException {
        before.call("rename", from);
        files.rename(from, to);
    }

    @Override
    public void forceDirectory(Path directory) throws IOException {
        before.call("forceDirectory", directory);
        files.forceDirectory(directory);
    }

    @Override
    public long usableBytes(Path directory) throws IOException {
        return files.usableBytes(directory);
    }

    @Override
    public @Nullable LockFile lock(Path file, String content) throws IOException {
        return files.lock(file, content);
    }

    @Override
    public String bootId() throws IOException {
        return files.bootId();
    }

    @Override
    public boolean persistent() {
        return true;
    }

    private final class InterceptedFile implements StorageFile {
        private final StorageFile file;

        InterceptedFile(StorageFile file) {
            this.file = file;
        }

        @Override
        public Path path() {
            return file.path();
        }

        @Override
        public int read(ByteBuffer into, long position) throws IOException {
            return file.read(into, position);
        }

        @Override
        public void write(ByteBuffer from, long position) throws IOException {
            before.call("write", path());
            file.write(from, position);
        }

        @Override
        public void truncate(long size) throws IOException {
            before.call("truncate", path());
            file.truncate(size);
        }

        @Override
        public long size() throws IOException {
            return file.size();
        }

        @Override
        public void force() throws IOException {
            before.call("force", path());
            file.force();
        }

        @Override
        public ByteBuffer map(long size, Arena arena) throws IOException {
            before.call("map", path());
            return file.map(size, arena);
        }

        @Override
        public void close() throws IOException {
            file.close();
        }
    }
}
