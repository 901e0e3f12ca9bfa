package dev.millrace.log.internal;

import dev.millrace.log.LogException;
import dev.millrace.log.LogException.Code;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// The thread that writes: all partitions of durability `fsync` share one with a [Journal], all
/// others one without.
///
/// It is self-clocking. Whatever was brought while the last group was being written is the next
/// group: each partition's share is stamped and written behind its segment's end; with a journal,
/// the group's frames are written and forced once for all of them; then every share is published
/// and its callers are told. A partition for which a lot waits has its segment forced instead, and
/// only the place goes into the journal, so that bulk is not written twice.
final class WriteLoop {
    private static final int MOST_SHARE_BYTES = 4 << 20;
    private static final long STALL_NANOS = 100_000;
    private static final int UNAWAITED_BEFORE_HAND_OVER = 16;

    private final String name;
    private final @Nullable Journal journal;
    private final DiskSpace space;
    private final long maxWaitingBytes;
    private final long directForceBytes;
    private final Runnable checkpointWanted;
    private final Inbox inbox = new Inbox();
    private final ConcurrentLinkedQueue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final AtomicLong waitingBytes = new AtomicLong();
    private final ArrayDeque<PartitionWriter> ready = new ArrayDeque<>();
    private final List<PartitionWriter> group = new ArrayList<>();
    private final Object room = new Object();
    private final Thread thread;

    /// Held by whoever writes: the loop's thread, or a caller who writes for itself.
    private final Semaphore turn = new Semaphore(1);

    private volatile @Nullable Thread writing;
    private boolean ended;

    private ByteBuffer staging = ByteBuffer.allocateDirect(1 << 20);
    private volatile boolean closing;
    private volatile @Nullable LogException broken;
    private @Nullable LogException beginProblem;
    private volatile int blocked;
    private @Nullable PendingAppend latest;
    private int unawaited;

    /// @param journal null for a loop without one
    /// @param checkpointWanted told when a journal file is full, or a segment
    WriteLoop(
            String name,
            @Nullable Journal journal,
            DiskSpace space,
            long maxWaitingBytes,
            long directForceBytes,
            Runnable checkpointWanted) {
        this.name = name;
        this.journal = journal;
        this.space = space;
        this.maxWaitingBytes = maxWaitingBytes;
        this.directForceBytes = directForceBytes;
        this.checkpointWanted = checkpointWanted;
        this.thread = Thread.ofPlatform().daemon().name(name).unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    /// Brings an append; its future is completed by this loop. Blocks while too much waits.
    void submit(PendingAppend append) {
        LogException refusal = closing ? closed() : append.partition().refusal();
        if (refusal != null) {
            append.completeExceptionally(refusal);
            return;
        }
        int bytes = append.batch().sizeInBytes();
        if (!takeRoom(bytes)) {
            awaitRoom(bytes);
        }
        if (journal == null && mayWriteItself(append)) {
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

    /// Takes room for a batch where there is some; one alone may be larger than all the room.
    private boolean takeRoom(int bytes) {
        long now = waitingBytes.get();
        while (now == 0 || now + bytes <= maxWaitingBytes) {
            long seen = waitingBytes.compareAndExchange(now, now + bytes);
            if (seen == now) {
                return true;
            }
            now = seen;
        }
        return false;
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
                    sort(inbox.takeAll());
                    if (!ready.isEmpty()) {
                        writeGroup();
                    }
                }
                left = !ready.isEmpty();
            } finally {
                writing = null;
                turn.release();
            }
        }
        if (left || !inbox.isEmpty()) {
            inbox.wake();
        }
    }

