package dev.millrace.cli.bench;

import java.util.List;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/// What came of one case.
///
/// @param name the case
/// @param seconds that the clock ran
/// @param records that were counted and checked
/// @param failure why the figures do not count, in words; null where the result was right
public record Row(
        String name,
        Conditions conditions,
        double seconds,
        long records,
        List<Metric> metrics,
        List<Goal> goals,
        @Nullable String failure) {

    /// A case of which nothing was measured.
    static Row failed(String name, Conditions conditions, List<Goal> goals, String failure) {
        return new Row(name, conditions, 0, 0, List.of(), goals, failure);
    }

    /// The value of a metric, in its unit.
    public OptionalDouble value(String metric) {
        return metrics.stream()
                .filter(m -> m.name().equals(metric))
                .mapToDouble(Metric::value)
                .findFirst();
    }
}
