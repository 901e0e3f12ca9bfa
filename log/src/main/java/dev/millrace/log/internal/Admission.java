package dev.millrace.log.internal;

import dev.millrace.log.AppendListener;
import dev.millrace.log.AppendResult;
import dev.millrace.log.LogException;
import dev.millrace.log.LogException.Code;
import dev.millrace.log.Precondition;
import dev.millrace.log.PreconditionFailedException;
import dev.millrace.log.RecordBatch;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// What comes before an append to a partition is written, in the order of arrival: its condition is
/// asked, its sequence must follow ([ProducerStates]), and it is shown to the listeners, at the
/// offset that it gets if everything before it is written. Where that fails, it and all behind it
/// are taken back.
///
/// For whoever has the turn in the partition's [WriteLoop].
final class Admission {
    private final PartitionLog log;
    private AppendListener[] listeners = {};
    private long nextOffset;

    Admission(PartitionLog log) {
        this.log = log;
    }

    /// Nothing waits: the next append begins where the partition ends.
    void begin() {
        nextOffset = log.end().offset();
    }

    /// The answer to an append whose batch was admitted before; null where it is to be admitted.
    @Nullable CompletableFuture<AppendResult> answerOfOriginal(PendingAppend append) {
        ProducerStates producers = append.batch().producerId() < 0 ? null : log.producers();
        return producers == null ? null : producers.answerOfOriginal(append);
    }

    /// Asks the append's condition.
    ///
    /// @return why it is refused; null where it is not
    @Nullable LogException problem(PendingAppend append) {
        Precondition precondition = append.precondition();
        if (precondition == null) {
            return null;
        }
        try {
            Object seen = precondition.conflict(nextOffset);
            return seen == null ? null : new PreconditionFailedException(log.id(), seen);
        } catch (RuntimeException | Error e) {
            return threw("the precondition of an append", e);
        }
    }

    /// Holds an append against what is known of its producer, and shows it to the listeners.
    ///
    /// @return why it is refused, and then it has been taken back; null where it is not
    @Nullable LogException show(PendingAppend append) {
        RecordBatch batch = append.batch();
        ProducerStates producers = batch.producerId() < 0 ? null : log.producers();
        LogException problem = producers == null ? null : producers.problem(append);
        if (problem != null) {
            return problem;
        }
        long offset = nextOffset;
        nextOffset = offset + batch.count();
        try {
            for (AppendListener listener : listeners) {
                listener.appended(offset, batch);
            }
            if (producers != null) {
                producers.admitted(append, offset);
            }
            return null;
        } catch (RuntimeException | Error e) {
            takeBack(offset);
            return threw("a listener to appends", e);
        }
    }

    /// What was shown from this offset on never was.
    void takeBack(long offset) {
        if (nextOffset <= offset) {
            return;
        }
        nextOffset = offset;
        ProducerStates producers = log.producers();
        if (producers != null) {
            producers.takenBack(offset);
        }
        for (AppendListener listener : listeners) {
            try {
                listener.takenBack(offset);
            } catch (RuntimeException | Error e) {
                remove(listener);
                log.refuse(threw("a listener to appends, told to take one back,", e));
            }
        }
    }

    /// The offset of the next append.
    long nextOffset() {
        return nextOffset;
    }

    void add(AppendListener listener) {
        AppendListener[] more = new AppendListener[listeners.length + 1];
        System.arraycopy(listeners, 0, more, 0, listeners.length);
        more[listeners.length] = listener;
        listeners = more;
    }

    void remove(AppendListener listener) {
        for (int i = 0; i < listeners.length; i++) {
            if (listeners[i] == listener) {
                AppendListener[] fewer = new AppendListener[listeners.length - 1];
                System.arraycopy(listeners, 0, fewer, 0, i);
                System.arraycopy(listeners, i + 1, fewer, i, fewer.length - i);
                listeners = fewer;
                return;
            }
        }
    }

    private LogException threw(String who, Throwable e) {
        return new LogException(
                Code.CALLBACK_FAILED, "%s to %s threw %s".formatted(who, log.id(), e), e);
    }
}
