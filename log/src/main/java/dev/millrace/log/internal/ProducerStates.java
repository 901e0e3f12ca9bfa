package dev.millrace.log.internal;

import dev.millrace.log.AppendResult;
import dev.millrace.log.LogException;
import dev.millrace.log.LogException.Code;
import dev.millrace.log.ProducerDescription;
import dev.millrace.log.ProducerId;
import dev.millrace.log.TopicPartition;
import dev.millrace.log.internal.ProducerSnapshot.Entry;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// What one partition knows of its producers, so that a batch that is sent again is not appended
/// again, and one before it that got lost is missed. The rules are Kafka's (its
/// `ProducerAppendInfo`):
///
/// * Of every producer the last five batches are known, and all that are on their way. A batch of
///   the same epoch with the first and the last sequence of one of them is that one again, and gets
///   its answer.
/// * Otherwise a batch must follow the last one: its base sequence is one more. A new epoch begins
///   with 0. An epoch below the last one is fenced.
/// * Of a producer that is not known any batch is taken: what there was of it may have expired, or
///   gone with its segments.
///
/// Batches that are [#admitted] count at once, so that many can be on their way; they become part
/// of what is kept when they are [#published], and are forgotten when they are [#takenBack].
///
/// For any number of threads; admitting, publishing and taking back belong to the one that writes.
final class ProducerStates {
    /// Batches of a producer that are known after they were appended.
    static final int KEPT_BATCHES = 5;

    private static final long MOST_BETWEEN_SWEEPS_MILLIS = 600_000;

    /// A batch that was admitted and is not published.
    private record UnderWay(Entry entry, PendingAppend append) {}

    private static final class Producer {
        final ArrayDeque<Entry> kept = new ArrayDeque<>(KEPT_BATCHES);
        final ArrayDeque<UnderWay> underWay = new ArrayDeque<>(1);

        @Nullable Entry last() {
            UnderWay newest = underWay.peekLast();
            return newest != null ? newest.entry : kept.peekLast();
        }

        void keep(Entry entry) {
            Entry before = kept.peekLast();
            if (before != null && before.epoch() != entry.epoch()) {
                kept.clear();
            } else if (kept.size() == KEPT_BATCHES) {
                kept.removeFirst();
            }
            kept.addLast(entry);
        }
    }

    private final Map<Long, Producer> producers = new HashMap<>();

    /// Of all producers, in the order of their offsets.
    private final ArrayDeque<UnderWay> underWay = new ArrayDeque<>();

    private final Clock clock;
    private final long expirationMillis;
    private long sweptAtMillis;

    /// @param expirationMillis how long a producer is known that appends nothing
    ProducerStates(Clock clock, long expirationMillis) {
        this.clock = clock;
        this.expirationMillis = expirationMillis;
    }

    // ---- what the log holds

    /// Takes what a snapshot says.
    synchronized void load(List<Entry> entries) {
        entries.forEach(this::keep);
    }

    /// Takes a batch that is in the log; one without a producer is nothing to it.
    ///
    /// @param at where the batch begins in the buffer
    synchronized void replay(ByteBuffer b, int at) {
        if (BatchFormat.producerId(b, at) >= 0) {
            keep(entry(b, at, BatchFormat.baseOffset(b, at)));
        }
    }

    private void keep(Entry entry) {
        producers.computeIfAbsent(entry.producerId(), id -> new Producer()).keep(entry);
    }

    /// What is known of published batches: of each producer oldest first.
    synchronized List<Entry> entries() {
        sweep(clock.epochMillis());
        List<Entry> entries = new ArrayList<>();
        producers.values().forEach(producer -> entries.addAll(producer.kept));
        return entries;
    }

    /// Of each producer the last batch that is published, in no order.
    synchronized List<ProducerDescription> describe() {
        sweep(clock.epochMillis());
        List<ProducerDescription> all = new ArrayList<>();
        for (Producer producer : producers.values()) {
            Entry last = producer.kept.peekLast();
            if (last != null) {
                all.add(
                        new ProducerDescription(
                                new ProducerId(last.producerId(), last.epoch()),
                                last.lastSequence(),
                                last.lastOffset(),
                                last.timestampMillis()));
            }
        }
        return all;
    }

    /// The sequence with which the producer goes on, behind all that is known of it; 0 where that
    /// is nothing.
    ///
    /// @throws LogException `producer-fenced`
    synchronized int nextSequence(TopicPartition partition, ProducerId id) {
        Producer producer = known(id.id());
        Entry last = producer == null ? null : producer.last();
        if (last == null || last.epoch() < id.epoch()) {
            return 0;
        } else if (last.epoch() > id.epoch()) {
            throw fenced(partition, last, id.epoch());
        }
        return ProducerSequence.plus(last.lastSequence(), 1);
    }

    // ---- what comes

