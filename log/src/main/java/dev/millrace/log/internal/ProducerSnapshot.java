package dev.millrace.log.internal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/// What a partition knew of its producers when it ended at an offset, beside its segments as
/// `<offset, 20 digits>.snapshot`, in Kafka's format:
///
/// | at | bytes | field | unit, meaning | checksum |
/// |---|---|---|---|---|
/// | 0 | 2 | version | 1 | – |
/// | 2 | 4 | CRC | CRC-32C of everything from byte 6 to the end | – |
/// | 6 | 4 | count | entries that follow | yes |
/// | 10 | … | entries | 46 bytes each | yes |
///
/// An entry is one batch of a producer:
///
/// | at | bytes | field | unit, meaning |
/// |---|---|---|---|
/// | 0 | 8 | producer id | |
/// | 8 | 2 | producer epoch | |
/// | 10 | 4 | last sequence | of the batch's last record |
/// | 14 | 8 | last offset | of the batch's last record |
/// | 22 | 4 | offset delta | last offset less first offset; as between the sequences |
/// | 26 | 8 | timestamp | ms since the epoch; when it was appended (in Kafka, the latest of the records') |
/// | 34 | 4 | coordinator epoch | -1: no transactions |
/// | 38 | 8 | transaction's first offset | -1 |
///
/// All fields are big-endian and signed. Kafka writes one entry a producer, its last batch, and
/// takes of several the last; we write up to five, oldest first, so that a batch sent again is
/// known after a restart too.
///
/// The file is not forced, and a crash leaves any part of it, which the CRC tells; it can always be
/// made again from the batches. It says nothing that they do not say, so that one below the
/// partition's end is right as long as nothing below it is cut. Source: Apache Kafka's
/// `ProducerSnapshot.json`.
final class ProducerSnapshot {
    static final String SUFFIX = ".snapshot";
    private static final short VERSION = 1;
    private static final int CRC = 2;
    private static final int ENTRIES = 6;
    private static final int FIRST_ENTRY = 10;
    private static final int ENTRY_BYTES = 46;

    /// How many are kept: the newest, and the one before, should the end be cut below the newest.
    private static final int KEPT = 2;

    private ProducerSnapshot() {}

    /// @param timestampMillis when it was appended
    record Entry(
            long producerId,
            short epoch,
            int lastSequence,
            long lastOffset,
            int offsetDelta,
            long timestampMillis) {

        int firstSequence() {
            return ProducerSequence.plus(lastSequence, -offsetDelta);
        }

        long firstOffset() {
            return lastOffset - offsetDelta;
        }
    }

    /// Writes the snapshot of an offset, and deletes all but the newest.
    static void write(Storage storage, Path directory, long offset, List<Entry> entries)
            throws IOException {
        ByteBuffer bytes = encode(entries);
        Path file = directory.resolve(Segment.fileName(offset, SUFFIX));
        try (StorageFile out = storage.open(file)) {
            out.truncate(0);
            out.write(bytes, 0);
        }
        List<Long> there = offsets(storage, directory);
        for (long old : there.subList(0, Math.max(0, there.size() - KEPT))) {
            storage.delete(directory.resolve(Segment.fileName(old, SUFFIX)));
        }
    }

    static ByteBuffer encode(List<Entry> entries) {
        ByteBuffer bytes = ByteBuffer.allocate(FIRST_ENTRY + entries.size() * ENTRY_BYTES);
        bytes.putShort(VERSION).putInt(0).putInt(entries.size());
        for (Entry entry : entries) {
            bytes.putLong(entry.producerId)
                    .putShort(entry.epoch)
                    .putInt(entry.lastSequence)
                    .putLong(entry.lastOffset)
                    .putInt(entry.offsetDelta)
                    .putLong(entry.timestampMillis)
                    .putInt(-1)
                    .putLong(-1);
        }
        return bytes.flip().putInt(CRC, sum(bytes));
    }

    /// The offsets of the snapshots that there are, in order, sound or not.
    static List<Long> offsets(Storage storage, Path directory) throws IOException {
        List<Long> offsets = new ArrayList<>();
        for (String name : storage.list(directory)) {
            if (name.endsWith(SUFFIX)) {
                String base = name.substring(0, name.length() - SUFFIX.length());
                long offset = Segment.baseOffset(base + Segment.LOG);
                if (offset >= 0) {
                    offsets.add(offset);
                }
            }
        }
        return offsets;
    }

    /// The entries; null where the file is damaged.
    static @Nullable List<Entry> read(Storage storage, Path directory, long offset)
            throws IOException {
        try (StorageFile in = storage.open(directory.resolve(Segment.fileName(offset, SUFFIX)))) {
            ByteBuffer bytes = ByteBuffer.allocate((int) Math.min(in.size(), 1 << 30));
            in.read(bytes, 0);
            return decode(bytes.flip());
        }
    }

    static @Nullable List<Entry> decode(ByteBuffer bytes) {
        if (bytes.limit() < FIRST_ENTRY
                || bytes.getShort(0) != VERSION
                || bytes.getInt(CRC) != sum(bytes)
                || bytes.limit() != FIRST_ENTRY + (long) bytes.getInt(ENTRIES) * ENTRY_BYTES) {
            return null;
        }
        List<Entry> entries = new ArrayList<>();
        for (int at = FIRST_ENTRY; at < bytes.limit(); at += ENTRY_BYTES) {
            entries.add(
                    new Entry(
                            bytes.getLong(at),
                            bytes.getShort(at + 8),
                            bytes.getInt(at + 10),
                            bytes.getLong(at + 14),
                            bytes.getInt(at + 22),
                            bytes.getLong(at + 26)));
        }
        return entries;
    }

    /// Deletes what speaks of more than the partition has after its end was cut.
    static void deleteAbove(Storage storage, Path directory, long end) throws IOException {
        for (long offset : offsets(storage, directory)) {
            if (offset > end) {
                storage.delete(directory.resolve(Segment.fileName(offset, SUFFIX)));
            }
        }
    }

    private static int sum(ByteBuffer bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes.duplicate().position(ENTRIES));
        return (int) crc.getValue();
    }
}
