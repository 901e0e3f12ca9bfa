package dev.millrace.kafka.internal.engine;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;

/// Consumers that no cursor uses at the moment: making one takes connections and a look at the
/// cluster. For any number of threads.
final class ConsumerPool implements AutoCloseable {
    private static final int MOST_IDLE = 8;

    private final Supplier<Consumer<ByteBuffer, ByteBuffer>> make;
    private final Deque<Consumer<ByteBuffer, ByteBuffer>> idle = new ArrayDeque<>();
    private boolean closed;

    ConsumerPool(Supplier<Consumer<ByteBuffer, ByteBuffer>> make) {
        this.make = make;
    }

    Consumer<ByteBuffer, ByteBuffer> take() {
        synchronized (idle) {
            if (closed) {
                throw ClusterAdmin.closed();
            }
            if (!idle.isEmpty()) {
                return idle.pop();
            }
        }
        return make.get();
    }

    void give(Consumer<ByteBuffer, ByteBuffer> consumer) {
        consumer.unsubscribe();
        synchronized (idle) {
            if (!closed && idle.size() < MOST_IDLE) {
                idle.push(consumer);
                return;
            }
        }
        end(consumer);
    }

    static void end(Consumer<ByteBuffer, ByteBuffer> consumer) {
        consumer.close(CloseOptions.timeout(Duration.ZERO));
    }

    @Override
    public void close() {
        List<Consumer<ByteBuffer, ByteBuffer>> left;
        synchronized (idle) {
            closed = true;
            left = List.copyOf(idle);
            idle.clear();
        }
        left.forEach(ConsumerPool::end);
    }
}
