package dev.millrace.log;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;

/// The files that a [Fold] saved, whose checksums have been verified.
///
/// For one thread, during [Fold#load].
public interface CheckpointReader {

    /// The names, in the order in which they were written.
    List<String> files();

    /// A file's size in bytes.
    ///
    /// @throws IOException where there is no such file
    long size(String file) throws IOException;

    /// A file from its beginning; buffered; need not be closed.
    ///
    /// @throws IOException where there is no such file
    InputStream stream(String file) throws IOException;

    /// A whole file, read-only, until `arena` is closed: also when the checkpoint has been followed
    /// by others and is deleted.
    ///
    /// @throws IOException where there is no such file
    MemorySegment map(String file, Arena arena) throws IOException;
}
