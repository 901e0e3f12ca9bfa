package dev.millrace.kafka.internal.group;

/// Where a group is between two generations.
///
/// ```
///            a member joins                all have joined              the leader has assigned
///   EMPTY ───────────────▶ PREPARING ─────────────────▶ COMPLETING ───────────────▶ STABLE
///     ▲                      ▲    │                          │                         │
///     └──────────────────────┼────┘                          │                         │
///        nobody has joined   └───────────────────────────────┴─────────────────────────┘
///                                  a member joins, leaves or is not heard of any more
/// ```
///
/// An empty group becomes `DEAD` when it is deleted, or has no offsets any more.
enum GroupState {
    EMPTY("Empty"),
    PREPARING("PreparingRebalance"),
    COMPLETING("CompletingRebalance"),
    STABLE("Stable"),
    DEAD("Dead");

    private final String key;

    GroupState(String key) {
        this.key = key;
    }

    /// As Kafka writes it.
    String key() {
        return key;
    }
}
