package dev.millrace.kafka.internal.group;

import dev.millrace.log.LogException;
import dev.millrace.log.LogException.Code;
import dev.millrace.log.LogRecord;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A store in memory, whose appends end when a test says so, in their order. */
final class SimulatedStore implements GroupStore {
    private final List<LogRecord> log = new ArrayList<>();
    private final Deque<Append> waiting = new ArrayDeque<>();
    private final boolean slow;
    private final GroupsFold fold = new GroupsFold();
    private boolean full;

    private record Append(List<LogRecord> records, CompletableFuture<Void> done) {}

    /**
     * @param slow whether appends wait for {@link #finish}
     */
    SimulatedStore(boolean slow) {
        this.slow = slow;
    }

    @Override
    public CompletableFuture<Void> append(List<LogRecord> records) {
        Append append = new Append(records, new CompletableFuture<>());
        waiting.add(append);
        if (!slow) {
            finish();
        }
        return append.done();
    }

    /** Whether appends fail from now on. */
    void full(boolean whether) {
        full = whether;
    }

    boolean isWaiting() {
        return !waiting.isEmpty();
    }

    /** Ends the append that waits longest. */
    void finish() {
        Append append = waiting.remove();
        if (full) {
            append.done().completeExceptionally(new LogException(Code.DISK_FULL, "full"));
            return;
        }
        for (LogRecord record : append.records()) {
            log.add(record);
            fold.fold(buffer(record.key()), buffer(record.value()));
        }
        append.done().complete(null);
    }

    /** What is left by a process that is killed: what has been appended, and nothing else. */
    SimulatedStore afterCrash() {
        SimulatedStore next = new SimulatedStore(slow);
        for (LogRecord record : log) {
            next.log.add(record);
            next.fold.fold(buffer(record.key()), buffer(record.value()));
        }
        return next;
    }

    private static @Nullable ByteBuffer buffer(byte @Nullable [] bytes) {
        return bytes == null ? null : ByteBuffer.wrap(bytes);
    }

    @Override
    public Map<String, StoredGroup> groups() {
        return fold.groups();
    }
}
