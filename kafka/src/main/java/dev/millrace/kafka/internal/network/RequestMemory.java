package dev.millrace.kafka.internal.network;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;

/// The memory that requests are read into, of all connections together: who wants more than there
/// is waits, and so does its client. Buffers are direct, of the powers of two, and kept for who
/// comes next.
///
/// A request larger than all of the memory is taken where nothing else is. For any number of
/// threads.
final class RequestMemory {
    private static final int LEAST_SHIFT = 12;
    private static final int SHIFTS = 31 - LEAST_SHIFT;

    private final long capacity;
    private final long mostKept;
    private final Deque<ByteBuffer>[] kept;
    private long used;
    private long keptBytes;

    /// @param capacity in bytes
    RequestMemory(long capacity) {
        this.capacity = capacity;
        this.mostKept = capacity / 4;
        @SuppressWarnings({"unchecked", "rawtypes"}) // there are no arrays of generics
        Deque<ByteBuffer>[] empty = new Deque[SHIFTS];
        for (int i = 0; i < SHIFTS; i++) {
            empty[i] = new ArrayDeque<>();
        }
        this.kept = empty;
    }

    /// Waits for memory.
    ///
    /// @return a buffer from 0 to a limit of `bytes`
    ByteBuffer take(int bytes) throws InterruptedException {
        int shift = shift(bytes);
        int size = size(shift);
        synchronized (this) {
            while (used > 0 && used + size > capacity) {
                wait();
            }
            used += size;
            ByteBuffer known = kept[shift].pollFirst();
            if (known != null) {
                keptBytes -= size;
                return known.clear().limit(bytes);
            }
        }
        return ByteBuffer.allocateDirect(size).limit(bytes);
    }

    /// Gives back what [#take] gave.
    synchronized void giveBack(ByteBuffer buffer) {
        int size = buffer.capacity();
        used -= size;
        if (keptBytes + size <= mostKept) {
            kept[shift(size)].addFirst(buffer);
            keptBytes += size;
        }
        notifyAll();
    }

    /// Bytes of the buffers that are taken now.
    synchronized long used() {
        return used;
    }

    private static int shift(int bytes) {
        return Math.max(0, 32 - Integer.numberOfLeadingZeros(Math.max(1, bytes) - 1) - LEAST_SHIFT);
    }

    private static int size(int shift) {
        return 1 << (shift + LEAST_SHIFT);
    }
}
