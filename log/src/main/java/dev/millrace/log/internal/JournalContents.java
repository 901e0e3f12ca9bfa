package dev.millrace.log.internal;

import dev.millrace.log.internal.JournalFormat.PartitionKey;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What [JournalReader] found: what had been forced in the segments, the frames since, and how far
/// all that can be believed.
final class JournalContents {
    private final List<File> files;
    private final Map<PartitionKey, List<Frame>> frames = new HashMap<>();
    private final List<String> damage = new ArrayList<>();
    private final List<String> tornGroups = new ArrayList<>();
    private Map<PartitionKey, PartitionEnd> forced = Map.of();
    private long checkpointSequence;
    private boolean cleanCheckpoint;
    private long lastSequence;
    private long firstNeeded = 1;
    private @Nullable Unfinished unfinished;
    private @Nullable Path lastFile;
    private long position;

    JournalContents(List<File> files) {
        this.files = files;
    }

    /// @param lastSequence the highest of the groups in the file; 0 where there are none
    record File(StorageFile file, long lastSequence) {}

    /// A group that was being written, and must never be taken for a whole one.
    record Unfinished(long sequence, Path file, long position) {}

    /// Batches that were acknowledged at `fsync`.
    ///
    /// @param position where they begin in the segment
    /// @param end the partition's end behind them
    /// @param batches the bytes; null where the segment itself was forced
    record Frame(long baseOffset, long position, PartitionEnd end, @Nullable ByteBuffer batches) {}

    void frame(PartitionKey key, Frame frame) {
        frames.computeIfAbsent(key, k -> new ArrayList<>()).add(frame);
    }

    void checkpoint(long sequence, Map<PartitionKey, PartitionEnd> ends, boolean clean) {
        checkpointSequence = sequence;
        forced = ends;
        cleanCheckpoint = clean;
    }

    void damaged(String what) {
        damage.add("journal: " + what);
    }

    void torn(String what) {
        tornGroups.add("journal: " + what);
    }

    /// A group with a sound header that was being written.
    void unfinished(long sequence, Path file, long at) {
        unfinished = new Unfinished(sequence, file, at);
    }

    void end(long sequence, long needed, Path file, long nextPosition) {
        lastSequence = sequence;
        firstNeeded = Math.max(1, needed);
        lastFile = file;
        position = nextPosition;
    }

    List<File> files() {
        return files;
    }

    /// Frames of a partition in the order in which they were acknowledged.
    List<Frame> frames(PartitionKey key) {
        return frames.getOrDefault(key, List.of());
    }

    /// Up to where the segments of each partition are known to have been forced.
    Map<PartitionKey, PartitionEnd> forced() {
        return forced;
    }

    /// Up to where a partition's segments are known to have been forced.
    PartitionEnd forced(PartitionKey key) {
        return forced.getOrDefault(key, PartitionEnd.EMPTY);
    }

    /// Whether there is a journal and every group of it that is needed, so that a partition of
    /// durability `fsync` ends where the journal says, and nowhere else.
    boolean isSound() {
        return lastSequence > 0 && damage.isEmpty();
    }

    /// Whether the log was closed in order, and nothing was written since.
    boolean clean() {
        return cleanCheckpoint
                && checkpointSequence == lastSequence
                && damage.isEmpty()
                && tornGroups.isEmpty();
    }

    List<String> damage() {
        return damage;
    }

    List<String> tornGroups() {
        return tornGroups;
    }

    /// The group that was being written; null where there is none.
    @Nullable Unfinished unfinished() {
        return unfinished;
    }

    /// 0 where there is no group.
    long lastSequence() {
        return lastSequence;
    }

    long firstNeeded() {
        return firstNeeded;
    }

    /// The file that holds the last group; null where there is none.
    @Nullable Path lastFile() {
        return lastFile;
    }

    /// Where the next group begins in that file.
    long position() {
        return position;
    }
}
