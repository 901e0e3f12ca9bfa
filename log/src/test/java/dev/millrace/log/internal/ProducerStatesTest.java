package dev.millrace.log.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.log.AppendResult;
import dev.millrace.log.LogException;
import dev.millrace.log.LogException.Code;
import dev.millrace.log.RecordBatch;
import dev.millrace.log.TestLog;
import dev.millrace.log.TopicConfig;
import dev.millrace.log.TopicPartition;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// [ProducerStates] beside a model that keeps every batch there ever was and asks all of them.
class ProducerStatesTest {
    private static final TopicPartition EVENTS = TestLog.EVENTS;

    private record Batch(
            long id, int epoch, int first, int last, long offset, boolean published, long at) {}

    private static final class StandingClock implements Clock {
        private long millis = 1_000_000;

        @Override
        public long nanos() {
            return millis * 1_000_000;
        }

        @Override
        public long epochMillis() {
            return millis;
        }

        @Override
        public void parkUntil(@Nullable Object blocker, long nanos) {
            throw new UnsupportedOperationException();
        }
    }

    private final StandingClock clock = new StandingClock();
    private final PartitionLog partition;
    private ProducerStates states = new ProducerStates(clock, 500);
    private final List<Batch> model = new ArrayList<>();
    private final Map<Long, PendingAppend> underWay = new HashMap<>();
    private long end;
    private long next;

    ProducerStatesTest() throws Exception {
        MemoryStorage storage = new MemoryStorage();
        Path path = Path.of("/p");
        storage.createDirectories(path);
        partition =
                PartitionLog.fresh(
                        EVENTS,
                        new UUID(1, 2),
                        TopicConfig.defaults(),
                        storage,
                        path,
                        LeaderEpochs.initial(),
                        Segment.create(storage, path, 0, 100));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void answersAsTheModelDoes(long seed) throws Exception {
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < 5000; i++) {
            String where = "seed " + seed + ", step " + i;
            int choice = random.nextInt(20);
            if (choice < 14) {
                append(random, where);
            } else if (choice < 17) {
                end = next == end ? end : random.nextLong(end, next + 1);
                publish();
            } else if (choice == 17) {
                takeBack(end == next ? end : random.nextLong(end, next));
            } else if (choice == 18) {
                clock.millis += random.nextInt(random.nextInt(8) == 0 ? 900 : 60);
            } else {
                restart();
            }
        }
    }

    private void append(SplittableRandom random, String where) {
        long id = random.nextInt(4);
        List<Batch> of = known(id);
        Batch last = of.isEmpty() ? null : of.getLast();
        int epoch = (last == null ? 0 : last.epoch) + (random.nextInt(12) - 2) / 8;
        int count = 1 + random.nextInt(3);
        int sequence =
                last == null || epoch != last.epoch
                        ? random.nextInt(2)
                        : ProducerSequence.plus(last.last, 1 + (random.nextInt(16) - 1) / 14);
        if (!of.isEmpty() && random.nextInt(4) == 0) {
            Batch again = of.get(random.nextInt(of.size()));
            epoch = again.epoch;
            sequence = again.first;
            count = ProducerSequence.plus(again.last, 1 - again.first);
        } else if (last == null && random.nextInt(4) == 0) {
            sequence = Integer.MAX_VALUE - random.nextInt(3);
        }
        epoch = Math.max(0, epoch);
        RecordBatch.Builder builder = RecordBatch.builder().producer(id, epoch, sequence);
        for (int i = 0; i < count; i++) {
            builder.add(0, null, null);
        }
        PendingAppend append = new PendingAppend(partition, builder.build());
        Batch batch =
                new Batch(
                        id,
                        epoch,
                        sequence,
                        ProducerSequence.plus(sequence, count - 1),
                        next,
                        false,
                        clock.millis);
        CompletableFuture<AppendResult> original = states.answerOfOriginal(append);
        Batch known = original(batch, of);
        if (known == null) {
            assertThat(original).as(where).isNull();
        } else if (known.published) {
            assertThat(original.join().baseOffset()).as(where).isEqualTo(known.offset);
            assertThat(original.join().count()).as(where).isEqualTo(count);
            return;
        } else {
            assertThat(original).as(where).isSameAs(underWay.get(known.offset));
            return;
        }
        LogException problem = states.problem(append);
        assertThat(problem == null ? null : problem.code())
                .as(where + ": " + batch + " behind " + last)
                .isEqualTo(problem(batch, last));
        if (problem == null) {
            states.admitted(append, next);
            model.add(batch);
            underWay.put(next, append);
            next += count;
        }
    }

