package dev.millrace.log;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.WritableByteChannel;

/// Where a [Fold] saves its state: one or several files of any size, each written from its
/// beginning to its end, one behind the other. What was written is part of the checkpoint when the
/// whole of it is published, with the position, in one step; after a crash before that it never
/// was.
///
/// For one thread, during [Fold#save].
public interface CheckpointWriter {

    /// Begins a file, and ends the one before.
    ///
    /// @param file 1 to 40 letters, digits, `.`, `_` or `-`; each name once
    /// @return buffered; need not be closed
    OutputStream stream(String file) throws IOException;

    /// As [#stream], for whoever writes large buffers.
    WritableByteChannel channel(String file) throws IOException;
}
