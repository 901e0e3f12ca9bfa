package dev.millrace.log.internal;

import dev.millrace.log.AppendResult;
import dev.millrace.log.LogException;
import dev.millrace.log.LogException.Code;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
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
    /// @param broken why nothing is taken any more; null where it is
    /// @return bytes that were refused, and wait no more
    long admitAll(@Nullable PendingAppend oldest, @Nullable LogException broken) {
        long refused = 0;
        PendingAppend append = oldest;
        while (append != null) {
            PendingAppend next = append.next;
            append.next = null;
            refused += admit(append, broken);
            append = next;
        }
        return refused;
    }

    private long admit(PendingAppend append, @Nullable LogException broken) {
        LogException refusal = broken != null ? broken : append.partition().refusal();
        if (refusal != null) {
            // before anything is asked that rests on appends which failed
            long bytes = append.sizeInBytes();
            append.fail(refusal);
            return bytes;
        }
        return append.isTied() ? admitTogether(append.together()) : admit(append);
    }

    private long admit(PendingAppend append) {
        PartitionWriter writer = append.partition().writer();
        writer.beginAdmission();
        CompletableFuture<AppendResult> original = writer.admission().answerOfOriginal(append);
        if (original != null) {
            return append.answerAs(original);
        }
        LogException problem = writer.admission().problem(append);
        if (problem == null) {
            problem = writer.admission().show(append);
        }
        if (problem == null) {
            enqueue(append);
            return 0;
        }
        long bytes = append.sizeInBytes();
        append.fail(problem);
        return bytes;
    }

    private long admitTogether(List<PendingAppend> parts) {
        for (PendingAppend part : parts) {
            part.partition().writer().beginAdmission();
        }
        List<CompletableFuture<AppendResult>> originals = originals(parts);
        if (originals.size() == parts.size()) {
            long answered = 0;
            for (int i = 0; i < parts.size(); i++) {
                answered += parts.get(i).answerAs(originals.get(i));
            }
            return answered;
        }
        LogException problem = originals.isEmpty() ? problem(parts) : partlyThere(parts);
        int shown = 0;
        while (problem == null && shown < parts.size()) {
            PendingAppend part = parts.get(shown);
            problem = part.partition().writer().admission().show(part);
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
        long bytes = parts.getFirst().sizeInBytes();
        parts.getFirst().fail(problem);
        return bytes;
    }

    /// What those of the parts were answered with that were admitted before.
    private static List<CompletableFuture<AppendResult>> originals(List<PendingAppend> parts) {
        List<CompletableFuture<AppendResult>> originals = new ArrayList<>();
        for (PendingAppend part : parts) {
            CompletableFuture<AppendResult> original =
                    part.partition().writer().admission().answerOfOriginal(part);
            if (original != null) {
                originals.add(original);
            }
        }
        return originals;
    }

    private static LogException partlyThere(List<PendingAppend> parts) {
        return new LogException(
                Code.OUT_OF_ORDER_SEQUENCE,
                "of the %d parts of an atomic append some were appended before, and some were not: send again what was sent together, or give new sequences"
                        .formatted(parts.size()));
    }

    /// Asks all conditions before any of the parts is shown.
    private static @Nullable LogException problem(List<PendingAppend> parts) {
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
