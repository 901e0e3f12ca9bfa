package dev.millrace.log.internal;

import dev.millrace.log.AppendResult;
import dev.millrace.log.LogException;
import dev.millrace.log.LogException.Code;
import dev.millrace.log.Precondition;
import dev.millrace.log.ProducerId;
import dev.millrace.log.RecordBatch;
import java.util.ArrayDeque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// The batches of a producer on their way into one partition, any number at once, in their order
/// and without a gap.
///
/// When a batch fails, none behind it may come into the log. Those that were admitted fail with it;
/// all others carry a [Precondition] that the lane is whole, which the partition's writer asks when
/// it has told the lane of the failure. Sequences alone would not do: of a producer that it does
/// not know, a partition takes any.
///
/// Behind a failure that passes (`disk-full`) the batches wait, and are sent again in their order
/// with the sequences that they have. Behind any other the lane is at its end.
///
/// For the appender's thread; answers come by the thread that writes.
final class ProducerLane {
    private final ProducerId producer;
    private final UnaryOperator<PendingAppend> submit;
    private final Precondition whole = offset -> isBroken() ? "a batch before it failed" : null;
    private final ArrayDeque<Sent> unanswered = new ArrayDeque<>();
    private int nextSequence;
    private volatile @Nullable LogException failure;

    /// A batch, sent or not, and the last attempt to append it.
    private static final class Sent {
        final PendingAppend answer;
        final RecordBatch batch;
        @Nullable PendingAppend attempt;

        /// Done when the lane knows what became of the attempt.
        @Nullable CompletableFuture<AppendResult> settled;

        Sent(PendingAppend answer, RecordBatch batch) {
            this.answer = answer;
            this.batch = batch;
        }

        boolean isAppended() {
            CompletableFuture<AppendResult> known = settled;
            return known != null && known.isDone() && !known.isCompletedExceptionally();
        }
    }

    ProducerLane(ProducerId producer, int nextSequence, UnaryOperator<PendingAppend> submit) {
        this.producer = producer;
        this.nextSequence = nextSequence;
        this.submit = submit;
    }

    /// Whether a batch failed that has not been sent again.
    boolean isBroken() {
        return failure != null;
    }

    private static boolean passes(LogException reason) {
        return reason.code() == Code.DISK_FULL;
    }

    /// Gives what was gathered its sequence, and sends it; in a broken lane it waits.
    void send(PendingAppend answer, RecordBatch.Builder gathered) {
        forgetAppended();
        RecordBatch batch =
                gathered.producer(producer.id(), producer.epoch(), nextSequence).build();
        nextSequence = ProducerSequence.plus(nextSequence, batch.count());
        Sent sent = new Sent(answer, batch);
        LogException reason = failure;
        if (reason != null && !passes(reason)) {
            answer.completeExceptionally(reason);
            return;
        }
        unanswered.add(sent);
        if (reason == null) {
            submit(sent);
        }
    }

    private void submit(Sent sent) {
        PendingAppend attempt = new PendingAppend(sent.answer.partition(), sent.batch, whole);
        sent.attempt = attempt;
        sent.settled = attempt.whenComplete((result, failed) -> answered(sent, result, failed));
        PendingAppend _ = submit.apply(attempt);
    }

    private void answered(Sent sent, @Nullable AppendResult result, @Nullable Throwable failed) {
        if (failed == null) {
            sent.answer.complete(result);
        } else {
            breakOff(failed);
        }
    }

    /// By the thread that writes, or that of the appender where the log refuses at once. The first
    /// failure counts: those behind it follow from it.
    private synchronized void breakOff(Throwable failed) {
        if (failure == null) {
            failure =
                    failed instanceof LogException e
                            ? e
                            : new LogException(Code.IO, "appending failed: " + failed, failed);
        }
    }

    /// Waits for the answers to all that was sent.
    private void await() {
        for (Sent sent : unanswered) {
            PendingAppend attempt = sent.attempt;
            CompletableFuture<AppendResult> settled = sent.settled;
            if (attempt != null && settled != null) {
                attempt.lookForAnswer();
                try {
                    settled.join();
                } catch (CompletionException e) {
                    // known to the lane
                }
            }
        }
        forgetAppended();
    }

    private void forgetAppended() {
        Sent oldest = unanswered.peek();
        while (oldest != null && oldest.isAppended()) {
            unanswered.remove();
            oldest = unanswered.peek();
        }
    }

    /// Sends what failed again, and what waited behind it, once: where the failure may have passed.
    void sendAgain() {
        await();
        LogException reason = failure;
        if (reason != null && passes(reason)) {
            failure = null; // nothing is on its way that could see it
            unanswered.forEach(this::submit);
        }
    }

    /// Waits for all answers.
    ///
    /// @return why the lane is broken; null where everything is in the log
    @Nullable LogException settle() {
        await();
        LogException reason = failure;
        if (reason != null && !passes(reason)) {
            giveUp();
        }
        return reason;
    }

    /// Fails what is not in the log.
    void giveUp() {
        LogException reason = failure;
        if (reason != null) {
            unanswered.forEach(sent -> sent.answer.completeExceptionally(reason));
            unanswered.clear();
        }
    }
}
