package dev.millrace.log.internal;

import java.io.IOException;
import java.util.zip.DataFormatException;

/// One way to compress the records of a batch, in the framing that Kafka's clients write and read.
/// Stateless; for any number of threads.
interface Codec {

    /// The most that `length` bytes can become.
    int maxCompressedBytes(int length);

    /// Compresses `length` bytes of `from` into `into`, which has room for the most.
    ///
    /// @return bytes written
    int compress(byte[] from, int at, int length, byte[] into, int intoAt);

    /// Decompresses `length` bytes of `from` and adds what comes out to `into`. What can be thrown,
    /// apart from the [MalformedBatchException] of `into`, means that the bytes are not what this
    /// codec writes.
    void decompress(byte[] from, int at, int length, Scratch into)
            throws IOException, DataFormatException;
}
