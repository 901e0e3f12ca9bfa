package dev.millrace.testkit.storage;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One file of the model: what reads see, what is on the device, and the changes between the two.
///
/// A change is `PENDING` until a force makes it `DURABLE`; a failed force leaves it `ABANDONED`:
/// the device may have it or not, and no later force will bring it there. The versions of a sector
/// are its durable content and what it held after each change that touched it; a loss of power
/// leaves any one of them that is not older than the last durable one. The essay is in
/// [FaultStorage].
final class Inode {
    private enum Status {
        PENDING,
        DURABLE,
        ABANDONED
    }

    /// Bytes `from` to `to` were set: to `bytes`, or to zero by a truncation.
    private static final class Change {
        final int from;
        final int to;
        final byte @Nullable [] bytes;
        final int sizeAfter;
        Status status;

        Change(int from, int to, byte @Nullable [] bytes, int sizeAfter, Status status) {
            this.from = from;
            this.to = to;
            this.bytes = bytes;
            this.sizeAfter = sizeAfter;
            this.status = status;
        }

        boolean truncation() {
            return bytes == null;
        }

        boolean touches(int start, int end) {
            return from < to && from < end && start < to;
        }

        void apply(byte[] image, int start, int end) {
            int first = Math.max(from, start);
            int last = Math.min(Math.min(to, end), image.length);
            if (first < last) {
                if (bytes == null) {
                    Arrays.fill(image, first, last, (byte) 0);
                } else {
                    System.arraycopy(bytes, first - from, image, first, last - first);
                }
            }
        }
    }

    private final List<Change> changes = new ArrayList<>();
    private byte[] cached;
    private int size;
    private byte[] durable;
    private int durableSize;

    /// The size after this many changes is durable.
    private int sized;

    /// A file whose content is all durable.
    Inode(byte[] content) {
        cached = content.clone();
        size = content.length;
        durable = content.clone();
        durableSize = content.length;
    }

    private Inode(Inode other) {
        cached = Arrays.copyOf(other.cached, other.size);
        size = other.size;
        durable = Arrays.copyOf(other.durable, other.durableSize);
        durableSize = other.durableSize;
        sized = other.sized;
        for (Change change : other.changes) {
            changes.add(
                    new Change(
                            change.from, change.to, change.bytes, change.sizeAfter, change.status));
        }
    }

    Inode copy() {
        return new Inode(this);
    }

    int size() {
        return size;
    }

    /// What reads see: the array itself, valid to [#size] until the file grows.
    byte[] cached() {
        return cached;
    }

    /// How many changes are not durable, or may not be.
    int unforced() {
        return changes.size();
    }

    void write(int position, byte[] bytes) {
        if (bytes.length == 0) {
            return;
        }
        int end = Math.addExact(position, bytes.length);
        cached = grown(cached, end);
        System.arraycopy(bytes, 0, cached, position, bytes.length);
        size = Math.max(size, end);
        if (changes.stream().anyMatch(change -> change.status == Status.ABANDONED)) {
            // a page goes to the device whole, and what a failed force left behind in it too
            int from = position / Survival.PAGE * Survival.PAGE;
            int to = (int) Math.min(size, roundUp(end, Survival.PAGE));
            byte[] pages = Arrays.copyOfRange(cached, from, to);
            changes.add(new Change(from, to, pages, size, Status.PENDING));
        } else {
            changes.add(new Change(position, end, bytes, size, Status.PENDING));
        }
    }

    void truncate(int newSize) {
        if (newSize < size) {
            Arrays.fill(cached, newSize, size, (byte) 0);
            changes.add(new Change(newSize, size, null, newSize, Status.PENDING));
            size = newSize;
        }
    }

