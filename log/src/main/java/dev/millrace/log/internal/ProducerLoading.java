package dev.millrace.log.internal;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/// Brings what a partition knows of its producers into memory: the newest sound [ProducerSnapshot],
/// and then the batches behind it. Where there is none, all batches.
final class ProducerLoading {
    private final PartitionLog log;
    private final Storage storage;
    private final Path directory;
    private final SegmentReader reader = new SegmentReader(false);

    ProducerLoading(PartitionLog log, Storage storage, Path directory) {
        this.log = log;
        this.storage = storage;
        this.directory = directory;
    }

    /// Loads everything below the partition's present end, and leaves a snapshot of that behind. No
    /// batch with a producer may be appended meanwhile.
    void into(ProducerStates states) throws IOException {
        long end = log.end().offset();
        long from = loadSnapshot(states, end);
        if (from < end) {
            replay(states, from, end);
            save(states, end);
        }
    }

    /// @return the offset behind what is loaded
    private long loadSnapshot(ProducerStates states, long end) throws IOException {
        for (long offset : ProducerSnapshot.offsets(storage, directory).reversed()) {
            List<ProducerSnapshot.Entry> entries =
                    offset > end ? null : ProducerSnapshot.read(storage, directory, offset);
            if (entries != null) {
                states.load(entries);
                return offset;
            }
        }
        return 0;
    }

    private void replay(ProducerStates states, long from, long end) throws IOException {
        for (Segment segment : log.segments().all()) {
            Segment after = log.segments().after(segment);
            if (segment.baseOffset() < end && (after == null || after.baseOffset() > from)) {
                replay(states, segment, from, end);
            }
        }
    }

    /// Goes over damage: what was there cannot be known.
    private void replay(ProducerStates states, Segment segment, long from, long end)
            throws IOException {
        BatchScanner scanner = new BatchScanner(segment, reader, null);
        long size = segment.committedBytes();
        long offset = segment.baseOffset();
        for (long at = 0; at < size && offset < end; at += scanner.sizeInBytes()) {
            if (scanner.problem(at, offset, size) != null) {
                at = scanner.resync(at, offset, size);
                if (at == size) {
                    return;
                }
            }
            offset = scanner.lastOffset() + 1;
            if (scanner.baseOffset() >= from && scanner.baseOffset() < end) {
                states.replay(reader.buffer(), reader.index());
            }
        }
    }

    /// Leaves a snapshot behind. It can always be made again, so that a disk that will not take it
    /// is no failure.
    void save(ProducerStates states, long end) {
        try {
            ProducerSnapshot.write(storage, directory, end, states.entries());
        } catch (IOException e) {
            // what was written of it does not agree with its checksum
        }
    }
}