    /// Waits for room. The thread that writes, which makes it, takes it without.
    private void awaitRoom(int bytes) {
        if (Thread.currentThread() == writing) {
            waitingBytes.addAndGet(bytes);
            return;
        }
        boolean interrupted = false;
        synchronized (room) {
            blocked++;
            while (!takeRoom(bytes) && thread.isAlive()) {
                try {
                    room.wait(100);
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
            blocked--;
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void letGo(long bytes) {
        waitingBytes.addAndGet(-bytes);
        if (blocked > 0) {
            synchronized (room) {
                room.notifyAll();
            }
        }
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
                sort(inbox.takeAll());
                stalled = stalled();
                if (!ready.isEmpty() && !stalled) {
                    writeGroup();
                }
                idle = ready.isEmpty() && inbox.isEmpty() && tasks.isEmpty();
                ended = closing && idle;
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

    /// Whether the journal must not grow before a checkpoint has let go of some of it.
    private boolean stalled() {
        return journal != null && broken == null && journal.mustWait();
    }

    private void runTasks() {
        Runnable task = tasks.poll();
        while (task != null) {
            task.run();
            task = tasks.poll();
        }
    }

    private void sort(@Nullable PendingAppend oldest) {
        PendingAppend append = oldest;
        while (append != null) {
            PendingAppend next = append.next;
            append.next = null;
            PartitionWriter writer = append.partition().writer();
            if (!writer.hasWaiting()) {
                ready.add(writer);
            }
            writer.add(append);
            append = next;
        }
    }

    private void writeGroup() {
        group.clear();
        long bytes = 0;
        try {
            JournalGroup frames = begin();
            for (int i = ready.size(); i > 0; i--) {
                PartitionWriter writer = ready.remove();
                bytes += takeShare(writer, frames);
                if (writer.hasWaiting()) {
                    ready.add(writer);
                }
            }
            if (frames != null && !frames.isEmpty()) {
                commitJournal();
            }
        } catch (IOException e) {
            abandon(e);
        } catch (RuntimeException | Error e) {
            // a bug of ours: better no more appends than wrong ones
            abandon(new IOException(e));
        }
        group.forEach(WriteLoop::publish);
        group.forEach(PartitionWriter::complete);
        letGo(bytes);
    }

    private static void publish(PartitionWriter writer) {
        try {
            writer.publish();
        } catch (RuntimeException | Error e) {
            writer.fail(writer.log().poison(new IOException(e)));
        }
    }

    /// Begins the journal's group; null for a loop without a journal, or with one that cannot go
    /// on.
    private @Nullable JournalGroup begin() {
        if (journal == null || broken != null) {
            return null;
        }
        try {
            beginProblem = null;
            return journal.begin();
        } catch (IOException e) {
            beginProblem =
                    DiskSpace.isFull(e)
                            ? DiskSpace.full("the journal cannot grow (" + e.getMessage() + ")", e)
                            : breakDown(journal, e);
            return null;
        }
    }

    private int takeShare(PartitionWriter writer, @Nullable JournalGroup frames) {
        LogException refusal = broken != null ? broken : beginProblem;
        refusal = refusal != null ? refusal : writer.log().refusal();
        if (refusal != null) {
            return writer.failWaiting(refusal);
        }
        int bytes = writer.take(Math.min(MOST_SHARE_BYTES, writer.log().config().segmentBytes()));
        try {
            if (!writer.log().id().topic().equals(TopicDefinition.TOPICS.name())) {
                space.require(bytes); // but topics can be deleted when the disk is full
            }
            if (frames == null) {
                stage(writer);
            } else if (bytes < directForceBytes) {
                stageFrame(writer, frames);
            } else {
                stage(writer);
                if (!forceDirectly(writer, frames)) {
                    return bytes;
                }
            }
            group.add(writer);
        } catch (LogException e) {
            writer.fail(e);
        } catch (IOException e) {
            failShare(writer, e);
        } catch (RuntimeException | Error e) {
            // a bug of ours, or no memory: better no more appends than callers who wait for ever
            failShare(writer, new IOException(e));
        }
        return bytes;
    }

    private static void failShare(PartitionWriter writer, IOException e) {
        if (DiskSpace.isFull(e)) {
            writer.takeBack(DiskSpace.full(String.valueOf(e.getMessage()), e));
        } else {
            writer.takeBack(writer.log().poison(e));
        }
    }

    private void stage(PartitionWriter writer) throws IOException {
        if (staging.capacity() < writer.shareBytes()) {
            staging = ByteBuffer.allocateDirect(Integer.highestOneBit(writer.shareBytes()) * 2);
        }
        stage(writer, staging, 0);
    }

    private void stage(PartitionWriter writer, ByteBuffer into, int at) throws IOException {
        if (writer.stage(into, at)) {
            checkpointWanted.run();
        }
        writer.write(into, at);
    }

    private void stageFrame(PartitionWriter writer, JournalGroup frames) throws IOException {
        ByteBuffer into = frames.beginFrame(writer.shareBytes());
        stage(writer, into, frames.contentStart());
        endFrame(writer, frames, JournalFormat.DATA, writer.shareBytes());
    }

    /// Forces the share in its segment. Where that fails, the journal must stand in for what the
    /// segment held before, and cannot be let go of any more: the loop breaks down behind this
    /// group.
    private boolean forceDirectly(PartitionWriter writer, JournalGroup frames) {
        PartitionLog log = writer.log();
        try {
            log.forceNames();
            log.lastSegment().file().force();
        } catch (IOException e) {
            log.poisonByForce(e);
            breakDown(e);
            writer.takeBack(log.poison(e));
            return false;
        }
        frames.beginFrame(0);
        endFrame(writer, frames, JournalFormat.PLACE, 0);
        return true;
    }

    private static void endFrame(
            PartitionWriter writer, JournalGroup frames, int kind, int contentBytes) {
        PartitionLog log = writer.log();
        frames.endFrame(
                kind,
                log.topicId(),
                log.id().partition(),
                writer.baseOffset(),
                writer.after(),
                writer.position(),
                log.epochs().latest(),
                contentBytes);
    }

    private void commitJournal() throws IOException {
        Journal present = journal;
        if (present == null) {
            return;
        }
        present.write();
        try {
            present.force();
        } catch (IOException e) {
            breakDown(present, e);
            throw e;
        }
        if (present.full()) {
            checkpointWanted.run();
        }
    }

    /// The group could not be brought into the journal: nothing of it counts.
    private void abandon(IOException e) {
        LogException reason = broken;
        Journal present = journal;
        if (reason == null && DiskSpace.isFull(e)) {
            if (present != null) {
                present.invalidate();
            }
            reason = DiskSpace.full("the journal cannot grow (" + e.getMessage() + ")", e);
        } else if (reason == null && present != null) {
            reason = breakDown(present, e);
        }
        for (PartitionWriter writer : group) {
            if (reason != null && broken != null) {
                // nothing is cut: the group may be on the disk all the same, and then what it
                // speaks
                // of must be there when the log is opened again
                writer.fail(reason);
            } else {
                writer.takeBack(reason == null ? writer.log().poison(e) : reason);
            }
        }
        group.clear();
    }

    /// After a failed force nobody knows what is on the disk: every partition of this loop refuses
    /// appends until the log is opened again.
    private LogException breakDown(Journal present, IOException e) {
        LogException reason =
                new LogException(
                        Code.POISONED,
                        "the journal takes no more appends: writing or forcing it failed ("
                                + e.getMessage()
                                + "). Close the log and open it again",
                        e);
        broken = reason;
        present.invalidate();
        return reason;
    }

    /// As after a failed force of the journal, for one of a segment that the journal stands in for.
    void breakDown(IOException e) {
        Journal present = journal;
        if (present != null && broken == null) {
            execute(() -> breakDown(present, e));
        }
    }

    /// Why no partition of this loop takes appends any more; null where they do.
    @Nullable LogException broken() {
        return broken;
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
            late.completeExceptionally(closed());
            late = next;
        }
    }

    @Override
    public String toString() {
        return name;
    }
}
