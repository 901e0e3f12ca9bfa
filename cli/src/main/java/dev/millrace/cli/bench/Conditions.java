package dev.millrace.cli.bench;

/// What a row was measured under.
///
/// @param durability `fsync` or `os`
/// @param codec of the record batches
/// @param callers who appended or read, in words
/// @param warm whether what is read was in the page cache before
public record Conditions(
        String durability,
        String codec,
        int partitions,
        int threads,
        String callers,
        boolean warm) {}
