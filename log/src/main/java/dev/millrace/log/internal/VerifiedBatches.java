package dev.millrace.log.internal;

import java.util.concurrent.atomic.AtomicReferenceArray;

/// Remembers, for one segment, which batches have been checked since it was opened: a bit for every
/// 61 bytes, in which no two batches begin, since the smallest is a header without records.
///
/// For any number of threads; a bit lost to a race only makes a batch be checked again.
final class VerifiedBatches {
    private static final int WORDS_PER_PAGE = 4096;
    private static final int PAGE_SHIFT = 6 + 12; // in bits; 15 MiB of segment a page
    private static final int PAGES =
            (Integer.MAX_VALUE / BatchFormat.HEADER_BYTES >>> PAGE_SHIFT) + 1;

    private final AtomicReferenceArray<long[]> pages = new AtomicReferenceArray<>(PAGES);

    boolean contains(long position) {
        int bit = bit(position);
        long[] page = pages.get(bit >>> PAGE_SHIFT);
        return page != null && (page[word(bit)] & 1L << bit) != 0;
    }

    void add(long position) {
        int bit = bit(position);
        int number = bit >>> PAGE_SHIFT;
        long[] page = pages.get(number);
        if (page == null) {
            pages.compareAndSet(number, null, new long[WORDS_PER_PAGE]);
            page = pages.get(number);
        }
        page[word(bit)] |= 1L << bit;
    }

    void clear() {
        for (int i = 0; i < PAGES; i++) {
            pages.set(i, null);
        }
    }

    private static int bit(long position) {
        return (int) position / BatchFormat.HEADER_BYTES;
    }

    private static int word(int bit) {
        return (bit >>> 6) & (WORDS_PER_PAGE - 1);
    }
}
