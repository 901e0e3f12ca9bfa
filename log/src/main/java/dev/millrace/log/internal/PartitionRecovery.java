package dev.millrace.log.internal;

import dev.millrace.log.Damage;
import dev.millrace.log.Durability;
import dev.millrace.log.RecoveryReport.TornTail;
import dev.millrace.log.TopicConfig;
import dev.millrace.log.TopicPartition;
import dev.millrace.log.internal.JournalContents.Frame;
import dev.millrace.log.internal.JournalFormat.PartitionKey;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// Opens one partition after whatever happened to it.
///
/// What cleaning has left unfinished is finished first: [SegmentSwap], and files below the start
/// offset. Everything below the last checkpoint was forced and is not looked at. From there on:
///
/// 1. The journal's frames are written to their places again, so that what is believed is in pages
///    that the next force really writes, whatever a failed one left in the page cache. So is what
///    is found in the segments alone.
/// 2. With durability `fsync` and a sound journal, the partition ends where the journal says. Else
///    it ends behind its last sound batch: damage before a sound batch is reported and left alone,
///    damage with nothing behind it is a torn tail. But with durability `os` and a machine that has
///    been started again since, pages may be missing anywhere behind the checkpoint: the partition
///    ends before the first that is, so that what is lost is a suffix.
/// 3. What stands behind the end is cut and kept aside as `.cut`, and the leader epoch goes up. So
///    it does where an unforced suffix may be missing without a trace: a reader may have seen it.
/// 4. All that is kept is forced before anybody reads it.
///
/// Doing it twice, or dying in the middle and doing it again, comes to the same.
final class PartitionRecovery {
    private final Storage storage;
    private final Path directory;
    private final TopicPartition id;
    private final TopicConfig config;
    private final boolean pageCacheKept;
    private final RecoveryLog report;
    private final TreeMap<Long, Segment> segments = new TreeMap<>();
    private final SegmentReader reader = new SegmentReader(false);
    private LeaderEpochs epochs = LeaderEpochs.initial();
    private boolean cut;

    PartitionRecovery(
            Storage storage,
            Path directory,
            TopicPartition id,
            TopicConfig config,
            boolean pageCacheKept,
            RecoveryLog report) {
        this.storage = storage;
        this.directory = directory;
        this.id = id;
        this.config = config;
        this.pageCacheKept = pageCacheKept;
        this.report = report;
    }

    PartitionLog recover(UUID topicId, JournalContents journal) throws IOException {
        PartitionKey key = new PartitionKey(topicId, id.partition());
        CleaningRecovery cleaned = new CleaningRecovery(storage, directory, id, report);
        PartitionEnd forced = cleaned.recover(journal.forced(key), journal.isSound());
        openSegments(forced);
        PartitionEnd end = forced;
        if (journal.clean() && endsAt(forced)) {
            readEpochs();
        } else {
            report.writtenSinceClose |= journal.clean();
            Segment first = open(forced.segmentBase());
            if (first.committedBytes() < forced.position()) {
                lost(first, forced);
            }
            List<Frame> frames = new ArrayList<>(journal.frames(key));
            frames.removeIf(frame -> frame.end().offset() <= forced.offset());
            for (Frame frame : frames) {
                rewrite(frame);
            }
            readEpochs();
            if (journalTells(journal)) {
                end = frames.isEmpty() ? forced : frames.getLast().end();
                checkPlaces(frames);
            } else {
                PartitionEnd sure = poisoned(forced);
                end = sure != null ? sure : scan(forced);
                rewrite(frames.isEmpty() ? forced : frames.getLast().end());
            }
            end = settle(forced, end);
        }
        end = cleaned.notBelowStart(end);
        if (cut || losesSuffix()) {
            epochs.begin(epochs.latest() + 1, end.offset());
            epochs.write(storage, directory);
        }
        open(end.segmentBase());
        segments.lastEntry().getValue().indexes();
        return new PartitionLog(
                id,
                topicId,
                config,
                storage,
                directory,
                epochs,
                List.copyOf(segments.values()),
                end,
                cleaned.state());
    }

    /// Whether the partition ends where the journal says. Not where the journal is damaged; nor
    /// where its last group is torn and nothing else was lost, since what that group acknowledged,
    /// if it did, is sound in the segments.
    private boolean journalTells(JournalContents journal) throws IOException {
        return config.durability() == Durability.FSYNC
                && (isEmpty()
                        || journal.isSound()
                                && !(pageCacheKept && !journal.tornGroups().isEmpty()));
    }

    private void openSegments(PartitionEnd forced) throws IOException {
        for (String name : storage.list(directory)) {
            long base = Segment.baseOffset(name);
            if (base >= 0) {
                open(base);
            }
        }
        if (segments.isEmpty()) {
            open(forced.segmentBase());
        }
    }

    private Segment open(long base) throws IOException {
        Segment segment = segments.get(base);
        if (segment == null) {
            segment = Segment.open(storage, directory, base, config.indexIntervalBytes());
            segments.put(base, segment);
        }
        return segment;
    }

