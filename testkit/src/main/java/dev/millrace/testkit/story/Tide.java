package dev.millrace.testkit.story;

/// The times at which the shop's ordinary events arrive: as many as are asked for, more of them as
/// the afternoon goes on. For one thread.
final class Tide {
    static final int SECONDS = 4 * 3600;

    private final int events;
    private final Dice dice;
    private int second = -1;
    private int told;
    private int inSecond;
    private int toldInSecond;
    private double passed;
    private long millis;

    Tide(int events, long seed) {
        this.events = events;
        this.dice = new Dice(seed ^ 0x7469_6465L);
    }

    /// Moves to the next event; false behind the last one.
    boolean next() {
        while (toldInSecond == inSecond) {
            if (told == events) {
                return false;
            }
            nextSecond();
        }
        millis = second * 1000L + (toldInSecond * 1000L + dice.below(1000)) / inSecond;
        toldInSecond++;
        told++;
        return true;
    }

    private void nextSecond() {
        second++;
        passed += weight(second);
        double all = SECONDS * (weight(0) + weight(SECONDS - 1)) / 2;
        int until = second >= SECONDS - 1 ? events : (int) (events * (passed / all));
        inSecond = Math.max(0, until - told);
        toldInSecond = 0;
    }

    private static double weight(int second) {
        return 1 + 0.4 * second / SECONDS;
    }

    /// When the event arrives, in milliseconds since the beginning.
    long millis() {
        return millis;
    }
}
