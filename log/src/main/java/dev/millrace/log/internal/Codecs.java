package dev.millrace.log.internal;

import dev.millrace.log.Compression;
import java.io.IOException;
import java.util.zip.DataFormatException;

/// The codecs by their numbers. Each is a class of its own and the only one to name its library, so
/// that nothing of a library is loaded before a batch needs it.
final class Codecs {
    /// The most that a batch may decompress to unless said otherwise: 256 MiB.
    static final int MAX_DECOMPRESSED_BYTES = 1 << 28;

    private Codecs() {}

    static boolean exists(int id) {
        return id <= Compression.ZSTD.id();
    }

    static Codec of(Compression compression) {
        return switch (compression) {
            case NONE -> throw new IllegalArgumentException("nothing to compress with");
            case GZIP -> GzipCodec.INSTANCE;
            case SNAPPY -> SnappyCodec.INSTANCE;
            case LZ4 -> Lz4Codec.INSTANCE;
            case ZSTD -> ZstdCodec.INSTANCE;
        };
    }

    /// Adds the decompressed bytes to `into`.
    ///
    /// @param id of the codec, as in a batch's attributes
    /// @throws MalformedBatchException where the bytes cannot be decompressed, or only to more than
    ///   `into` takes
    static void decompress(int id, byte[] from, int at, int length, Scratch into) {
        if (!exists(id)) {
            throw new MalformedBatchException("unknown codec " + id, BatchFormat.ATTRIBUTES);
        }
        Compression compression = Compression.of(id);
        try {
            of(compression).decompress(from, at, length, into);
        } catch (MalformedBatchException e) {
            throw e;
        } catch (IOException | DataFormatException | RuntimeException e) {
            // Runtime ones as well: what the libraries make of foreign bytes is theirs to choose.
            throw new MalformedBatchException(
                    "the records are not %s: %s".formatted(compression.key(), e.getMessage()), e);
        }
    }
}
