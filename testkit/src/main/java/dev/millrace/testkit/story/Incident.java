package dev.millrace.testkit.story;

import java.util.ArrayList;
import java.util.List;

/// The truth about one thing that went wrong.
///
/// @param name short and stable
/// @param summary what happened, for people
/// @param causeId the id of the event that all of it goes back to
/// @param effects what followed, each effect with its immediate cause, in order of time
/// @param remedyId the id of the event that ended it
/// @param recoveries what followed from the remedy, likewise
public record Incident(
        String name,
        String summary,
        String causeId,
        List<Link> effects,
        String remedyId,
        List<Link> recoveries) {
    public Incident {
        effects = List.copyOf(effects);
        recoveries = List.copyOf(recoveries);
    }

    /// The ids of all effects, in order of time.
    public List<String> effectIds() {
        List<String> ids = new ArrayList<>(effects.size());
        for (Link link : effects) {
            ids.add(link.effectId());
        }
        return ids;
    }

    /// One event followed from another.
    public record Link(String effectId, String causeId) {}
}
