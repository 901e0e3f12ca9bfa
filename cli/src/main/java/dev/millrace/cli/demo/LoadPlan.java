package dev.millrace.cli.demo;

/// When the loading process is killed, and how it makes sure that it is not done before.
///
/// @param killAt records acknowledged when the parent kills it
/// @param flushEvery lines after which it waits for all acknowledgements; a batch of a small input
///   would else not be sent before its end
/// @param holdAt lines after which it stands still until it is killed
record LoadPlan(long killAt, long flushEvery, long holdAt) {
    private static final int STEPS = 16;

    static LoadPlan forLines(long lines) {
        long flushEvery = Math.max(1, lines / STEPS);
        long holdAt =
                lines < STEPS
                        ? Math.max(0, lines - 1)
                        : flushEvery * (STEPS * 3 / 4) + flushEvery / 2;
        long middle = lines / 2 + flushEvery / 2; // not where it waits: while batches are under way
        long killAt = Math.min(middle, holdAt / flushEvery * flushEvery);
        return new LoadPlan(killAt, flushEvery, holdAt);
    }
}
