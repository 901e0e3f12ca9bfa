package dev.millrace.testkit.storage;

/// How a call of a [FaultStorage] fails.
public enum Fault {
    /// EIO; nothing was done. A failed force marks what was unforced as clean.
    IO_ERROR("Input/output error", false),
    /// ENOSPC; nothing was done.
    NO_SPACE("No space left on device", false),
    /// A write puts half of its bytes into the file, then fails with EIO. Other calls do nothing.
    SHORT_WRITE_IO_ERROR("Input/output error", true),
    /// A write puts half of its bytes into the file, then fails with ENOSPC. Other calls do
    /// nothing.
    SHORT_WRITE_NO_SPACE("No space left on device", true);

    private final String message;
    private final boolean partial;

    Fault(String message, boolean partial) {
        this.message = message;
        this.partial = partial;
    }

    /// What the JDK says on Linux.
    String message() {
        return message;
    }

    /// Whether part of a write is written.
    boolean partial() {
        return partial;
    }
}
