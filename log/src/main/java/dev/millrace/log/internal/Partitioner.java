package dev.millrace.log.internal;

/// Which partition a key belongs to: that of Kafka's own clients, so that theirs and ours agree.
///
/// The hash is MurmurHash2 (Austin Appleby, public domain), 32 bits, seed `0x9747b28c`, over the
/// key's bytes in little-endian words; its sign bit is dropped before the remainder is taken.
public final class Partitioner {
    private static final int SEED = 0x9747b28c;
    private static final int MULTIPLIER = 0x5bd1e995;

    private Partitioner() {}

    /// @param partitions how many there are, at least 1
    /// @return from 0 to `partitions - 1`
    public static int partition(byte[] key, int partitions) {
        return (murmur2(key) & Integer.MAX_VALUE) % partitions;
    }

    static int murmur2(byte[] key) {
        int hash = SEED ^ key.length;
        int words = key.length & ~3;
        for (int i = 0; i < words; i += 4) {
            int word = key[i] & 0xff;
            word |= (key[i + 1] & 0xff) << 8;
            word |= (key[i + 2] & 0xff) << 16;
            word |= key[i + 3] << 24;
            word *= MULTIPLIER;
            word ^= word >>> 24;
            hash = hash * MULTIPLIER ^ word * MULTIPLIER;
        }
        int tail = 0;
        for (int i = key.length - 1; i >= words; i--) {
            tail = tail << 8 | key[i] & 0xff;
        }
        if (words < key.length) {
            hash = (hash ^ tail) * MULTIPLIER;
        }
        hash = (hash ^ hash >>> 13) * MULTIPLIER;
        return hash ^ hash >>> 15;
    }
}