    /// The answer to a batch that was admitted before; null where it was not.
    synchronized @Nullable CompletableFuture<AppendResult> answerOfOriginal(PendingAppend append) {
        ByteBuffer b = append.batch().buffer();
        Producer producer = known(BatchFormat.producerId(b, 0));
        Entry newest = producer == null ? null : producer.last();
        short epoch = BatchFormat.producerEpoch(b, 0);
        if (producer == null || newest == null || newest.epoch() != epoch) {
            return null;
        }
        int first = BatchFormat.baseSequence(b, 0);
        int lastSequence = ProducerSequence.plus(first, BatchFormat.lastOffsetDelta(b, 0));
        for (UnderWay each : producer.underWay) {
            if (isSame(each.entry, epoch, first, lastSequence)) {
                return each.append;
            }
        }
        for (Entry each : producer.kept) {
            if (isSame(each, epoch, first, lastSequence)) {
                return CompletableFuture.completedFuture(
                        new AppendResult(
                                append.partition().id(),
                                each.firstOffset(),
                                each.offsetDelta() + 1,
                                append.partition().config().durability()));
            }
        }
        return null;
    }

    /// Why a batch that was not admitted before is refused: `producer-fenced` or
    /// `out-of-order-sequence`; null where it is not.
    synchronized @Nullable LogException problem(PendingAppend append) {
        ByteBuffer b = append.batch().buffer();
        Producer producer = known(BatchFormat.producerId(b, 0));
        Entry last = producer == null ? null : producer.last();
        if (last == null) {
            return null;
        }
        short epoch = BatchFormat.producerEpoch(b, 0);
        int first = BatchFormat.baseSequence(b, 0);
        if (epoch < last.epoch()) {
            return fenced(append.partition().id(), last, epoch);
        }
        int expected = epoch == last.epoch() ? ProducerSequence.plus(last.lastSequence(), 1) : 0;
        return first == expected ? null : outOfOrder(append, last, epoch, first, expected);
    }

    private static boolean isSame(Entry entry, short epoch, int first, int last) {
        return entry.epoch() == epoch
                && entry.firstSequence() == first
                && entry.lastSequence() == last;
    }

    private static LogException fenced(TopicPartition partition, Entry last, int epoch) {
        return new LogException(
                Code.PRODUCER_FENCED,
                "%s: producer %d appends with epoch %d, but there is one with epoch %d by now"
                        .formatted(partition, last.producerId(), epoch, last.epoch()));
    }

    private static LogException outOfOrder(
            PendingAppend append, Entry last, short epoch, int first, int expected) {
        return new LogException(
                Code.OUT_OF_ORDER_SEQUENCE,
                "%s: producer %d (epoch %d) appends from sequence %d, and %d comes next: a batch before it is missing, or it is one of long ago"
                        .formatted(
                                append.partition().id(),
                                last.producerId(),
                                epoch,
                                first,
                                expected));
    }

    /// The producer, unless it has been idle for too long.
    private @Nullable Producer known(long id) {
        Producer producer = producers.get(id);
        if (producer != null && isExpired(producer, clock.epochMillis())) {
            producers.remove(id);
            return null;
        }
        return producer;
    }

    private boolean isExpired(Producer producer, long nowMillis) {
        Entry last = producer.kept.peekLast();
        return producer.underWay.isEmpty()
                && (last == null || nowMillis - last.timestampMillis() >= expirationMillis);
    }

    /// A batch that has no [#problem] is on its way to this offset.
    synchronized void admitted(PendingAppend append, long offset) {
        Entry entry = entry(append.batch().buffer(), 0, offset);
        UnderWay batch = new UnderWay(entry, append);
        Producer producer = producers.get(entry.producerId());
        if (producer == null) {
            sweepNowAndThen();
            producer = new Producer();
            producers.put(entry.producerId(), producer);
        }
        producer.underWay.addLast(batch);
        underWay.addLast(batch);
    }

    /// Everything below `end` is in the log for good.
    synchronized void published(long end) {
        UnderWay oldest = underWay.peekFirst();
        while (oldest != null && oldest.entry.lastOffset() < end) {
            underWay.removeFirst();
            Producer producer = producers.get(oldest.entry.producerId());
            if (producer != null) {
                producer.underWay.removeFirst();
                producer.keep(oldest.entry);
            }
            oldest = underWay.peekFirst();
        }
    }

    /// Nothing from `offset` on came into the log.
    synchronized void takenBack(long offset) {
        UnderWay newest = underWay.peekLast();
        while (newest != null && newest.entry.lastOffset() >= offset) {
            underWay.removeLast();
            Producer producer = producers.get(newest.entry.producerId());
            if (producer != null) {
                producer.underWay.removeLast();
                if (producer.last() == null) {
                    producers.remove(newest.entry.producerId());
                }
            }
            newest = underWay.peekLast();
        }
    }

    private Entry entry(ByteBuffer b, int at, long offset) {
        int delta = BatchFormat.lastOffsetDelta(b, at);
        return new Entry(
                BatchFormat.producerId(b, at),
                BatchFormat.producerEpoch(b, at),
                ProducerSequence.plus(BatchFormat.baseSequence(b, at), delta),
                offset + delta,
                delta,
                clock.epochMillis());
    }

    private void sweepNowAndThen() {
        long now = clock.epochMillis();
        if (now - sweptAtMillis >= Math.min(expirationMillis, MOST_BETWEEN_SWEEPS_MILLIS)) {
            sweep(now);
        }
    }

    private void sweep(long nowMillis) {
        sweptAtMillis = nowMillis;
        producers.values().removeIf(producer -> isExpired(producer, nowMillis));
    }
}
