package dev.millrace.log;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A record to append, or one copied out of a cursor.
///
/// The arrays are not copied: whoever hands them over leaves them alone. Null is not the same as
/// empty: a record without a value is a tombstone.
///
/// @param timestampMillis event time in milliseconds since the epoch
public record LogRecord(
        long timestampMillis,
        byte @Nullable [] key,
        byte @Nullable [] value,
        List<Header> headers) {

    /// A record without headers, stamped with the present time.
    public static LogRecord of(byte @Nullable [] key, byte @Nullable [] value) {
        return new LogRecord(System.currentTimeMillis(), key, value, List.of());
    }

    /// A record of UTF-8 text without headers, stamped with the present time.
    public static LogRecord of(@Nullable String key, String value) {
        return of(
                key == null ? null : key.getBytes(StandardCharsets.UTF_8),
                value.getBytes(StandardCharsets.UTF_8));
    }
}
