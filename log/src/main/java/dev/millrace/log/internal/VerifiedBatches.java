package dev.millrace.log.internal;

import java.util.concurrent.atomic.AtomicReferenceArray;

/// Remembers, for one segment, which batches have been checked since it was opened: a bit for every
/// 64 bytes. No two batches begin in the same 64, since the smallest has 68.
///
/// For any number of threads; a bit lost to a race only makes a batch be checked again.
final class VerifiedBatches {
    private static final int BYTES_PER_BIT_SHIFT = 6;
    private static final int WORDS_PER_PAGE = 4096;
    private static final int PAGE_SHIFT = BYTES_PER_BIT_SHIFT + 6 + 12; // 16 MiB of segment a page
    private static final int PAGES = 1 << (31 - PAGE_SHIFT);

    private final AtomicReferenceArray<long[]> pages = new AtomicReferenceArray<>(PAGES);

    boolean contains(long position) {
        long[] page = pages.get((int) (position >>> PAGE_SHIFT));
        return page != null && (page[word(position)] & bit(position)) != 0;
    }

    void add(long position) {
        int number = (int) (position >>> PAGE_SHIFT);
        long[] page = pages.get(number);
        if (page == null) {
            pages.compareAndSet(number, null, new long[WORDS_PER_PAGE]);
            page = pages.get(number);
        }
        page[word(position)] |= bit(position);
    }

    void clear() {
        for (int i = 0; i < PAGES; i++) {
            pages.set(i, null);
        }
    }

    private static int word(long position) {
        return (int) (position >>> (BYTES_PER_BIT_SHIFT + 6)) & (WORDS_PER_PAGE - 1);
    }

    private static long bit(long position) {
        return 1L << (position >>> BYTES_PER_BIT_SHIFT);
    }
}
