package dev.millrace.cli.console;

/// A bar on a terminal's standard error, drawn at most ten times a second; elsewhere nothing. For
/// one thread.
public final class Progress implements AutoCloseable {
    private static final long REDRAW_NANOS = 100_000_000;
    private static final int WIDTH = 30;

    private final Console console;
    private final String what;
    private final long total;
    private long drawnAt = System.nanoTime();
    private boolean drawn;

    /// @param total what the bar is full at; 0 where nobody knows
    public Progress(Console console, String what, long total) {
        this.console = console;
        this.what = what;
        this.total = total;
    }

    public void at(long done) {
        if (!console.terminal()) {
            return;
        }
        long now = System.nanoTime();
        if (now - drawnAt >= REDRAW_NANOS) {
            drawnAt = now;
            drawn = true;
            console.err().print("\r" + bar(done) + "\033[K");
            console.err().flush();
        }
    }

    private String bar(long done) {
        if (total <= 0) {
            return what + "  " + Figures.count(done);
        }
        double part = Math.min(1, done / (double) total);
        int full = (int) (part * WIDTH);
        return "%s  %s%s  %3.0f %%"
                .formatted(what, "█".repeat(full), "░".repeat(WIDTH - full), 100 * part);
    }

    /// Wipes the bar away.
    @Override
    public void close() {
        if (drawn) {
            console.err().print("\r\033[K");
            console.err().flush();
        }
    }
}
