package dev.millrace.testkit.story;

import java.util.Arrays;

/// What is still to happen in journeys that have begun: a binary heap of two numbers an entry, the
/// earliest first.
final class Pending {
    private long[] dueMillis = new long[1024];
    private long[] steps = new long[1024];
    private int size;

    void add(long due, long step) {
        if (size == dueMillis.length) {
            dueMillis = Arrays.copyOf(dueMillis, 2 * size);
            steps = Arrays.copyOf(steps, 2 * size);
        }
        int at = size++;
        while (at > 0 && dueMillis[(at - 1) / 2] > due) {
            dueMillis[at] = dueMillis[(at - 1) / 2];
            steps[at] = steps[(at - 1) / 2];
            at = (at - 1) / 2;
        }
        dueMillis[at] = due;
        steps[at] = step;
    }

    /// When the earliest is due; `Long.MAX_VALUE` where nothing is.
    long dueMillis() {
        return size == 0 ? Long.MAX_VALUE : dueMillis[0];
    }

    /// Takes the earliest.
    long take() {
        long taken = steps[0];
        size--;
        long due = dueMillis[size];
        long step = steps[size];
        int at = 0;
        while (2 * at + 1 < size) {
            int child = 2 * at + 1;
            if (child + 1 < size && dueMillis[child + 1] < dueMillis[child]) {
                child++;
            }
            if (dueMillis[child] >= due) {
                break;
            }
            dueMillis[at] = dueMillis[child];
            steps[at] = steps[child];
            at = child;
        }
        dueMillis[at] = due;
        steps[at] = step;
        return taken;
    }
}