    /// @param succeeded false where the device failed: pages are marked clean, sizes stay to be
    ///   forced
    void force(boolean succeeded) {
        for (Change change : changes) {
            if (change.status == Status.PENDING) {
                if (succeeded) {
                    change.status = Status.DURABLE;
                } else if (!change.truncation()) {
                    change.status = Status.ABANDONED;
                }
            }
        }
        if (!succeeded) {
            return;
        }
        sized = changes.size();
        if (changes.stream().allMatch(change -> change.status == Status.DURABLE)) {
            durable = grown(durable, size);
            for (Change change : changes) {
                change.apply(durable, 0, Integer.MAX_VALUE);
            }
            durableSize = size;
            changes.clear();
            sized = 0;
        }
    }

    /// The kernel drops clean pages: what a failed force left in the cache only, and the device did
    /// not take, is gone from now on. The size stays as it is.
    void evict() {
        byte[] image = grown(Arrays.copyOf(durable, durableSize), size);
        for (int i = 0; i < changes.size(); i++) {
            Change change = changes.get(i);
            if (change.status == Status.ABANDONED) {
                changes.set(
                        i,
                        new Change(
                                change.from,
                                change.from,
                                new byte[0],
                                change.sizeAfter,
                                Status.PENDING));
            } else {
                change.apply(image, 0, Integer.MAX_VALUE);
            }
        }
        cached = image;
    }

    /// Flips bits on the device; what was unforced counts as forced first.
    void corrupt(int position, int mask) {
        cached = cached.clone();
        cached[position] ^= (byte) mask;
        settle();
    }

    /// Cuts the file on the device; what was unforced counts as forced first.
    void cut(int newSize) {
        truncate(newSize);
        settle();
    }

    private void settle() {
        durable = Arrays.copyOf(cached, size);
        durableSize = size;
        changes.clear();
        sized = 0;
    }

    /// The content after a loss of power.
    byte[] after(Survival survival) {
        int by = survival.sizedBy(sized, changes.size());
        long newSize = by == 0 ? durableSize : changes.get(by - 1).sizeAfter;
        if (by < changes.size() && changes.get(by).sizeAfter > newSize) {
            newSize = survival.sizeBetween(newSize, changes.get(by).sizeAfter);
        }
        byte[] image = Arrays.copyOf(durable, durableSize);
        image = Arrays.copyOf(image, (int) Math.max(newSize, reach()));
        int sector = survival.sectorBytes();
        BitSet touched = touched(sector);
        for (int at = touched.nextSetBit(0); at >= 0; at = touched.nextSetBit(at + 1)) {
            int start = at * sector;
            int end = start + sector;
            int version = version(survival, by, start, end);
            for (int i = 0; i < version; i++) {
                changes.get(i).apply(image, start, end);
            }
        }
        return Arrays.copyOf(image, (int) newSize);
    }

    /// After how many changes the sector is taken. A truncation that the size shows has zeroed what
    /// it cut; behind one that the size does not show, nothing later was written but in its own
    /// page.
    private int version(Survival survival, int by, int start, int end) {
        int least = 0;
        int most = changes.size();
        for (int i = 0; i < changes.size(); i++) {
            Change change = changes.get(i);
            if (!change.touches(start, end)) {
                continue;
            }
            if (change.status == Status.DURABLE || (change.truncation() && i < by)) {
                least = i + 1;
            } else if (change.truncation() && start / Survival.PAGE > change.from / Survival.PAGE) {
                most = i;
                break;
            }
        }
        return survival.version(
                least, most, i -> i < changes.size() && changes.get(i).touches(start, end));
    }

    private BitSet touched(int sector) {
        BitSet touched = new BitSet();
        for (Change change : changes) {
            if (change.from < change.to) {
                touched.set(change.from / sector, (change.to - 1) / sector + 1);
            }
        }
        return touched;
    }

    /// The largest size on the way.
    private int reach() {
        int reach = durableSize;
        for (Change change : changes) {
            reach = Math.max(reach, Math.max(change.to, change.sizeAfter));
        }
        return reach;
    }

    private static byte[] grown(byte[] array, int size) {
        return size <= array.length
                ? array
                : Arrays.copyOf(
                        array, Math.max(size, Math.min(2 * array.length, size + (1 << 20))));
    }

    private static long roundUp(long value, int unit) {
        return (value + unit - 1) / unit * unit;
    }
}
