package dev.millrace.log.internal;

import dev.millrace.log.LogException;
import dev.millrace.log.LogException.Code;
import java.io.IOException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// The thread that writes, and the way to it: all partitions of durability `fsync` share one loop
/// with a [Journal], all others one without.
///
/// It is self-clocking. Whatever was brought while the last group was being written is the next one
/// for the [GroupWriter]; there is no window to wait for.
final class WriteLoop {
    private static final long STALL_NANOS = 100_000;
    private static final int UNAWAITED_BEFORE_HAND_OVER = 16;

    private final String name;
    private final GroupWriter writer;
    private final WaitingRoom room;
    private final Inbox inbox = new Inbox();
    private final ConcurrentLinkedQueue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final Thread thread;

    /// Held by whoever writes: the loop's thread, or a caller who writes for itself.
    private final Semaphore turn = new Semaphore(1);

    private volatile @Nullable Thread writing;
    private boolean ended;
    private volatile boolean closing;
    private @Nullable PendingAppend latest;
    private int unawaited;

    WriteLoop(String name, GroupWriter writer, WaitingRoom room) {
        this.name = name;
        this.writer = writer;
        this.room = room;
        this.thread = Thread.ofPlatform().daemon().name(name).unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    /// Brings an append; its future is completed by this loop. Blocks while too much waits.
    void submit(PendingAppend append) {
        append.submitted(System.nanoTime());
        LogException refusal = closing ? closed() : append.partition().refusal();
        if (refusal != null) {
            append.fail(refusal);
            return;
        }
        int bytes = append.sizeInBytes();
        if (isWriting(Thread.currentThread())) {
            room.enterAnyway(bytes);
        } else {
            room.enter(bytes, thread::isAlive);
        }
        if (!writer.isJournaled() && mayWriteItself(append)) {
            inbox.put(append);
            writeItself();
        } else {
            inbox.add(append);
        }
        if (closing) {
            inbox.wake();
            if (!thread.isAlive()) {
                failLate();
            }
        }
    }

    /// Whether the caller should write for itself, without a hand-over, as one does who waits for
    /// each answer before the next append. Who goes on appending is better served by the loop's
    /// thread, which writes many at once. A guess from racy fields: either way is right.
    private boolean mayWriteItself(PendingAppend append) {
        PendingAppend before = latest;
        latest = append;
        unawaited = before == null || before.awaited() ? 0 : unawaited + 1;
        return unawaited < UNAWAITED_BEFORE_HAND_OVER && !Thread.currentThread().isVirtual();
    }

    private void writeItself() {
        boolean left = true;
        if (turn.tryAcquire()) {
            writing = Thread.currentThread();
            try {
                if (!ended) {
                    room.leave(writer.take(inbox.takeAll()) + writer.write());
                }
                left = !writer.isIdle();
            } finally {
                writing = null;
                turn.release();
            }
        }
        if (left || !inbox.isEmpty()) {
            inbox.wake();
        }
    }

    /// Whether this thread has the turn, so that it must not wait for it.
    boolean isWriting(Thread candidate) {
        return candidate == writing;
    }

    /// Runs something between two groups, on the loop's thread; here, where that has ended.
    void execute(Runnable task) {
        tasks.add(task);
        inbox.wake();
        if (!thread.isAlive()) {
            runLeftTasks();
        }
    }

    private synchronized void runLeftTasks() {
        runTasks();
    }

    private void run() {
        boolean last = false;
        while (!last) {
            boolean stalled;
            boolean idle;
            turn.acquireUninterruptibly();
            writing = thread;
            try {
                runTasks();
                long refused = writer.take(inbox.takeAll());
                if (refused > 0) {
                    room.leave(refused);
                }
                stalled = writer.isStalled();
                if (!writer.isIdle() && !stalled) {
                    room.leave(writer.write());
                }
                idle = writer.isIdle() && inbox.isEmpty() && tasks.isEmpty();
                ended = closing && idle && !writer.isHolding();
                last = ended;
            } finally {
                writing = null;
                turn.release();
            }
            if (stalled) {
                LockSupport.parkNanos(this, STALL_NANOS);
            } else if (idle && !last) {
                inbox.await();
            }
        }
    }

    private void runTasks() {
        Runnable task = tasks.poll();
        while (task != null) {
            task.run();
            task = tasks.poll();
        }
    }

    /// Breaks the writer down between two groups: a segment that the journal stands in for could
    /// not be forced.
    void breakDown(IOException e) {
        execute(() -> writer.breakDown(e));
    }

    /// Why no partition of this loop takes appends any more; null where they do.
    @Nullable LogException broken() {
        return writer.broken();
    }

    GroupMetrics metrics() {
        return writer.metrics();
    }

    /// Bytes that were brought and are not yet written.
    long waitingBytes() {
        return room.bytes();
    }

    private LogException closed() {
        return new LogException(Code.CLOSED, "the log is closed");
    }

    /// Writes what waits, and ends the thread.
    void close() {
        closing = true;
        boolean interrupted = false;
        while (thread.isAlive()) {
            inbox.wake();
            try {
                thread.join(10);
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        runLeftTasks();
        failLate();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized void failLate() {
        PendingAppend late = inbox.takeAll();
        while (late != null) {
            PendingAppend next = late.next;
            late.fail(closed());
            late = next;
        }
    }

    @Override
    public String toString() {
        return name;
    }
}
