package dev.millrace.log.internal;

import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;

/// Bounds the bytes that wait to be written: who brings more waits until there is room.
///
/// For any number of threads.
final class WaitingRoom {
    private static final int LOOK_AGAIN_MILLIS = 100;

    private final long maxBytes;
    private final AtomicLong bytes = new AtomicLong();
    private volatile int blocked;

    WaitingRoom(long maxBytes) {
        this.maxBytes = maxBytes;
    }

    /// Takes room for a batch, waiting for it while `goesOn` says that some will come.
    void enter(int size, BooleanSupplier goesOn) {
        if (!tryEnter(size)) {
            await(size, goesOn);
        }
    }

    /// Takes room whether there is some or not: for the thread that makes it.
    void enterAnyway(int size) {
        bytes.addAndGet(size);
    }

    /// One batch alone may be larger than all the room.
    private boolean tryEnter(int size) {
        long now = bytes.get();
        while (now == 0 || now + size <= maxBytes) {
            long seen = bytes.compareAndExchange(now, now + size);
            if (seen == now) {
                return true;
            }
            now = seen;
        }
        return false;
    }

    private synchronized void await(int size, BooleanSupplier goesOn) {
        boolean interrupted = false;
        blocked++;
        while (!tryEnter(size) && goesOn.getAsBoolean()) {
            try {
                wait(LOOK_AGAIN_MILLIS);
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        blocked--;
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /// Bytes that wait.
    long bytes() {
        return bytes.get();
    }

    /// Gives room back.
    void leave(long size) {
        bytes.addAndGet(-size);
        if (blocked > 0) {
            synchronized (this) {
                notifyAll();
            }
        }
    }
}
