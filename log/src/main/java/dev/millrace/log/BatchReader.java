package dev.millrace.log;

import java.nio.ByteBuffer;

/// Reads whole record batches as they are stored, byte for byte, so that they can be handed on
/// without being rebuilt. Each has been checked since the log was opened.
///
/// ```java
/// try (BatchReader reader = log.readBatches(partition, offset)) {
///     while (reader.next(1 << 20)) {
///         send(reader.batches());
///     }
/// }
/// ```
///
/// For one thread, and to be closed soon: files that were compacted away meanwhile are kept for it.
public interface BatchReader extends AutoCloseable {

    /// Goes to the next batches: as many as stand one behind the other within `maxBytes`, at least
    /// one, however large. The first holds the offset that is wanted next, or is the first behind
    /// it, so that it may begin with earlier records.
    ///
    /// @return false at the high-water mark, from where a later call goes on
    /// @throws CorruptRecordException where the first of them is damaged
    boolean next(int maxBytes);

    /// The present batches, from position to limit, read-only; valid until [#close] or the next
    /// call of [#next].
    ByteBuffer batches();

    /// The offset that is wanted next: that behind the present batches, or where reading began.
    long position();

    @Override
    void close();
}
