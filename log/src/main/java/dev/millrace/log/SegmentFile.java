package dev.millrace.log;

import dev.millrace.log.internal.BatchFormat;
import dev.millrace.log.internal.RecordDecoder;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A segment's `.log` file as it lies there, for people who want to see what is in it: no log needs
/// to be open, and nothing is changed.
///
/// ```java
/// try (SegmentFile file = SegmentFile.open(path)) {
///     for (var batch = file.next(); batch != null; batch = file.next()) {
///         print(batch);
///     }
/// }
/// ```
///
/// For one thread.
public final class SegmentFile implements AutoCloseable {
    private final FileChannel channel;
    private final RecordDecoder decoder = new RecordDecoder();
    private ByteBuffer buffer = ByteBuffer.allocate(1 << 16);
    private long position;
    private @Nullable Batch current;

    /// A record batch.
    ///
    /// @param position where it begins, in bytes
    /// @param count records that it says it holds
    /// @param leaderEpoch times that a tail was cut before it was written
    /// @param baseTimestampMillis of the first record; event time
    /// @param maxTimestampMillis the latest of the records
    /// @param problem what is wrong with it, in words; null where nothing is
    public record Batch(
            long position,
            int sizeInBytes,
            long baseOffset,
            long lastOffset,
            int count,
            int leaderEpoch,
            Compression compression,
            long baseTimestampMillis,
            long maxTimestampMillis,
            @Nullable String problem) {}

    private SegmentFile(FileChannel channel) {
        this.channel = channel;
    }

    /// @throws LogException `io` where it cannot be read
    public static SegmentFile open(Path file) {
        try {
            return new SegmentFile(FileChannel.open(file, StandardOpenOption.READ));
        } catch (NoSuchFileException e) {
            throw new LogException(LogException.Code.IO, "there is no file " + file, e);
        } catch (IOException e) {
            throw new LogException(LogException.Code.IO, file + " cannot be opened: " + e, e);
        }
    }

    /// The next batch; null behind the last one, and behind one so damaged that nobody can say
    /// where the next begins: see [#unreadBytes].
    public @Nullable Batch next() {
        try {
            long left = channel.size() - position;
            if (left < BatchFormat.HEADER_BYTES) {
                current = null;
                return null;
            }
            read(position, BatchFormat.HEADER_BYTES);
            int available = (int) Math.min(left, Integer.MAX_VALUE);
            if (BatchFormat.structuralProblem(buffer, 0, available) != null) {
                current = null;
                return null;
            }
            int size = BatchFormat.sizeInBytes(buffer, 0);
            read(position, size);
            current = describe(size);
            position += size;
            return current;
        } catch (IOException e) {
            throw new LogException(LogException.Code.IO, "reading the segment failed: " + e, e);
        }
    }

    private Batch describe(int size) {
        return new Batch(
                position,
                size,
                BatchFormat.baseOffset(buffer, 0),
                BatchFormat.lastOffset(buffer, 0),
                BatchFormat.count(buffer, 0),
                BatchFormat.leaderEpoch(buffer, 0),
                Compression.of(
                        Math.min(BatchFormat.compressionId(buffer, 0), Compression.ZSTD.id())),
                BatchFormat.baseTimestamp(buffer, 0),
                BatchFormat.maxTimestamp(buffer, 0),
                BatchFormat.problem(buffer, 0, size));
    }

    private void read(long from, int bytes) throws IOException {
        if (buffer.capacity() < bytes) {
            buffer = ByteBuffer.allocate(Math.max(bytes, 2 * buffer.capacity()));
        }
        buffer.clear().limit(bytes);
        while (buffer.hasRemaining()) {
            if (channel.read(buffer, from + buffer.position()) < 0) {
                throw new IOException("the file has become shorter");
            }
        }
        buffer.flip();
    }

    /// Shows the records of the batch that [#next] returned last, which must have no problem. A
    /// record is valid until the next one.
    ///
    /// @throws IllegalStateException where there is no such batch
    public void forEachRecord(Consumer<RecordView> action) {
        if (current == null || current.problem() != null) {
            throw new IllegalStateException("there is no sound batch to look into");
        }
        decoder.batch(buffer, 0);
        while (decoder.next()) {
            action.accept(decoder);
        }
    }

    /// Where the next batch begins, in bytes.
    public long position() {
        return position;
    }

    /// Bytes that were not read: behind the last batch they are no batch, and 0 in a sound file.
    public long unreadBytes() {
        try {
            return channel.size() - position;
        } catch (IOException e) {
            throw new LogException(LogException.Code.IO, "reading the segment failed: " + e, e);
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new LogException(LogException.Code.IO, "closing the segment failed: " + e, e);
        }
    }
}
