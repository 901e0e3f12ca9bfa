package dev.millrace.log.internal;

import dev.millrace.log.LogException;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The partitions for which something waits to be written, in turn. What is brought is admitted
/// here, in the order of arrival over all of them.
///
/// For whoever has the turn in the [WriteLoop].
final class ReadyPartitions {
    private final ArrayDeque<PartitionWriter> ready = new ArrayDeque<>();

    boolean isEmpty() {
        return ready.isEmpty();
    }

    /// Gives everybody's turn away, to `turn`.
    void drainTo(Collection<PartitionWriter> turn) {
        turn.addAll(ready);
        ready.clear();
    }

    /// Takes back those for which something waits still.
    void takeBack(Collection<PartitionWriter> turn) {
        for (PartitionWriter writer : turn) {
            takeBack(writer);
        }
    }

    /// Takes one back, if something waits for it and it does not wait itself.
    void takeBack(PartitionWriter writer) {
        if (writer.isReady()) {
            ready.add(writer);
        }
    }

    /// Admits what was brought, oldest first, linked by [PendingAppend#next].
    ///
    /// @return bytes that were refused, and wait no more
    long admitAll(@Nullable PendingAppend oldest) {
        long refused = 0;
        PendingAppend append = oldest;
        while (append != null) {
            PendingAppend next = append.next;
            append.next = null;
            refused += append.isTied() ? admitTogether(append.together()) : admit(append);
            append = next;
        }
        return refused;
    }

    private long admit(PendingAppend append) {
        PartitionWriter writer = append.partition().writer();
        writer.beginAdmission();
        LogException problem = writer.admission().problem(append);
        if (problem == null) {
            problem = writer.admission().show(append.batch());
        }
        if (problem == null) {
            enqueue(append);
            return 0;
        }
        int bytes = append.batch().sizeInBytes();
        append.fail(problem);
        return bytes;
    }

    private long admitTogether(List<PendingAppend> parts) {
        LogException problem = problem(parts);
        int shown = 0;
        while (problem == null && shown < parts.size()) {
            PendingAppend part = parts.get(shown);
            problem = part.partition().writer().admission().show(part.batch());
            shown += problem == null ? 1 : 0;
        }
        if (problem == null) {
            parts.forEach(this::enqueue);
            return 0;
        }
        for (PendingAppend part : parts.subList(0, shown).reversed()) {
            Admission admission = part.partition().writer().admission();
            admission.takeBack(admission.nextOffset() - part.batch().count());
        }
        long bytes = 0;
        for (PendingAppend part : parts) {
            bytes += part.batch().sizeInBytes();
        }
        parts.getFirst().fail(problem);
        return bytes;
    }

    /// Asks all conditions before any of the parts is shown.
    private static @Nullable LogException problem(List<PendingAppend> parts) {
        for (PendingAppend part : parts) {
            part.partition().writer().beginAdmission();
        }
        for (PendingAppend part : parts) {
            LogException problem = part.partition().refusal();
            problem =
                    problem != null ? problem : part.partition().writer().admission().problem(part);
            if (problem != null) {
                return problem;
            }
        }
        return null;
    }

    private void enqueue(PendingAppend append) {
        PartitionWriter writer = append.partition().writer();
        boolean first = !writer.hasWaiting();
        writer.add(append);
        if (first) {
            takeBack(writer);
        }
    }
}
