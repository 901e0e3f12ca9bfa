package dev.millrace.log.internal;

import java.io.Closeable;
import java.io.IOException;

/// A file that is locked for this process, and says by whom. Closing it lets go of the lock.
public interface LockFile extends Closeable {

    /// Replaces what the file says.
    void write(String content) throws IOException;
}
