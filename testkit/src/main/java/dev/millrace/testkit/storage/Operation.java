package dev.millrace.testkit.storage;

import java.nio.file.Path;

/// One change of a [FaultStorage], in the order in which they happened: between any two of them the
/// process may die or the power go.
///
/// Files are named by a number that stays the same through renaming; `path` is what the file was
/// called when it was opened.
public sealed interface Operation {
    Path path();

    /// A file came to be, empty.
    record CreateFile(Path path) implements Operation {}

    record CreateDirectory(Path path) implements Operation {}

    /// Bytes were written to the page cache.
    @SuppressWarnings("ArrayRecordComponent") // history, compared by nobody
    record Write(int file, Path path, long position, byte[] bytes) implements Operation {
        @Override
        public String toString() {
            return "Write[%s, %d bytes at %d]".formatted(path, bytes.length, position);
        }
    }

    record Truncate(int file, Path path, long size) implements Operation {}

    /// A file was forced.
    ///
    /// @param succeeded false where the device failed: what was unforced is now marked clean
    record Force(int file, Path path, boolean succeeded) implements Operation {}

    record Rename(Path path, Path to) implements Operation {}

    record Delete(Path path) implements Operation {}

    record ForceDirectory(Path path) implements Operation {}
}
