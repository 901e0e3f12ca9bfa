package dev.millrace.kafka.internal.group;

/// How groups work; each is a key of the server's options.
///
/// @param minSessionTimeoutMillis less than this no member may ask for
/// @param maxSessionTimeoutMillis more than this no member may ask for
/// @param initialDelayMillis how long an empty group waits for more members behind the first
/// @param maxMembers of one group
/// @param maxGroups in all
/// @param maxMemberBytes what a member may say with its protocols, in all
/// @param maxMetadataBytes what may be said with one committed offset
/// @param retentionMillis how long the offsets of a group without members are kept
public record GroupOptions(
        int minSessionTimeoutMillis,
        int maxSessionTimeoutMillis,
        int initialDelayMillis,
        int maxMembers,
        int maxGroups,
        int maxMemberBytes,
        int maxMetadataBytes,
        long retentionMillis) {}
