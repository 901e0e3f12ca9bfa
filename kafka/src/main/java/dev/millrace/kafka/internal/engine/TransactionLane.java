package dev.millrace.kafka.internal.engine;

import dev.millrace.log.AppendResult;
import dev.millrace.log.LogException;
import dev.millrace.log.LogException.Code;
import dev.millrace.log.TopicPartition;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.ToIntFunction;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;

/// Carries out atomic appends, one transaction after the other.
///
/// As in [AppendLane], records that belong together must come into one batch: where a part would
/// not fit behind the one before it in the same partition, that one is flushed first.
///
/// The coordinator answers a commit before the partitions know of it. An atomic append is answered
/// when readers see it: when each partition's end has passed it, for which another open transaction
/// may have to end first; that is waited for for a few seconds only.
///
/// Behind a failure the producer is replaced by one of the same transactional id. That one fences
/// the old, and has its transaction ended before it begins, so that none is left open.
///
/// `submit` and `close` for any number of threads.
final class TransactionLane implements AutoCloseable {
    private static final Duration VISIBLE = Duration.ofSeconds(5);

    /// An atomic append, or the end.
    private record Transaction(
            List<PendingAppend> parts, CompletableFuture<List<AppendResult>> answer) {}

    private static final Transaction END = new Transaction(List.of(), new CompletableFuture<>());

    private final ClusterClients clients;
    private final ClusterOffsets offsets;
    private final ToIntFunction<TopicPartition> mostBytes;
    private final String id = "millrace-" + UUID.randomUUID();
    private final BlockingQueue<Transaction> waiting = new LinkedBlockingQueue<>();
    private final Thread thread;
    private @Nullable Producer<byte[], byte[]> producer;
    private boolean closed;

    TransactionLane(
            ClusterClients clients,
            ClusterOffsets offsets,
            ToIntFunction<TopicPartition> mostBytes) {
        this.clients = clients;
        this.offsets = offsets;
        this.mostBytes = mostBytes;
        thread = Thread.ofPlatform().daemon().name("cluster-transactions").start(this::run);
    }

    /// @throws LogException `closed`
    synchronized CompletableFuture<List<AppendResult>> submit(List<PendingAppend> parts) {
        if (closed) {
            throw ClusterAdmin.closed();
        }
        CompletableFuture<List<AppendResult>> answer = new CompletableFuture<>();
        waiting.add(new Transaction(parts, answer));
        return answer;
    }

    private void run() {
        while (true) {
            Transaction next;
            try {
                next = waiting.take();
            } catch (InterruptedException e) {
                continue; // nobody but close ends it
            }
            if (next == END) {
                break;
            }
            carryOut(next);
        }
        if (producer != null) {
            producer.close();
        }
    }

    private void carryOut(Transaction transaction) {
        List<AppendResult> results;
        try {
            Producer<byte[], byte[]> present = open();
            present.beginTransaction();
            results = send(transaction.parts(), present);
            commit(present);
        } catch (RuntimeException e) {
            discard();
            transaction.answer().completeExceptionally(ClusterErrors.of(e, "appending atomically"));
            return;
        }
        awaitVisible(results);
        transaction.answer().complete(results);
    }

    private Producer<byte[], byte[]> open() {
        Producer<byte[], byte[]> present = producer;
        if (present == null) {
            present = clients.transactional(id);
            producer = present;
            present.initTransactions();
        }
        return present;
    }

    private List<AppendResult> send(List<PendingAppend> parts, Producer<byte[], byte[]> present) {
        Map<TopicPartition, Long> open = new HashMap<>();
        for (PendingAppend part : parts) {
            long before = open.getOrDefault(part.partition(), 0L);
            long with = before == 0 ? part.sizeBytes() : before + part.joiningBytes();
            if (with > mostBytes.applyAsInt(part.partition())) {
                present.flush();
                open.clear();
                with = part.sizeBytes();
            }
            part.sendTo(present);
            open.put(part.partition(), with);
        }
        present.flush();
        List<AppendResult> results = new ArrayList<>();
        parts.forEach(part -> results.add(part.answer().join()));
        return results;
    }

    private static void commit(Producer<byte[], byte[]> present) {
        try {
            present.commitTransaction();
        } catch (TimeoutException e) {
            commitAgain(present);
        }
    }

    /// Asking again is safe: it is the same end of the same transaction.
    private static void commitAgain(Producer<byte[], byte[]> present) {
        try {
            present.commitTransaction();
        } catch (TimeoutException e) {
            throw new LogException(
                    Code.UNAVAILABLE,
                    "the cluster did not say whether an atomic append was committed; it is there as a whole or not at all: read to see",
                    e);
        }
    }

    private void awaitVisible(List<AppendResult> results) {
        try {
            for (AppendResult result : results) {
                offsets.await(result.partition(), result.lastOffset(), VISIBLE);
            }
        } catch (LogException e) {
            // it is committed all the same
        }
    }

    /// Aborts what is open, as far as that is possible.
    private void discard() {
        Producer<byte[], byte[]> failed = producer;
        producer = null;
        if (failed == null) {
            return;
        }
        try {
            failed.abortTransaction();
        } catch (RuntimeException e) {
            // the next producer of this id has it aborted
        }
        failed.close(Duration.ZERO);
    }

    /// Carries out what was submitted, and returns when it is answered.
    @Override
    public void close() {
        synchronized (this) {
            if (!closed) {
                closed = true;
                waiting.add(END);
            }
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
