package dev.millrace.testkit.crash;

import java.util.ArrayList;
import java.util.List;

/// A number that was changed now and then, where of each change it is known when it was asked for
/// and when it was said to be done: after a crash it is the last that was done, or one that was
/// asked for since. Guarded by the [CrashLedger].
final class Attempts {
    private record Change(long value, long askedAt, long doneAt) {}

    private final List<Change> changes = new ArrayList<>();

    Attempts(long value) {
        changes.add(new Change(value, 0, 0));
    }

    void asked(long value, long at) {
        changes.add(new Change(value, at, PartitionLedger.NEVER));
    }

    /// The last that was asked for is done.
    void done(long at) {
        Change last = changes.removeLast();
        changes.add(new Change(last.value, last.askedAt, at));
    }

    /// As they were then.
    Attempts at(long time) {
        Attempts then = new Attempts(changes.getFirst().value);
        for (Change change : changes.subList(1, changes.size())) {
            if (change.askedAt <= time) {
                then.changes.add(
                        new Change(
                                change.value,
                                0,
                                change.doneAt <= time ? 0 : PartitionLedger.NEVER));
            }
        }
        return then;
    }

    /// From now on it is this.
    void adopt(long value) {
        changes.clear();
        changes.add(new Change(value, 0, 0));
    }

    boolean allows(long value) {
        for (Change change : changes.reversed()) {
            if (change.value == value) {
                return true;
            }
            if (change.doneAt != PartitionLedger.NEVER) {
                return false;
            }
        }
        return false;
    }

    @Override
    public String toString() {
        return changes.stream()
                .map(c -> c.value + (c.doneAt == PartitionLedger.NEVER ? "?" : ""))
                .toList()
                .toString();
    }
}