    private boolean isEmpty() {
        return segments.size() == 1 && segments.firstEntry().getValue().committedBytes() == 0;
    }

    private boolean endsAt(PartitionEnd end) {
        return segments.lastKey() == end.segmentBase()
                && segments.lastEntry().getValue().committedBytes() == end.position();
    }

    /// Reads the epochs, or makes them again from the batches where the file is missing or damaged.
    private void readEpochs() throws IOException {
        LeaderEpochs known = LeaderEpochs.read(storage, directory);
        if (known != null) {
            epochs = known;
            return;
        }
        for (Segment segment : segments.values()) {
            BatchScanner scanner = new BatchScanner(segment, reader, null);
            long size = segment.committedBytes();
            long offset = segment.baseOffset();
            for (long at = 0; at < size; at += scanner.sizeInBytes()) {
                if (scanner.problem(at, offset, size) != null) {
                    at = scanner.resync(at, offset, size);
                    if (at == size) {
                        break;
                    }
                }
                offset = scanner.lastOffset() + 1;
                epochs.learn(
                        BatchFormat.leaderEpoch(reader.buffer(), reader.index()),
                        scanner.baseOffset());
            }
        }
        epochs.write(storage, directory);
    }

    private void rewrite(Frame frame) throws IOException {
        ByteBuffer batches = frame.batches();
        if (batches != null) {
            Segment segment = open(frame.end().segmentBase());
            segment.file().write(batches.duplicate(), frame.position());
            segment.commit(segment.file().size());
            report.journalFrames++;
        }
    }

