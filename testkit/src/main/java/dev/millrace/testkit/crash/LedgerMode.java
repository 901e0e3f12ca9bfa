package dev.millrace.testkit.crash;

import dev.millrace.log.Durability;

/// What happened to a log before a [CrashLedger] looks at it.
public enum LedgerMode {
    /// The process died, or the log was closed: whatever was acknowledged is there.
    PROCESS_KILLED,
    /// The power went: what was acknowledged at `fsync` is there; of what was acknowledged at `os`
    /// the last records may be missing.
    POWER_LOST;

    /// Whether records acknowledged at this durability must be there.
    public boolean keeps(Durability durability) {
        return this == PROCESS_KILLED || durability == Durability.FSYNC;
    }
}
