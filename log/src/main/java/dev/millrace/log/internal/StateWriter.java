package dev.millrace.log.internal;

import dev.millrace.log.CheckpointWriter;
import dev.millrace.log.TopicPartition;
import dev.millrace.log.internal.ViewCheckpoint.StateFile;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/// Writes the files of one partition's state into the folder of a generation, with their checksums;
/// forces each when it ends.
///
/// For one thread.
final class StateWriter implements CheckpointWriter, Closeable {
    private static final int BUFFER_BYTES = 1 << 16;
    private static final Pattern NAME = Pattern.compile("[a-zA-Z0-9._-]{1,40}");

    private final Storage storage;
    private final Path folder;
    private final TopicPartition partition;
    private final List<StateFile> files = new ArrayList<>();
    private @Nullable Output present;

    StateWriter(Storage storage, Path folder, TopicPartition partition) {
        this.storage = storage;
        this.folder = folder;
        this.partition = partition;
    }

    @Override
    public OutputStream stream(String file) throws IOException {
        return begin(file);
    }

    @Override
    public WritableByteChannel channel(String file) throws IOException {
        return begin(file);
    }

    private Output begin(String name) throws IOException {
        if (!NAME.matcher(name).matches()
                || files.stream().anyMatch(file -> file.name().equals(name))
                || present != null && present.name.equals(name)) {
            throw new IllegalArgumentException(
                    "'%s' is no file name for a checkpoint: 1 to 40 letters, digits, '.', '_' or '-', each once"
                            .formatted(name));
        }
        end();
        Path path = folder.resolve(ViewCheckpoint.Source.fileName(partition, name));
        present = new Output(name, storage.open(path));
        return present;
    }

    private void end() throws IOException {
        Output ending = present;
        if (ending != null) {
            present = null;
            files.add(ending.finish());
        }
    }

    /// Ends the last file.
    ///
    /// @return all of them
    List<StateFile> finish() throws IOException {
        end();
        return List.copyOf(files);
    }

    /// Lets go of a file that did not come to its end.
    @Override
    public void close() throws IOException {
        if (present != null) {
            present.file.close();
        }
    }

    /// One file. Closing it changes nothing: the next one, or the end, ends it.
    private static final class Output extends OutputStream implements WritableByteChannel {
        private final String name;
        private final StorageFile file;
        private final CRC32C crc = new CRC32C();
        private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES);
        private long position;
        private boolean finished;

        Output(String name, StorageFile file) {
            this.name = name;
            this.file = file;
        }

        @Override
        public void write(int b) throws IOException {
            requireRoom();
            buffer.put((byte) b);
        }

        @Override
        public void write(byte[] bytes, int from, int length) throws IOException {
            write(ByteBuffer.wrap(bytes, from, length));
        }

        @Override
        public int write(ByteBuffer bytes) throws IOException {
            int length = bytes.remaining();
            requireRoom();
            if (length <= buffer.remaining()) {
                buffer.put(bytes);
            } else {
                drain();
                put(bytes);
            }
            return length;
        }

        private void requireRoom() throws IOException {
            if (finished) {
                throw new ClosedChannelException();
            }
            if (!buffer.hasRemaining()) {
                drain();
            }
        }

        private void drain() throws IOException {
            put(buffer.flip());
            buffer.clear();
        }

        private void put(ByteBuffer bytes) throws IOException {
            int length = bytes.remaining();
            crc.update(bytes.duplicate());
            file.write(bytes, position);
            position += length;
        }

        StateFile finish() throws IOException {
            try (file) {
                drain();
                finished = true;
                file.force();
            }
            return new StateFile(name, position, (int) crc.getValue());
        }

        @Override
        public boolean isOpen() {
            return !finished;
        }

        @Override
        public void close() {
            // whoever writes may close; the file ends with the next one
        }
    }
}
