package dev.millrace.log.internal;

import dev.millrace.log.CheckpointReader;
import dev.millrace.log.internal.ViewCheckpoint.Source;
import dev.millrace.log.internal.ViewCheckpoint.StateFile;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.zip.CRC32C;

/// Reads the files of one partition's state.
///
/// For one thread.
final class StateReader implements CheckpointReader, Closeable {
    private static final int BUFFER_BYTES = 1 << 16;

    private final Storage storage;
    private final Path folder;
    private final Source source;
    private final List<StorageFile> open = new ArrayList<>();

    /// @param folder of the generation in which the files lie
    StateReader(Storage storage, Path folder, Source source) {
        this.storage = storage;
        this.folder = folder;
        this.source = source;
    }

    /// Reads everything and compares it with what the checkpoint says.
    void verify() throws IOException, UnusableCheckpointException {
        ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES);
        for (StateFile expected : source.files()) {
            Path path = path(expected);
            if (!storage.exists(path)) {
                throw new UnusableCheckpointException("the file " + path + " is missing");
            }
            try (StorageFile file = storage.open(path)) {
                CRC32C crc = new CRC32C();
                long size = 0;
                while (file.read(buffer.clear(), size) > 0) {
                    size += buffer.position();
                    crc.update(buffer.flip());
                }
                if (size != expected.size() || (int) crc.getValue() != expected.crc()) {
                    throw new UnusableCheckpointException("the file " + path + " is damaged");
                }
            }
        }
    }

    private Path path(StateFile file) {
        return folder.resolve(Source.fileName(source.partition(), file.name()));
    }

    private StateFile named(String name) throws IOException {
        return source.files().stream()
                .filter(file -> file.name().equals(name))
                .findFirst()
                .orElseThrow(
                        () -> new NoSuchFileException("the checkpoint has no file '" + name + "'"));
    }

    private StorageFile open(StateFile file) throws IOException {
        StorageFile opened = storage.open(path(file));
        open.add(opened);
        return opened;
    }

    @Override
    public List<String> files() {
        return source.files().stream().map(StateFile::name).toList();
    }

    @Override
    public long size(String file) throws IOException {
        return named(file).size();
    }

    @Override
    public InputStream stream(String file) throws IOException {
        StateFile found = named(file);
        return new Input(open(found), found.size());
    }

    @Override
    public MemorySegment map(String file, Arena arena) throws IOException {
        StateFile found = named(file);
        return found.size() == 0
                ? MemorySegment.NULL
                : open(found).segment(found.size(), arena).asReadOnly();
    }

    @Override
    public void close() throws IOException {
        for (StorageFile file : open) {
            file.close();
        }
    }

    private static final class Input extends InputStream {
        private final StorageFile file;
        private final long size;
        private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES).flip();
        private long position;

        Input(StorageFile file, long size) {
            this.file = file;
            this.size = size;
        }

        private boolean fill() throws IOException {
            if (!buffer.hasRemaining() && position < size) {
                position += file.read(buffer.clear(), position);
                buffer.flip();
            }
            return buffer.hasRemaining();
        }

        @Override
        public int read() throws IOException {
            return fill() ? Byte.toUnsignedInt(buffer.get()) : -1;
        }

        @Override
        public int read(byte[] into, int from, int length) throws IOException {
            Objects.checkFromIndexSize(from, length, into.length);
            if (length == 0) {
                return 0;
            }
            if (!fill()) {
                return -1;
            }
            int count = Math.min(length, buffer.remaining());
            buffer.get(into, from, count);
            return count;
        }

        @Override
        public int available() {
            return buffer.remaining();
        }
    }
}
