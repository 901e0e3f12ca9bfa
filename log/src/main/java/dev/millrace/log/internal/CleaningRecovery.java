package dev.millrace.log.internal;

import dev.millrace.log.Damage;
import dev.millrace.log.TopicPartition;
import java.io.IOException;
import java.nio.file.Path;
import java.util.NavigableSet;
import java.util.TreeSet;

/// Brings the files of a partition to where its cleaning had come, before its segments are opened:
/// swaps are finished or taken back, what is below the start offset goes.
///
/// For one thread, once.
final class CleaningRecovery {
    private final Storage storage;
    private final Path directory;
    private final TopicPartition id;
    private final RecoveryLog report;
    private CleaningState state = CleaningState.NONE;

    CleaningRecovery(Storage storage, Path directory, TopicPartition id, RecoveryLog report) {
        this.storage = storage;
        this.directory = directory;
        this.id = id;
        this.report = report;
    }

    CleaningState state() {
        return state;
    }

    /// @param forced what the journal knows of how far the segments have been forced
    /// @param sound whether the journal knows it for sure
    /// @return what is known in all
    PartitionEnd recover(PartitionEnd forced, boolean sound) throws IOException {
        new SegmentSwap(storage, directory).recover();
        NavigableSet<Long> bases = new TreeSet<>();
        for (String name : storage.list(directory)) {
            long base = Segment.baseOffset(name);
            if (base >= 0) {
                bases.add(base);
            }
        }
        if (sound && !bases.isEmpty() && bases.first() > forced.offset()) {
            // The name of an earlier segment was lost with the power. Only what has been forced is
            // ever cleaned, so that nothing was, and what is left goes with the end.
            return forced;
        }
        readState(bases);
        PartitionEnd settled = state.settled();
        PartitionEnd known = settled.offset() > forced.offset() ? settled : forced;
        deleteBelowStart(bases, known);
        reportMissing(bases);
        if (!bases.isEmpty() && bases.first() > known.segmentBase()) {
            // neither journal nor state tells; the segments begin later than that
            return new PartitionEnd(bases.first(), 0, bases.first());
        }
        return known;
    }

    private void readState(NavigableSet<Long> bases) throws IOException {
        CleaningState found = CleaningState.read(storage, directory);
        boolean there = storage.exists(directory.resolve(CleaningState.FILE));
        if (found != null) {
            state = found;
        } else if (there || !bases.isEmpty() && bases.first() > 0) {
            long first = bases.isEmpty() ? 0 : bases.first();
            state = CleaningState.beginningAt(first);
            report.damage(
                    new Damage(
                            id,
                            first,
                            first,
                            directory.resolve(CleaningState.FILE).toString(),
                            0,
                            (there ? "it is damaged" : "it is missing")
                                    + ": the partition begins with its first segment, and records before an earlier start may be back"));
            state.write(storage, directory);
        }
    }

    /// Deletes the segments that are wholly below the start offset, the oldest first.
    private void deleteBelowStart(NavigableSet<Long> bases, PartitionEnd known) throws IOException {
        while (bases.size() > 1
                && bases.first() < known.segmentBase()
                && bases.higher(bases.first()) <= state.startOffset()) {
            SegmentSwap.delete(storage, directory, bases.pollFirst());
        }
    }

    private void reportMissing(NavigableSet<Long> bases) {
        if (!bases.isEmpty() && bases.first() > state.startOffset()) {
            String file = directory.resolve(Segment.fileName(bases.first(), "")).toString();
            report.damage(
                    new Damage(
                            id,
                            state.startOffset(),
                            bases.first(),
                            file,
                            0,
                            "the segments before this one are missing"));
        }
    }

    /// A partition never ends before it starts: else offsets would be given a second time.
    PartitionEnd notBelowStart(PartitionEnd end) {
        long start = state.startOffset();
        return end.offset() >= start ? end : new PartitionEnd(start, 0, start);
    }
}
