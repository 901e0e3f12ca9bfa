package dev.millrace.kafka.internal.engine;

import dev.millrace.log.LogException;
import dev.millrace.log.TopicPartition;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.ToIntFunction;
import org.apache.kafka.clients.producer.Producer;
import org.jspecify.annotations.Nullable;

/// Sends the appends of some partitions, in the order in which they came, with one producer.
///
/// *Batches.* Kafka's producer cuts batches as it likes: when one is full, when it has lingered, or
/// while somebody flushes. Records that are appended together must come into one batch, since only
/// a batch is appended as a whole. So the lane takes, in each round, no more for a partition than
/// fits into one batch, sends it all while nothing is being flushed and nothing has lingered, and
/// then flushes. Each partition's share of the round is one batch on the wire.
///
/// *Pace.* Whatever came during a round is the next one. Nothing waits for company, and a lone
/// append goes out at once; under load the batches grow by themselves.
///
/// *Failures.* The producer sends again by itself, in order and without duplicates, until
/// `cluster.timeout.ms` is over. Behind a failed round it is replaced, since it may be fenced or
/// worse; nothing is on its way then.
///
/// `submit` and `close` for any number of threads.
final class AppendLane implements AutoCloseable {
    private final ClusterClients clients;
    private final ToIntFunction<TopicPartition> mostBytes;
    private final Thread thread;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition arrived = lock.newCondition();
    private final Map<TopicPartition, Queue<PendingAppend>> waiting = new LinkedHashMap<>();
    private @Nullable Producer<byte[], byte[]> producer;
    private boolean closed;

    /// @param mostBytes the largest batch that a partition takes
    AppendLane(ClusterClients clients, int number, ToIntFunction<TopicPartition> mostBytes) {
        this.clients = clients;
        this.mostBytes = mostBytes;
        thread = Thread.ofPlatform().daemon().name("cluster-lane-" + number).start(this::run);
    }

    /// Appends when all that came before for the partition has been sent.
    ///
    /// @throws LogException `closed`
    void submit(PendingAppend append) {
        lock.lock();
        try {
            if (closed) {
                throw ClusterAdmin.closed();
            }
            waiting.computeIfAbsent(append.partition(), p -> new ArrayDeque<>()).add(append);
            arrived.signal();
        } finally {
            lock.unlock();
        }
    }

    private void run() {
        for (List<PendingAppend> round = take(); !round.isEmpty(); round = take()) {
            send(round);
        }
        if (producer != null) {
            producer.close();
        }
    }

    /// What goes out next; empty where the lane is closed and nothing is left.
    private List<PendingAppend> take() {
        lock.lock();
        try {
            while (waiting.isEmpty() && !closed) {
                arrived.awaitUninterruptibly();
            }
            List<PendingAppend> round = new ArrayList<>();
            Iterator<Queue<PendingAppend>> queues = waiting.values().iterator();
            while (queues.hasNext()) {
                Queue<PendingAppend> queue = queues.next();
                takeBatch(queue, round);
                if (queue.isEmpty()) {
                    queues.remove();
                }
            }
            return round;
        } finally {
            lock.unlock();
        }
    }

    private void takeBatch(Queue<PendingAppend> queue, List<PendingAppend> round) {
        PendingAppend first = queue.remove();
        round.add(first);
        long bytes = first.sizeBytes();
        int most = mostBytes.applyAsInt(first.partition());
        while (!queue.isEmpty() && bytes + queue.element().joiningBytes() <= most) {
            PendingAppend next = queue.remove();
            round.add(next);
            bytes += next.joiningBytes();
        }
    }

    private void send(List<PendingAppend> round) {
        try {
            Producer<byte[], byte[]> present = producer == null ? clients.producer() : producer;
            producer = present;
            round.forEach(append -> append.sendTo(present));
            present.flush();
        } catch (RuntimeException e) {
            LogException failure = ClusterErrors.of(e, "sending to the cluster");
            round.forEach(append -> append.answer().completeExceptionally(failure));
        }
        boolean failed = round.stream().anyMatch(a -> a.answer().isCompletedExceptionally());
        if (failed && producer != null) {
            producer.close(java.time.Duration.ZERO);
            producer = null;
        }
    }

    /// Sends what was submitted, and returns when it is answered.
    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            arrived.signal();
        } finally {
            lock.unlock();
        }
        boolean interrupted = false;
        while (true) {
            try {
                thread.join();
                break;
            } catch (InterruptedException e) {
                interrupted = true; // what was appended is completed first
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
