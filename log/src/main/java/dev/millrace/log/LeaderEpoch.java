package dev.millrace.log;

/// Since when a partition's records are written under an epoch. It goes up whenever recovery had to
/// cut records away, so that a reader who has seen them can tell.
///
/// @param epoch at least 0
/// @param startOffset the first offset written under it
public record LeaderEpoch(int epoch, long startOffset) {}
