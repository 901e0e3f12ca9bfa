package dev.millrace.log.internal;

import java.util.concurrent.atomic.AtomicLong;

/// A number that one thread at a time changes and any thread reads, without the price of a volatile
/// write.
final class Counter {
    private final AtomicLong value = new AtomicLong();

    void add(long more) {
        value.setRelease(value.getPlain() + more);
    }

    void set(long now) {
        value.setRelease(now);
    }

    long get() {
        return value.get();
    }
}
