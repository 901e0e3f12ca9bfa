package dev.millrace.log.internal;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// A future whose caller, before it sleeps, offers its processor to everybody else for a moment,
/// again and again: the answer to an append mostly comes within that moment, and to be put to sleep
/// and woken by the kernel costs a thread several times what the append itself does. Where many
/// callers wait for one force, none of them has to be woken.
///
/// A virtual thread sleeps at once: that costs it little, and its carrier has other work.
class Answer<T> extends CompletableFuture<T> {
    private static final long MOST_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    /// Looks for the answer before the caller sleeps.
    final void lookForAnswer() {
        lookForAnswer(MOST_NANOS);
    }

    /// As [#lookForAnswer()], for as long at most.
    void lookForAnswer(long mostNanos) {
        if (Thread.currentThread().isVirtual()) {
            return;
        }
        long begun = System.nanoTime();
        while (!isDone() && System.nanoTime() - begun < mostNanos) {
            Thread.yield();
        }
    }

    @Override
    public T join() {
        lookForAnswer();
        return super.join();
    }

    @Override
    public T get() throws InterruptedException, ExecutionException {
        lookForAnswer();
        return super.get();
    }

    @Override
    public T get(long timeout, TimeUnit unit)
            throws InterruptedException, ExecutionException, TimeoutException {
        lookForAnswer(Math.min(unit.toNanos(timeout), MOST_NANOS));
        return super.get(timeout, unit);
    }
}
