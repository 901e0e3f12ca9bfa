package dev.millrace.log.internal;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/// All that the log asks of a file system. [FileStorage] is the real one, [MemoryStorage] keeps
/// everything in this process, and the test kit's remembers what a loss of power may leave.
///
/// What survives a loss of power: a file's bytes after [StorageFile#force], and its name (creation,
/// renaming, deletion) after [#forceDirectory] of its directory. Nothing else does.
///
/// For any number of threads.
public interface Storage {

    /// Opens a file to read and write, creating it empty where there is none.
    StorageFile open(Path file) throws IOException;

    boolean exists(Path path) throws IOException;

    /// The names in a directory, sorted; empty where there is no such directory.
    List<String> list(Path directory) throws IOException;

    /// Creates the directory and those above it, and forces the names of all that it created.
    void createDirectories(Path directory) throws IOException;

    /// Deletes a file or an empty directory.
    void delete(Path path) throws IOException;

    /// Gives a file or directory another name in one step, replacing a file of that name.
    void rename(Path from, Path to) throws IOException;

    void forceDirectory(Path directory) throws IOException;

    /// Bytes that may still be written here.
    long usableBytes(Path directory) throws IOException;

    /// Locks a file for this process and writes `content` into it.
    ///
    /// @return what lets go of the lock; null where another process, or this one, has it
    @org.jspecify.annotations.Nullable
    LockFile lock(Path file, String content) throws IOException;

    /// Tells one start of the machine from the next: while this is the same, what was written is
    /// still there, forced or not. Empty where that is not known.
    String bootId() throws IOException;

    /// Whether what is forced here outlives the process; `memory` is the durability of all else.
    boolean persistent();
}