    /// What is not too old; the last batch says how old the producer is.
    private List<Batch> known(long id) {
        List<Batch> of = model.stream().filter(batch -> batch.id == id).toList();
        boolean expired =
                !of.isEmpty() && of.getLast().published && clock.millis - of.getLast().at >= 500;
        if (expired) {
            model.removeIf(batch -> batch.id == id);
            return List.of();
        }
        return of;
    }

    private static @Nullable Batch original(Batch batch, List<Batch> of) {
        List<Batch> sameEpoch = of.stream().filter(b -> b.epoch == batch.epoch).toList();
        if (sameEpoch.isEmpty() || of.getLast().epoch != batch.epoch) {
            return null;
        }
        List<Batch> published = sameEpoch.stream().filter(Batch::published).toList();
        List<Batch> candidates = new ArrayList<>(sameEpoch);
        candidates.removeAll(published.subList(0, Math.max(0, published.size() - 5)));
        return candidates.stream()
                .filter(b -> b.first == batch.first && b.last == batch.last)
                .findFirst()
                .orElse(null);
    }

    private static @Nullable Code problem(Batch batch, @Nullable Batch last) {
        if (last == null) {
            return null;
        } else if (batch.epoch < last.epoch) {
            return Code.PRODUCER_FENCED;
        }
        int expected = batch.epoch > last.epoch ? 0 : ProducerSequence.plus(last.last, 1);
        return batch.first == expected ? null : Code.OUT_OF_ORDER_SEQUENCE;
    }

    /// To the next end of a batch.
    private void publish() {
        for (Batch batch : List.copyOf(model)) {
            long behind = batch.offset + ProducerSequence.plus(batch.last, 1 - batch.first);
            if (!batch.published && batch.offset < end) {
                end = Math.max(end, behind);
                model.set(
                        model.indexOf(batch),
                        new Batch(
                                batch.id,
                                batch.epoch,
                                batch.first,
                                batch.last,
                                batch.offset,
                                true,
                                batch.at));
                underWay.remove(batch.offset);
            }
        }
        states.published(end);
    }

    private void takeBack(long from) {
        long at = from;
        for (Batch batch : model.reversed()) {
            long behind = batch.offset + ProducerSequence.plus(batch.last, 1 - batch.first);
            at = batch.offset < at && behind > at ? batch.offset : at;
        }
        long cut = at;
        states.takenBack(cut);
        model.removeIf(batch -> !batch.published && batch.offset >= cut);
        underWay.keySet().removeIf(offset -> offset >= cut);
        next = cut;
    }

    /// What is published goes through a snapshot into another.
    private void restart() {
        takeBack(end);
        List<ProducerSnapshot.Entry> entries =
                ProducerSnapshot.decode(ProducerSnapshot.encode(states.entries()));
        states = new ProducerStates(clock, 500);
        assertThat(entries).isNotNull();
        states.load(entries);
    }

    @Test
    void aDamagedSnapshotIsToldFromASoundOne() {
        List<ProducerSnapshot.Entry> entries =
                List.of(
                        new ProducerSnapshot.Entry(7, (short) 1, 9, 100, 2, 5),
                        new ProducerSnapshot.Entry(8, (short) 0, 0, 103, 0, 6));
        java.nio.ByteBuffer bytes = ProducerSnapshot.encode(entries);
        assertThat(ProducerSnapshot.decode(bytes)).isEqualTo(entries);
        for (int i = 0; i < bytes.limit(); i++) {
            bytes.put(i, (byte) (bytes.get(i) ^ 1));
            assertThat(ProducerSnapshot.decode(bytes)).as("byte " + i).isNull();
            bytes.put(i, (byte) (bytes.get(i) ^ 1));
            assertThat(ProducerSnapshot.decode(bytes.slice(0, i))).as("cut at " + i).isNull();
        }
    }
}
