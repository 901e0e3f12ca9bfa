package dev.millrace.log;

/// How the values of a metric lie, in the metric's unit; exact to one in a hundred.
///
/// @param count how many values there were; where there was none, all else is 0
/// @param p50 half of the values are not above it
/// @param p95 95 in a hundred are not above it
/// @param p99 99 in a hundred are not above it
/// @param p999 999 in a thousand are not above it
public record Distribution(
        long count, double mean, double p50, double p95, double p99, double p999, double max) {

    /// No value yet.
    public static final Distribution NONE = new Distribution(0, 0, 0, 0, 0, 0, 0);
}
