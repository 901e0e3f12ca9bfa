package dev.millrace.testkit.story;

/// The level of every [Condition] in every second of the story.
final class Conditions {
    private final float[][] levels = new float[Condition.values().length][Tide.SECONDS + 1];

    /// Moves a condition from one level to another in a straight line, and leaves it there.
    void ramp(Condition condition, long fromMillis, long toMillis, double toLevel) {
        float[] line = levels[condition.ordinal()];
        int from = second(fromMillis);
        int to = Math.max(from + 1, second(toMillis));
        float fromLevel = line[from];
        for (int s = from; s < line.length; s++) {
            double part = Math.min(1, (s - from) / (double) (to - from));
            line[s] = (float) (fromLevel + part * (toLevel - fromLevel));
        }
    }

    double at(Condition condition, long millis) {
        return levels[condition.ordinal()][second(millis)];
    }

    private static int second(long millis) {
        return Math.clamp(millis / 1000, 0, Tide.SECONDS);
    }
}
