package dev.millrace.log.internal;

import java.io.Closeable;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/// One open file of a [Storage]. For any number of threads; who writes the same bytes at the same
/// time gets what the file system makes of it.
public interface StorageFile extends Closeable {
    Path path();

    /// Fills `into` from `position` on, as far as the file reaches.
    ///
    /// @return bytes read; 0 at or behind the end
    int read(ByteBuffer into, long position) throws IOException;

    /// Writes all of `from` at `position`. After a failure any part of it may have been written.
    void write(ByteBuffer from, long position) throws IOException;

    void truncate(long size) throws IOException;

    long size() throws IOException;

    /// Puts bytes and size on stable storage. After a failure nothing is known of what was written
    /// since the last success, and calling again proves nothing.
    void force() throws IOException;

    /// The first `size` bytes, read-only, until `arena` is closed; `size` is at most the file's.
    ByteBuffer map(long size, Arena arena) throws IOException;

    /// The file's name is about to be deleted, or to lead to another file: from now on the file is
    /// only what is open here, and never looked for under its name again.
    default void detach() {}

    /// As [#map], for files that may be larger than a buffer can be.
    default MemorySegment segment(long size, Arena arena) throws IOException {
        return MemorySegment.ofBuffer(map(size, arena));
    }

    @Override
    void close() throws IOException;
}
