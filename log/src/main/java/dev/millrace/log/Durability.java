package dev.millrace.log;

import java.util.Locale;

/// What an acknowledged append has survived. Named, and true: see `docs/concepts/durability.md`.
public enum Durability {
    /// The records are in this process's memory.
    MEMORY,
    /// The records are in the operating system's page cache: they survive the end of the process.
    OS,
    /// The records are on stable storage: they survive the loss of power.
    FSYNC;

    /// The name in configuration: `memory`, `os`, `fsync`.
    public String key() {
        return name().toLowerCase(Locale.ROOT);
    }
}
