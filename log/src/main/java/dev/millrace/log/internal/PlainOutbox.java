package dev.millrace.log.internal;

import dev.millrace.log.LogException;
import dev.millrace.log.RecordBatch;
import java.util.ArrayDeque;
import java.util.concurrent.CompletionException;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// Sends each batch once. One that fails is lost to its caller alone: those behind it go on.
final class PlainOutbox implements Outbox {
    private final UnaryOperator<PendingAppend> submit;
    private final ArrayDeque<PendingAppend> sent = new ArrayDeque<>();
    private @Nullable Throwable failure;

    PlainOutbox(UnaryOperator<PendingAppend> submit) {
        this.submit = submit;
    }

    @Override
    public void beforeBatch(PartitionLog partition) {}

    @Override
    public void send(PendingAppend answer, RecordBatch.Builder gathered) {
        answer.batch(gathered.build());
        while (!sent.isEmpty() && sent.peek().isDone()) {
            settle(sent.remove());
        }
        sent.add(submit.apply(answer));
    }

    private void settle(PendingAppend done) {
        if (done.isCompletedExceptionally() && failure == null) {
            failure = done.exceptionNow();
        }
    }

    @Override
    public void flush() {
        while (!sent.isEmpty()) {
            PendingAppend next = sent.remove();
            try {
                next.join();
            } catch (CompletionException e) {
                // remembered by settle
            }
            settle(next);
        }
        Throwable first = failure;
        failure = null;
        if (first instanceof LogException e) {
            throw new LogException(e.code(), String.valueOf(e.getMessage()), e);
        }
        if (first != null) {
            throw new LogException(LogException.Code.IO, "appending failed: " + first, first);
        }
    }

    @Override
    public void close() {}
}
