package dev.millrace.log.internal;

import dev.millrace.log.CleaningReport;
import dev.millrace.log.TopicConfig;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/// Compacts a partition: of all records with one key the last stays.
///
/// In passes. Each fills an [OffsetMap] with the last offset of every key from the first dirty
/// offset on, as far as its memory goes, and then goes through the segments from the partition's
/// start up to there: what has a later record of its key goes ([SegmentRewrite]). Neighbours that
/// fit one segment together become one. What is below the end of a pass is clean, and only what was
/// appended since is read into the map of the next.
///
/// Only sealed segments are touched, and of them only those below the segment in which the last
/// checkpoint in the journal ends: they have been forced, no later force looks at them, and no
/// frame of the journal is ever written to them again ([CleaningState#settled]).
///
/// Tombstones: the pass that first meets one writes into its batch when it may go. Every older
/// record of its key goes in the same pass or went before, so that from then on it only tells
/// readers who come late.
///
/// For one thread, once.
final class Compaction {
    private final PartitionLog log;
    private final PartitionCleaner partition;
    private final Cleaner cleaner;
    private final Throttle throttle;
    private final long nowMillis;
    private final SegmentWalk walk;
    private long recordsKept;
    private long recordsRemoved;

    /// One pass.
    ///
    /// @param mappedEnd the offset up to which the map was filled
    /// @param startOffset records below it go
    /// @param newHorizonMillis the delete horizon of tombstones that are met first
    record Pass(
            OffsetMap map,
            long mappedEnd,
            long startOffset,
            long nowMillis,
            long newHorizonMillis,
            Throttle throttle) {}

    Compaction(PartitionLog log, PartitionCleaner partition, Cleaner cleaner) {
        this.log = log;
        this.partition = partition;
        this.cleaner = cleaner;
        this.nowMillis = cleaner.nowMillis();
        this.throttle = cleaner.throttle();
        this.walk = new SegmentWalk(log, throttle, () -> cleaner.isClosing() || log.isGone());
    }

    /// @param now whether to compact whatever there is, little as it may be
    CleaningReport run(boolean now) throws IOException {
        List<Segment> segments = cleanable();
        if (segments.isEmpty()) {
            return CleaningReport.NONE;
        }
        long end = log.endOf(segments.getLast());
        CleaningState state = partition.state();
        long from = Math.clamp(state.firstDirtyOffset(), segments.getFirst().baseOffset(), end);
        boolean worthIt = from < end && (now || isDirtyEnough(segments, from));
        if (!worthIt && state.deleteHorizonMillis() > nowMillis) {
            return CleaningReport.NONE;
        }
        do {
            from = pass(from, end);
        } while (from < end);
        return new CleaningReport(0, recordsKept, recordsRemoved, 0, 0);
    }

    /// The segments that may be touched and are old enough.
    private List<Segment> cleanable() throws IOException {
        long lag = log.config().minCompactionLagMillis();
        List<Segment> found = new ArrayList<>();
        for (Segment segment : log.settledSegments()) {
            if (lag > 0 && segment.indexes().maxTimestamp() > nowMillis - lag) {
                break;
            }
            found.add(segment);
        }
        return found;
    }

    private boolean isDirtyEnough(List<Segment> segments, long from) {
        long all = 0;
        long dirty = 0;
        for (Segment segment : segments) {
            all += segment.committedBytes();
            dirty += log.endOf(segment) > from ? segment.committedBytes() : 0;
        }
        return dirty >= all * log.config().minCleanableDirtyRatio();
    }

    /// @return the offset below which all is clean now
    private long pass(long from, long end) throws IOException {
        List<Segment> segments = new ArrayList<>(log.settledSegments());
        segments.removeIf(segment -> segment.baseOffset() >= end);
        OffsetMap map = OffsetMap.of(end - from, cleaner.memoryBytes());
        try (MapFilling filling = new MapFilling(map, from)) {
            for (Segment segment : segments) {
                if (log.endOf(segment) > from && !walk.over(segment, filling)) {
                    break;
                }
            }
            long mappedEnd = filling.end;
            segments.removeIf(segment -> segment.baseOffset() >= mappedEnd);
            recordsKept = 0;
            long horizon =
                    compact(
                            segments,
                            new Pass(
                                    filling.map,
                                    mappedEnd,
                                    log.earliestOffset(),
                                    nowMillis,
                                    newHorizon(),
                                    throttle));
            partition.remember(partition.state().compactedUpTo(mappedEnd, horizon));
            return mappedEnd;
        }
    }

    private long newHorizon() {
        long delay = log.config().deleteRetentionMillis();
        return delay > Long.MAX_VALUE - nowMillis ? Long.MAX_VALUE : nowMillis + delay;
    }

    /// Takes keys into the map, batch by batch, until it is full.
    private static final class MapFilling implements SegmentWalk.BatchAction, AutoCloseable {
        private final RecordDecoder decoder = new RecordDecoder();
        private OffsetMap map;
        private long end;

        MapFilling(OffsetMap map, long from) {
            this.map = map;
            this.end = from;
        }

        @Override
        public boolean on(ByteBuffer b, int at, int sizeInBytes) {
            long last = BatchFormat.lastOffset(b, at);
            if (last < end) {
                return true;
            }
            int count = BatchFormat.count(b, at);
            if (!map.hasRoomFor(count)) {
                if (!map.isEmpty()) {
                    return false;
                }
                map.close();
                map = OffsetMap.of(count, Long.MAX_VALUE); // a pass must get on by one batch
            }
            if (!BatchFormat.isControl(b, at)) {
                decoder.batch(b, at);
                while (decoder.next()) {
                    ByteBuffer key = decoder.key();
                    if (key != null) {
                        map.put(key, decoder.offset());
                    }
                }
            }
            end = last + 1;
            return true;
        }

        @Override
        public void close() {
            map.close();
        }
    }

    /// @return when the first of the tombstones that were kept may go
    private long compact(List<Segment> segments, Pass pass) throws IOException {
        long horizon = Long.MAX_VALUE;
        for (List<Segment> group : groups(segments)) {
            SegmentRewrite rewrite = new SegmentRewrite(pass, walk);
            if (group.size() > 1 || rewrite.isNeeded(group.getFirst())) {
                partition.replace(cleaner, group, log.endOf(group.getLast()), rewrite);
            }
            recordsKept += rewrite.recordsKept();
            recordsRemoved += rewrite.recordsRemoved();
            horizon = Math.min(horizon, rewrite.deleteHorizon());
        }
        return horizon;
    }

    /// Neighbours that are no more than one segment together.
    private List<List<Segment>> groups(List<Segment> segments) {
        TopicConfig config = log.config();
        List<List<Segment>> groups = new ArrayList<>();
        List<Segment> group = new ArrayList<>();
        long bytes = 0;
        for (Segment segment : segments) {
            bytes += segment.committedBytes();
            if (!group.isEmpty()
                    && (bytes > config.segmentBytes()
                            || log.endOf(segment) - group.getFirst().baseOffset()
                                    > Integer.MAX_VALUE)) {
                groups.add(group);
                group = new ArrayList<>();
                bytes = segment.committedBytes();
            }
            group.add(segment);
        }
        if (!group.isEmpty()) {
            groups.add(group);
        }
        return groups;
    }
}
