package dev.millrace.log;

import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The present record of a [Cursor], seen in place. Nothing of it is valid after the cursor's next
/// step; [#copy] keeps it.
public interface RecordView {
    long offset();

    /// Event time in milliseconds since the epoch.
    long timestampMillis();

    /// In bytes; -1 where the record has no key.
    int keyLength();

    /// In bytes; -1 where the record has no value.
    int valueLength();

    /// The key's bytes from position to limit, read-only; one buffer reused for every record. Null
    /// where the record has no key.
    @Nullable ByteBuffer key();

    /// The value's bytes from position to limit, read-only; one buffer reused for every record.
    /// Null where the record has no value.
    @Nullable ByteBuffer value();

    /// The headers, copied.
    List<Header> headers();

    /// The whole record, copied.
    LogRecord copy();
}
