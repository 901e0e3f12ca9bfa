package dev.millrace.log.internal;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.function.Consumer;
import java.util.function.Supplier;

/// Things that are dear to make and for one thread at a time, kept for who needs one next: about as
/// many as there are processors, whatever the number of threads. For any number of threads.
final class Pool<T> {
    private final ArrayBlockingQueue<T> idle =
            new ArrayBlockingQueue<>(2 * Runtime.getRuntime().availableProcessors());
    private final Supplier<T> maker;
    private final Consumer<T> ender;

    /// @param ender what becomes of one for which there is no room
    Pool(Supplier<T> maker, Consumer<T> ender) {
        this.maker = maker;
        this.ender = ender;
    }

    T take() {
        T one = idle.poll();
        return one != null ? one : maker.get();
    }

    void giveBack(T one) {
        if (!idle.offer(one)) {
            ender.accept(one);
        }
    }
}
