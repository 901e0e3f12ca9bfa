package dev.millrace.cli.bench;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a case measured, and whether its result was right.
///
/// @param problem what the check found wrong, in words; null where all was well
record Outcome(double seconds, long records, List<Metric> metrics, @Nullable String problem) {

    static Outcome of(Measured measured, @Nullable String problem, Metric... more) {
        List<Metric> metrics = new ArrayList<>(measured.metrics());
        metrics.addAll(List.of(more));
        return new Outcome(measured.seconds(), measured.records(), metrics, problem);
    }
}
