package dev.millrace.log;

import java.util.UUID;

/// A topic as it is.
///
/// @param id never used twice, so that a topic deleted and created again is told from the first
public record TopicDescription(String name, UUID id, int partitions, TopicConfig config) {

    /// Whether Millrace keeps it for itself: its name begins with `__`.
    public boolean internal() {
        return name.startsWith("__");
    }
}
