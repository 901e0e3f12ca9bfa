package dev.millrace.cli.demo;

import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Counts events by entity, exactly up to a limit of entities. Beyond it the rarest are forgotten
/// from time to time, and what is left are lower bounds.
final class TopEntities {
    private static final int LIMIT = 500_000;

    private final Map<String, long[]> counts = new HashMap<>();
    private boolean exact = true;

    /// An entity and how many events it has.
    record Count(String entity, long events) {}

    void add(String entity) {
        long[] count = counts.get(entity);
        if (count == null) {
            forgetTheRarest();
            count = new long[1];
            counts.put(entity, count);
        }
        count[0]++;
    }

    private void forgetTheRarest() {
        for (long rare = 1; counts.size() >= LIMIT; rare *= 2) {
            long bound = rare;
            exact = false;
            counts.values().removeIf(count -> count[0] <= bound);
        }
    }

    /// Those with the most events.
    List<Count> top(int howMany) {
        return counts.entrySet().stream()
                .map(entry -> new Count(entry.getKey(), entry.getValue()[0]))
                .sorted(
                        Comparator.comparingLong(Count::events)
                                .reversed()
                                .thenComparing(Count::entity))
                .limit(howMany)
                .toList();
    }

    /// How many entities there are; a lower bound where not [#exact].
    int size() {
        return counts.size();
    }

    boolean exact() {
        return exact;
    }
}
