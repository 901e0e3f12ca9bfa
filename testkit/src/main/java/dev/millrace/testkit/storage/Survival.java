package dev.millrace.testkit.storage;

import java.util.SplittableRandom;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/// What of one file's unforced changes a loss of power leaves, by one of several habits: a device
/// that keeps the order leaves other states than one that does not, and a fair coin for every
/// sector would hardly ever show the first.
final class Survival {
    static final int SECTOR = 512;
    static final int PAGE = 4096;

    private enum Habit {
        /// Nothing that was not forced.
        NOTHING,
        /// Everything.
        EVERYTHING,
        /// The first changes, whole.
        PREFIX,
        /// The first changes, and some sectors of the next.
        TORN,
        /// Any changes, whole.
        ANY_CHANGES,
        /// Any version of any sector.
        ANY_SECTORS
    }

    private final Habit habit;
    private final @Nullable SplittableRandom random;
    private final int sectorBytes;
    private final int through;
    private final boolean[] kept;

    private Survival(
            Habit habit,
            @Nullable SplittableRandom random,
            int sectorBytes,
            int through,
            boolean[] kept) {
        this.habit = habit;
        this.random = random;
        this.sectorBytes = sectorBytes;
        this.through = through;
        this.kept = kept;
    }

    static Survival ofNothing() {
        return new Survival(Habit.NOTHING, null, PAGE, 0, new boolean[0]);
    }

    static Survival ofEverything() {
        return new Survival(Habit.EVERYTHING, null, PAGE, 0, new boolean[0]);
    }

    /// Some state of a file with this many changes.
    static Survival of(SplittableRandom random, int changes) {
        Habit[] habits = Habit.values();
        double share = random.nextInt(1, 10) / 10.0;
        boolean[] kept = new boolean[changes];
        for (int i = 0; i < changes; i++) {
            kept[i] = random.nextDouble() < share;
        }
        return new Survival(
                habits[random.nextInt(habits.length)],
                random,
                random.nextBoolean() ? SECTOR : PAGE,
                random.nextInt(changes + 1),
                kept);
    }

    /// What is written in one piece.
    int sectorBytes() {
        return sectorBytes;
    }

    /// After how many changes the size is taken.
    ///
    /// @param least the size after this many is durable
    /// @param most how many changes there are
    int sizedBy(int least, int most) {
        return switch (habit) {
            case NOTHING -> least;
            case EVERYTHING -> most;
            case PREFIX -> Math.max(least, through);
            case TORN -> Math.clamp(through + (coin() ? 1L : 0L), least, most);
            // a short size hides all else, so it is not drawn too often
            case ANY_CHANGES, ANY_SECTORS -> coin() ? most : dice().nextInt(least, most + 1);
        };
    }

    /// A size on the way from one to the next: at the end of a page between them, or `from`.
    long sizeBetween(long from, long to) {
        long pages = (to - 1) / PAGE - from / PAGE;
        if (pages <= 0 || habit == Habit.NOTHING || habit == Habit.PREFIX || coin()) {
            return from;
        }
        return (from / PAGE + dice().nextLong(1, pages + 1)) * PAGE;
    }

    /// After how many changes a sector is taken, from `least` to `most`.
    ///
    /// @param touches which changes touch the sector
    int version(int least, int most, IntPredicate touches) {
        return switch (habit) {
            case NOTHING -> least;
            case EVERYTHING -> most;
            case PREFIX -> Math.clamp(through, least, most);
            case TORN ->
                    Math.clamp(through + (touches.test(through) && coin() ? 1L : 0L), least, most);
            case ANY_CHANGES -> lastKept(least, most, touches);
            case ANY_SECTORS -> anyOf(least, most, touches);
        };
    }

    private int lastKept(int least, int most, IntPredicate touches) {
        for (int i = most - 1; i >= least; i--) {
            if (kept[i] && touches.test(i)) {
                return i + 1;
            }
        }
        return least;
    }

    private int anyOf(int least, int most, IntPredicate touches) {
        int versions = 1;
        for (int i = least; i < most; i++) {
            versions += touches.test(i) ? 1 : 0;
        }
        int chosen = dice().nextInt(versions);
        for (int i = most - 1; i >= least && chosen > 0; i--) {
            if (touches.test(i) && --chosen == 0) {
                return i + 1;
            }
        }
        return least;
    }

    private boolean coin() {
        return dice().nextBoolean();
    }

    private SplittableRandom dice() {
        if (random == null) {
            throw new IllegalStateException(habit + " leaves nothing to chance");
        }
        return random;
    }
}
