package dev.millrace.log.internal;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A storage that measures how long forces take, whoever asks for them, and counts what is open.
final class ObservedStorage implements Storage {
    private final Storage storage;
    private final OpenHandles handles;
    private final Recorder journalForces = new Recorder();
    private final Recorder segmentForces = new Recorder();

    ObservedStorage(Storage storage, OpenHandles handles) {
        this.storage = storage;
        this.handles = handles;
    }

    OpenHandles handles() {
        return handles;
    }

    /// How long forces of the journal took, in nanoseconds.
    Recorder journalForces() {
        return journalForces;
    }

    /// How long forces of segments took, in nanoseconds.
    Recorder segmentForces() {
        return segmentForces;
    }

    @Override
    public StorageFile open(Path file) throws IOException {
        return new ObservedFile(storage.open(file));
    }

    @Override
    public boolean exists(Path path) throws IOException {
        return storage.exists(path);
    }

    @Override
    public List<String> list(Path directory) throws IOException {
        return storage.list(directory);
    }

    @Override
    public void createDirectories(Path directory) throws IOException {
        storage.createDirectories(directory);
    }

    @Override
    public void delete(Path path) throws IOException {
        storage.delete(path);
    }

    @Override
    public void rename(Path from, Path to) throws IOException {
        storage.rename(from, to);
    }

    @Override
    public void forceDirectory(Path directory) throws IOException {
        storage.forceDirectory(directory);
    }

    @Override
    public long usableBytes(Path directory) throws IOException {
        return storage.usableBytes(directory);
    }

    @Override
    public @Nullable LockFile lock(Path file, String content) throws IOException {
        LockFile lock = storage.lock(file, content);
        if (lock == null) {
            return null;
        }
        OpenHandles.Handle handle = handles.file(file, lock);
        return new LockFile() {
            @Override
            public void write(String words) throws IOException {
                lock.write(words);
            }

            @Override
            public void close() throws IOException {
                handle.close();
                lock.close();
            }
        };
    }

    @Override
    public String bootId() throws IOException {
        return storage.bootId();
    }

    @Override
    public boolean persistent() {
        return storage.persistent();
    }

    private final class ObservedFile implements StorageFile {
        private final StorageFile file;
        private final OpenHandles.Handle handle;
        private final String kind;
        private final @Nullable Recorder forces;
        private final Counter unforced = new Counter(); // a guess where several threads write

        ObservedFile(StorageFile file) {
            this.file = file;
            this.handle = handles.file(file.path(), this);
            String name = String.valueOf(file.path().getFileName());
            if (name.endsWith(Journal.SUFFIX)) {
                kind = "journal";
                forces = journalForces;
            } else if (name.endsWith(Segment.LOG)) {
                kind = "segment";
                forces = segmentForces;
            } else {
                kind = "other";
                forces = null;
            }
        }

        @Override
        public void detach() {
            file.detach();
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
            unforced.add(from.remaining());
            file.write(from, position);
        }

        @Override
        public void truncate(long size) throws IOException {
            file.truncate(size);
        }

        @Override
        public long size() throws IOException {
            return file.size();
        }

        @Override
        public void force() throws IOException {
            ForceEvent event = ForceEvent.beginIfEnabled();
            long bytes = unforced.get();
            long start = System.nanoTime();
            boolean succeeded = false;
            try {
                file.force();
                succeeded = true;
                unforced.set(0);
                if (forces != null) {
                    forces.recordInTurn(System.nanoTime() - start);
                }
            } finally {
                if (event != null) {
                    tell(event, bytes, succeeded);
                }
            }
        }

        private void tell(ForceEvent event, long bytes, boolean succeeded) {
            event.end();
            if (event.shouldCommit()) {
                event.kind = kind;
                event.file = file.path().toString();
                event.bytes = bytes;
                event.succeeded = succeeded;
                event.commit();
            }
        }

        @Override
        public ByteBuffer map(long size, Arena arena) throws IOException {
            ByteBuffer mapped = file.map(size, arena);
            handles.mapped(arena, size);
            return mapped;
        }

        @Override
        public MemorySegment segment(long size, Arena arena) throws IOException {
            return file.segment(size, arena);
        }

        @Override
        public void close() throws IOException {
            handle.close();
            file.close();
        }
    }
}