    /// Writes what follows an end once more, so that it is in pages that the next force really
    /// writes.
    private void rewrite(PartitionEnd from) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(1 << 16);
        for (Segment segment : segments.tailMap(from.segmentBase()).values()) {
            long at = segment.baseOffset() == from.segmentBase() ? from.position() : 0;
            for (long size = segment.committedBytes(); at < size; at += bytes.position()) {
                bytes.clear().limit((int) Math.min(bytes.capacity(), size - at));
                segment.file().read(bytes, at);
                segment.file().write(bytes.duplicate().flip(), at);
            }
        }
    }

    /// Checks the batches whose segment was forced in place of being journaled.
    private void checkPlaces(List<Frame> frames) throws IOException {
        for (Frame frame : frames) {
            if (frame.batches() == null) {
                Segment segment = open(frame.end().segmentBase());
                report.bytesScanned += frame.end().position() - frame.position();
                walk(segment, frame.position(), frame.baseOffset(), frame.end());
            }
        }
    }

    /// Walks the batches from a place to an end that is known, and reports damage between.
    private void walk(Segment segment, long from, long fromOffset, PartitionEnd end)
            throws IOException {
        BatchScanner scanner = new BatchScanner(segment, reader, null);
        long limit = Math.min(end.position(), segment.committedBytes());
        long position = from;
        long offset = fromOffset;
        while (offset < end.offset()) {
            String problem =
                    position < limit
                            ? scanner.problem(position, offset, limit)
                            : "the file ends early";
            if (problem == null) {
                position += scanner.sizeInBytes();
                offset = scanner.lastOffset() + 1;
            } else {
                long found = scanner.resync(position, offset, limit);
                long next = found < limit ? scanner.baseOffset() : end.offset();
                damaged(segment, position, offset, next, problem);
                position = found;
                offset = next;
            }
        }
    }

    /// Reports what a segment has lost of what had been forced: the file ends too early.
    private void lost(Segment segment, PartitionEnd end) throws IOException {
        PartitionEnd whole =
                new PartitionEnd(segment.baseOffset(), segment.committedBytes(), end.offset());
        segment.rebuildIndexes();
        SegmentIndexes indexes = segment.indexes();
        int entry = indexes.entries() - 1;
        BatchScanner scanner = new BatchScanner(segment, reader, null);
        if (entry >= 0
                && scanner.problemOfLast(
                                indexes.position(entry),
                                indexes.lastOffset(entry),
                                segment.committedBytes())
                        == null) {
            walk(segment, indexes.position(entry), scanner.baseOffset(), whole);
        } else {
            walk(segment, 0, segment.baseOffset(), whole);
        }
    }

    /// Finds the end behind the last sound batch.
    private PartitionEnd scan(PartitionEnd forced) throws IOException {
        PartitionEnd end = scan(open(forced.segmentBase()), forced);
        for (Segment segment : segments.tailMap(forced.segmentBase(), false).values()) {
            long base = segment.baseOffset();
            if (losesSuffix() && endsEarly(end, base)) {
                break;
            }
            if (base < end.offset() || base > end.offset() && !hasSoundBatch(segment)) {
                continue;
            }
            if (base > end.offset()) {
                Segment before = segments.lowerEntry(base).getValue();
                damaged(before, end.position(), end.offset(), base, "the segment ends early");
            }
            end = scan(segment, new PartitionEnd(base, 0, base));
        }
        return end;
    }

    /// Whether pages that were never forced may be missing.
    private boolean losesSuffix() {
        return config.durability() == Durability.OS && !pageCacheKept;
    }

    /// Whether something is missing between an end and the segment that begins at `base`.
    private boolean endsEarly(PartitionEnd end, long base) throws IOException {
        return base != end.offset() || end.position() < open(end.segmentBase()).committedBytes();
    }

    private boolean hasSoundBatch(Segment segment) throws IOException {
        long size = segment.committedBytes();
        BatchScanner scanner = new BatchScanner(segment, reader, null);
        return scanner.problem(0, segment.baseOffset(), size) == null
                || scanner.resync(0, segment.baseOffset(), size) < size;
    }

    private PartitionEnd scan(Segment segment, PartitionEnd from) throws IOException {
        BatchScanner scanner = new BatchScanner(segment, reader, epochs);
        long size = segment.committedBytes();
        long position = from.position();
        long offset = from.offset();
        while (position < size) {
            String problem = scanner.problem(position, offset, size);
            if (problem != null) {
                long found = losesSuffix() ? size : scanner.resync(position, offset, size);
                if (found == size) {
                    break;
                }
                damaged(segment, position, offset, scanner.baseOffset(), problem);
                position = found;
            }
            position += scanner.sizeInBytes();
            offset = scanner.lastOffset() + 1;
        }
        report.bytesScanned += position - from.position();
        return new PartitionEnd(segment.baseOffset(), position, offset);
    }

    /// Where a force failed when the log was open last: up to where the disk can be believed. What
    /// came after is in the page cache, perhaps, and is not. Null where none failed, and where the
    /// page cache is gone with what was to be said of it: then what is there is on the disk.
    private @Nullable PartitionEnd poisoned(PartitionEnd forced) throws IOException {
        String text = DurableText.read(storage, directory.resolve(PartitionLog.POISONED_FILE));
        if (text == null) {
            return null;
        }
        String[] words = text.strip().split(" ");
        try {
            PartitionEnd sure =
                    new PartitionEnd(
                            Long.parseLong(words[0]),
                            Long.parseLong(words[1]),
                            Long.parseLong(words[2]));
            return sure.offset() > forced.offset() ? sure : forced;
        } catch (NumberFormatException | IndexOutOfBoundsException e) {
            return pageCacheKept ? forced : null;
        }
    }

    private void damaged(
            Segment segment, long position, long fromOffset, long nextOffset, String what) {
        report.damage(
                new Damage(
                        id,
                        fromOffset,
                        nextOffset,
                        segment.file().path().toString(),
                        position,
                        what));
    }

    /// Makes files and epochs agree with the end, and forces everything since the last checkpoint.
    ///
    /// @return the end, in a new segment where the last one has lost its own
    private PartitionEnd settle(PartitionEnd forced, PartitionEnd end) throws IOException {
        for (Segment segment : List.copyOf(segments.tailMap(end.segmentBase(), false).values())) {
            cutAway(segment, end.offset());
        }
        Segment last = open(end.segmentBase());
        PartitionEnd settled = end;
        if (last.committedBytes() > end.position()) {
            keepAside(last, end.position(), end.offset());
            last.file().truncate(end.position());
            last.commit(end.position());
            last.verified().clear();
            reader.forget();
        } else if (last.committedBytes() < end.position()) {
            // the lost offsets are never given again
            open(end.offset());
            settled = new PartitionEnd(end.offset(), 0, end.offset());
        }
        for (Segment segment : segments.tailMap(forced.segmentBase()).values()) {
            segment.file().force();
        }
        ProducerSnapshot.deleteAbove(storage, directory, end.offset());
        Path poisoned = directory.resolve(PartitionLog.POISONED_FILE);
        if (storage.exists(poisoned)) {
            storage.delete(poisoned);
        }
        storage.forceDirectory(directory);
        return settled;
    }

    private void cutAway(Segment segment, long offset) throws IOException {
        if (segment.committedBytes() > 0) {
            keepAside(segment, 0, offset);
        }
        segments.remove(segment.baseOffset());
        segment.close();
        storage.delete(segment.file().path());
    }

    private void keepAside(Segment segment, long from, long offset) throws IOException {
        long to = segment.committedBytes();
        Path aside = directory.resolve(segment.name() + "." + from + ".cut");
        try (StorageFile file = storage.open(aside)) {
            file.truncate(0);
            ByteBuffer bytes = ByteBuffer.allocate(1 << 16);
            for (long at = from; at < to; at += bytes.position()) {
                bytes.clear().limit((int) Math.min(bytes.capacity(), to - at));
                segment.file().read(bytes, at);
                file.write(bytes.duplicate().flip(), at - from);
            }
            file.force();
        }
        cut = true;
        report.tornTail(
                new TornTail(id, offset, segment.file().path().toString(), from, to - from));
    }
}
