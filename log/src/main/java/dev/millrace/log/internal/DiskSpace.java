package dev.millrace.log.internal;

import dev.millrace.log.LogException;
import dev.millrace.log.LogException.Code;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/// Watches the free space of the log's file system, so that appends stop before it is all gone and
/// go on by themselves when there is some again.
///
/// For one thread, that of a [WriteLoop].
final class DiskSpace {
    private static final long CHECK_EVERY_BYTES = 8 << 20;
    private static final long CHECK_EVERY_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private final Storage storage;
    private final Path directory;
    private final long minFreeBytes;
    private long bytesSinceCheck = CHECK_EVERY_BYTES;
    private long checkedAtNanos;
    private long freeBytes;

    DiskSpace(Storage storage, Path directory, long minFreeBytes) {
        this.storage = storage;
        this.directory = directory;
        this.minFreeBytes = minFreeBytes;
    }

    /// Throws `disk-full` where `bytes` more would leave too little free.
    void require(long bytes) throws IOException {
        bytesSinceCheck += bytes;
        boolean low = freeBytes - bytesSinceCheck < minFreeBytes;
        if (bytesSinceCheck >= CHECK_EVERY_BYTES
                || low && System.nanoTime() - checkedAtNanos >= CHECK_EVERY_NANOS) {
            freeBytes = storage.usableBytes(directory);
            checkedAtNanos = System.nanoTime();
            bytesSinceCheck = bytes;
        }
        if (freeBytes - bytes < minFreeBytes) {
            throw full(
                    "only %d bytes are free at %s, and log.min-free-bytes is %d"
                            .formatted(freeBytes, directory, minFreeBytes),
                    null);
        }
    }

    static LogException full(String what, @org.jspecify.annotations.Nullable Throwable cause) {
        return new LogException(
                Code.DISK_FULL,
                "the disk is full: "
                        + what
                        + ". Nothing was lost; reads go on, and appends as soon as there is space",
                cause);
    }

    /// Whether the file system said that there is no space left.
    static boolean isFull(IOException e) {
        String message = String.valueOf(e.getMessage()).toLowerCase(Locale.ROOT);
        return message.contains("no space left") || message.contains("quota exceeded");
    }
}
