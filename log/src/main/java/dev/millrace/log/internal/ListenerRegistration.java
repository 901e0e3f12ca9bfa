package dev.millrace.log.internal;

import dev.millrace.log.AppendListener;
import dev.millrace.log.LogException;
import dev.millrace.log.LogException.Code;
import java.util.concurrent.CompletableFuture;

/// A listener at its partition: put there and taken away between two groups.
final class ListenerRegistration implements AppendListener.Registration {
    private final PartitionLog log;
    private final WriteLoop loop;
    private final AppendListener listener;
    private final long fromOffset;

    private ListenerRegistration(
            PartitionLog log, WriteLoop loop, AppendListener listener, long fromOffset) {
        this.log = log;
        this.loop = loop;
        this.listener = listener;
        this.fromOffset = fromOffset;
    }

    static ListenerRegistration at(PartitionLog log, WriteLoop loop, AppendListener listener) {
        requireOtherThread(loop);
        CompletableFuture<Long> added = new CompletableFuture<>();
        loop.execute(
                () -> {
                    PartitionWriter writer = log.writer();
                    writer.beginAdmission();
                    writer.admission().add(listener);
                    added.complete(writer.admission().nextOffset());
                });
        return new ListenerRegistration(log, loop, listener, added.join());
    }

    private static void requireOtherThread(WriteLoop loop) {
        if (loop.isWriting(Thread.currentThread())) {
            throw new LogException(
                    Code.CALLBACK_FAILED,
                    "the thread that writes the log cannot wait for itself: add and remove listeners on another one");
        }
    }

    @Override
    public long fromOffset() {
        return fromOffset;
    }

    @Override
    public void close() {
        requireOtherThread(loop);
        CompletableFuture<Boolean> removed = new CompletableFuture<>();
        loop.execute(
                () -> {
                    log.writer().admission().remove(listener);
                    removed.complete(true);
                });
        removed.join();
    }
}
