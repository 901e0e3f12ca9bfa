package dev.millrace.kafka.internal.network;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;

/// The memory that requests are read into, of all connections together: who wants more than there
/// is waits, and so does its client. Buffers are direct, of four sizes to a power of two, and kept
/// for who comes next.
///
/// A request larger than all of the memory is taken where nothing else is. For any number of
/// threads.
final class RequestMemory {
    private static final int LEAST_BYTES = 4096;

    /// Sizes to a power of two.
    private static final int STEPS = 4;

    private static final int STEP_BITS = 2;
    private static final int SIZES = sizeClass(1 << 30) + 1;

    private final long capacity;
    private final long mostKept;
    private final Deque<ByteBuffer>[] kept;
    private long used;
    private long keptBytes;

    /// @param capacity in bytes
    RequestMemory(long capacity) {
        this.capacity = capacity;
        this.mostKept = capacity / 2;
        @SuppressWarnings({"unchecked", "rawtypes"}) // there are no arrays of generics
        Deque<ByteBuffer>[] empty = new Deque[SIZES];
        for (int i = 0; i < SIZES; i++) {
            empty[i] = new ArrayDeque<>();
        }
        this.kept = empty;
    }

    /// Waits for memory.
    ///
    /// @return a buffer from 0 to a limit of `bytes`
    ByteBuffer take(int bytes) throws InterruptedException {
        int sizeClass = sizeClass(bytes);
        int size = size(sizeClass);
        synchronized (this) {
            while (used > 0 && used + size > capacity) {
                wait();
            }
            used += size;
            ByteBuffer known = kept[sizeClass].pollFirst();
            if (known != null) {
                keptBytes -= size;
                return known.clear().limit(bytes);
            }
        }
        try {
            return ByteBuffer.allocateDirect(size).limit(bytes);
        } catch (OutOfMemoryError e) {
            synchronized (this) {
                used -= size;
                notifyAll();
            }
            throw e;
        }
    }

    /// Gives back what [#take] gave.
    synchronized void giveBack(ByteBuffer buffer) {
        int size = buffer.capacity();
        used -= size;
        if (keptBytes + size <= mostKept) {
            kept[sizeClass(size)].addFirst(buffer);
            keptBytes += size;
        }
        notifyAll();
    }

    /// Bytes of the buffers that are taken now.
    synchronized long used() {
        return used;
    }

    /// Which size holds so many bytes; sizes grow by an eighth to a quarter.
    private static int sizeClass(int bytes) {
        int blocks = (Math.max(1, bytes) - 1) / LEAST_BYTES; // whole ones below
        if (blocks < STEPS) {
            return blocks;
        }
        int shift = 31 - Integer.numberOfLeadingZeros(blocks) - STEP_BITS;
        return (shift << STEP_BITS) + (blocks >> shift);
    }

    private static int size(int sizeClass) {
        if (sizeClass < STEPS) {
            return (sizeClass + 1) * LEAST_BYTES;
        }
        int shift = (sizeClass >> STEP_BITS) - 1;
        return ((sizeClass & STEPS - 1) + STEPS + 1 << shift) * LEAST_BYTES;
    }
}
