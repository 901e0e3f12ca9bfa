package dev.millrace.kafka;

/// A consumer group in a list.
///
/// @param id as consumers name it: `group.id`
/// @param state as Kafka writes it: `Empty`, `PreparingRebalance`, `CompletingRebalance`, `Stable`
///   or `Dead`
/// @param protocolType `consumer`, or what others than consumers call theirs; empty where the group
///   never had a member
public record GroupListing(String id, String state, String protocolType) {}
