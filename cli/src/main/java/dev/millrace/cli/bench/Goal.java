package dev.millrace.cli.bench;

/// What a row is measured against.
///
/// @param metric the name of the [Metric]
/// @param floor what it must reach, in the metric's unit
/// @param aim what we want it to reach
/// @param atLeast whether more is better
public record Goal(String metric, double floor, double aim, boolean atLeast) {

    /// More is better.
    public static Goal atLeast(String metric, double floor, double aim) {
        return new Goal(metric, floor, aim, true);
    }

    /// Less is better.
    public static Goal atMost(String metric, double floor, double aim) {
        return new Goal(metric, floor, aim, false);
    }

    /// How far a value came: `aim`, `floor` or `missed`.
    public String reachedBy(double value) {
        if (atLeast ? value >= aim : value <= aim) {
            return "aim";
        }
        return (atLeast ? value >= floor : value <= floor) ? "floor" : "missed";
    }
}
