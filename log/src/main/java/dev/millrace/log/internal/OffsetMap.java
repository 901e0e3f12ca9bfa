package dev.millrace.log.internal;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.security.SecureRandom;

/// The last offset of each key, off the heap, in a table of fixed size:
///
/// | at | bytes | field |
/// |---|---|---|
/// | 0 | 16 | the key's [SipHash] |
/// | 16 | 8 | the offset, and one more; 0 where the slot is free |
///
/// Open addressing, the next slot after a taken one, three quarters of the slots at most.
///
/// Two keys of one hash would be taken for one, and the earlier record would go. With 128 bits that
/// has the chance of about n² / 2¹²⁹ for n keys (10⁻²² for ten thousand million); and since the
/// hash has a secret key, drawn anew for each map, nobody can bring it about.
///
/// For one thread.
final class OffsetMap implements AutoCloseable {
    private static final int SLOT_BYTES = 24;
    private static final int OFFSET = 16;
    private static final int LEAST_SLOTS = 64;
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;

    private final Arena arena = Arena.ofConfined();
    private final MemorySegment slots;
    private final long slotCount;
    private final long mostKeys;
    private final SipHash hash;
    private long keys;

    private OffsetMap(long slotCount, SipHash hash) {
        this.slotCount = slotCount;
        this.mostKeys = slotCount - slotCount / 4;
        this.slots = arena.allocate(slotCount * SLOT_BYTES, Long.BYTES);
        this.hash = hash;
    }

    /// A map for so many keys, or for as many as the bytes allow.
    static OffsetMap of(long expectedKeys, long mostBytes) {
        long wanted = Math.min(expectedKeys + expectedKeys / 2, mostBytes / SLOT_BYTES);
        SecureRandom random = new SecureRandom();
        return new OffsetMap(
                Math.max(LEAST_SLOTS, wanted), new SipHash(random.nextLong(), random.nextLong()));
    }

    /// Whether there is room for so many keys more.
    boolean hasRoomFor(long more) {
        return keys + more <= mostKeys;
    }

    boolean isEmpty() {
        return keys == 0;
    }

    /// Sets a key's last offset. The caller has made sure that there is room.
    void put(ByteBuffer key, long offset) {
        long slot = find(key);
        if (slots.get(LONG, slot + OFFSET) == 0) {
            slots.set(LONG, slot, hash.first());
            slots.set(LONG, slot + Long.BYTES, hash.second());
            keys++;
        }
        slots.set(LONG, slot + OFFSET, offset + 1);
    }

    /// A key's last offset; -1 where it was not put.
    long get(ByteBuffer key) {
        return keys == 0 ? -1 : slots.get(LONG, find(key) + OFFSET) - 1;
    }

    /// The slot that has the key, or the free one where it would be.
    private long find(ByteBuffer key) {
        hash.hash(key);
        long first = hash.first();
        long second = hash.second();
        long index = Math.unsignedMultiplyHigh(first, slotCount);
        while (true) {
            long slot = index * SLOT_BYTES;
            if (slots.get(LONG, slot + OFFSET) == 0
                    || slots.get(LONG, slot) == first
                            && slots.get(LONG, slot + Long.BYTES) == second) {
                return slot;
            }
            index = index + 1 == slotCount ? 0 : index + 1;
        }
    }

    @Override
    public void close() {
        arena.close();
    }
}
