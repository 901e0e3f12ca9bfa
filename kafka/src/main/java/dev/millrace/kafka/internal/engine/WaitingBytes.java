package dev.millrace.kafka.internal.engine;

import dev.millrace.log.LogException;
import dev.millrace.log.LogException.Code;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// Bounds the bytes of all appends that are not answered: callers wait while there are more. One
/// append alone may be larger than the bound. For any number of threads.
final class WaitingBytes {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition fewer = lock.newCondition();
    private final long most;
    private long bytes;

    WaitingBytes(long most) {
        this.most = most;
    }

    /// @throws LogException `unavailable` where the caller is interrupted
    void enter(long more) {
        lock.lock();
        try {
            while (bytes > 0 && bytes + more > most) {
                fewer.await();
            }
            bytes += more;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LogException(
                    Code.UNAVAILABLE, "waiting for earlier appends was interrupted", e);
        } finally {
            lock.unlock();
        }
    }

    void leave(long less) {
        lock.lock();
        try {
            bytes -= less;
            fewer.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
