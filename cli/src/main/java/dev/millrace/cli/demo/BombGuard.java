package dev.millrace.cli.demo;

import dev.millrace.cli.console.CommandException;
import dev.millrace.cli.console.Figures;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/// Ends the unpacking of a file that was made to fill disks: events shrink to a tenth or a fiftieth
/// when packed, not to a three-hundredth.
final class BombGuard extends FilterInputStream {
    private static final long FREE_BYTES = 256L << 20;
    private static final long MAX_RATIO = 300;

    private final long packedBytes;
    private final String file;
    private long unpackedBytes;

    BombGuard(InputStream unpacked, long packedBytes, String file) {
        super(unpacked);
        this.packedBytes = Math.max(1, packedBytes);
        this.file = file;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        int read = super.read(bytes, offset, length);
        unpackedBytes += Math.max(0, read);
        if (unpackedBytes > FREE_BYTES && unpackedBytes / MAX_RATIO > packedBytes) {
            throw new CommandException(
                    "unpacks-too-much",
                    "%s unpacks to more than %d times its size (%s so far); unpack it yourself if"
                                    .formatted(file, MAX_RATIO, Figures.bytes(unpackedBytes))
                            + " you trust it");
        }
        return read;
    }
}
