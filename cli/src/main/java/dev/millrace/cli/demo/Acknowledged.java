package dev.millrace.cli.demo;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// A record batch that the loading process saw acknowledged, as it reports it to its parent through
/// the pipe of its standard output.
///
/// | at | bytes | field |
/// |---|---|---|
/// | 0 | 4 | partition; -1 in the first report, which only says that loading begins |
/// | 4 | 8 | offset of the first record |
/// | 12 | 4 | records |
/// | 16 | 8 | checksum of their values |
///
/// All big-endian. A report is one write of fewer bytes than a pipe may tear; one cut short by the
/// end of the process counts as never sent.
record Acknowledged(int partition, long baseOffset, int count, long checksum) {
    private static final int BYTES = 24;
    private static final int BEGIN = -1;

    static final Acknowledged LOADING_BEGINS = new Acknowledged(BEGIN, 0, 0, 0);

    boolean loadingBegins() {
        return partition == BEGIN;
    }

    long endOffset() {
        return baseOffset + count;
    }

    void write(OutputStream to) throws IOException {
        to.write(
                ByteBuffer.allocate(BYTES)
                        .putInt(partition)
                        .putLong(baseOffset)
                        .putInt(count)
                        .putLong(checksum)
                        .array());
        to.flush();
    }

    /// The next report; null behind the last whole one.
    static @Nullable Acknowledged read(DataInputStream from) throws IOException {
        try {
            return new Acknowledged(
                    from.readInt(), from.readLong(), from.readInt(), from.readLong());
        } catch (EOFException e) {
            return null;
        }
    }
}
