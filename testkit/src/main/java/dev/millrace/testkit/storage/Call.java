package dev.millrace.testkit.storage;

import java.nio.file.Path;

/// A call of a [FaultStorage], about to be made.
///
/// @param index how many calls came before it
/// @param path the file or directory; for an open file, its name when it was opened
public record Call(long index, Kind kind, Path path) {

    /// What is called.
    public enum Kind {
        OPEN,
        READ,
        WRITE,
        TRUNCATE,
        FORCE,
        MAP,
        LIST,
        CREATE_DIRECTORY,
        DELETE,
        RENAME,
        FORCE_DIRECTORY,
        LOCK;

        /// Whether it can fail for want of space.
        public boolean takesSpace() {
            return this == OPEN || this == WRITE || this == CREATE_DIRECTORY || this == LOCK;
        }
    }
}
