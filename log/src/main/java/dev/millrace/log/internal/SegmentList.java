package dev.millrace.log.internal;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// The segments of a partition, oldest first; never empty.
///
/// Changed on the thread of the partition's [WriteLoop] alone; read by any thread, without a lock.
final class SegmentList {
    private volatile Segment[] segments;

    /// Segments that were taken away while readers were inside.
    private final Set<Segment> leaving = ConcurrentHashMap.newKeySet();

    SegmentList(List<Segment> segments) {
        this.segments = segments.toArray(Segment[]::new);
    }

    /// As they are now.
    List<Segment> all() {
        return Arrays.asList(segments);
    }

    Segment first() {
        return segments[0];
    }

    Segment last() {
        Segment[] now = segments;
        return now[now.length - 1];
    }

    /// The segment that holds `offset`, or would.
    Segment at(long offset) {
        Segment[] now = segments;
        int i = now.length - 1;
        while (i > 0 && now[i].baseOffset() > offset) {
            i--;
        }
        return now[i];
    }

    /// The segment that begins where this one ends; null where it is the last.
    @Nullable Segment after(Segment segment) {
        Segment[] now = segments;
        for (int i = now.length - 1; i >= 0; i--) {
            if (now[i].baseOffset() <= segment.baseOffset()) {
                return i + 1 < now.length ? now[i + 1] : null;
            }
        }
        return now[0];
    }

    /// Those whose base offset is lower.
    List<Segment> below(long baseOffset) {
        return all().stream().filter(segment -> segment.baseOffset() < baseOffset).toList();
    }

    long sizeInBytes() {
        long sum = 0;
        for (Segment segment : segments) {
            sum += segment.committedBytes();
        }
        return sum;
    }

    /// Adds one behind the last.
    void add(Segment segment) {
        Segment[] now = segments;
        Segment[] more = Arrays.copyOf(now, now.length + 1);
        more[now.length] = segment;
        segments = more;
    }

    /// Takes the first `count` segments out of sight, for the cleaner, which then retires them.
    List<Segment> removeFirst(int count) {
        Segment[] now = segments;
        List<Segment> removed = List.of(Arrays.copyOf(now, count));
        leave(removed);
        segments = Arrays.copyOfRange(now, count, now.length);
        return removed;
    }

    /// Puts one segment in the place of neighbours, for the cleaner, which then retires them.
    void replace(List<Segment> originals, Segment by) {
        List<Segment> changed = new ArrayList<>(all());
        int at = changed.indexOf(originals.getFirst());
        changed.subList(at, at + originals.size()).clear();
        changed.add(at, by);
        leave(originals);
        segments = changed.toArray(Segment[]::new);
    }

    private void leave(List<Segment> going) {
        leaving.removeIf(Segment::isClosed);
        leaving.addAll(going);
    }

    /// Closes the files, whoever still reads them.
    void close() throws IOException {
        IOException failure = null;
        List<Segment> open = new ArrayList<>(leaving);
        open.addAll(all());
        for (Segment segment : open) {
            try {
                segment.close();
            } catch (IOException e) {
                failure = e;
            }
        }
        if (failure != null) {
            throw failure;
        }
    }
}
