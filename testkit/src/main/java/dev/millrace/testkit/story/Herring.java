package dev.millrace.testkit.story;

import java.util.List;

/// Events that look as if they caused something, or as if they mattered, and did not.
///
/// @param name short and stable
/// @param summary what it is and why it is innocent, for people
/// @param eventIds the ids of its events, in order of time
public record Herring(String name, String summary, List<String> eventIds) {
    public Herring {
        eventIds = List.copyOf(eventIds);
    }
}
