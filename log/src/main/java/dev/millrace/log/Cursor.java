package dev.millrace.log;

import java.time.Duration;

/// A place in a partition that moves forward record by record, without allocating for any.
///
/// ```java
/// try (Cursor cursor = log.read(partition, 0)) {
///     while (cursor.next()) {
///         use(cursor.record().value());
///     }
/// }
/// ```
///
/// For one thread. Several cursors read one partition side by side.
public interface Cursor extends AutoCloseable {

    /// Moves to the next record; false at the high-water mark, from where a later call goes on.
    ///
    /// @throws CorruptRecordException where the next records are damaged; [#seek] to its
    ///   `nextReadableOffset` goes on behind the damage
    boolean next();

    /// As [#next()], but waits at the high-water mark for up to `timeout`.
    boolean next(Duration timeout);

    /// The present record: one flyweight for the whole life of the cursor, valid until the next
    /// call of `next`, `seek` or `close`.
    RecordView record();

    /// The offset that `next` looks for.
    long position();

    /// Moves before the record at `offset`.
    ///
    /// @throws OffsetOutOfRangeException where `offset` is below the earliest or above the latest
    void seek(long offset);

    @Override
    void close();
}
