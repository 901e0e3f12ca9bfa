package dev.millrace.log.internal;

import dev.millrace.log.LogException;
import dev.millrace.log.ProducerId;
import dev.millrace.log.RecordBatch;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToIntFunction;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// Sends the batches of a producer, each partition's in a [ProducerLane] of its own.
final class ProducerOutbox implements Outbox {
    private final ProducerId producer;
    private final ToIntFunction<PartitionLog> nextSequence;
    private final UnaryOperator<PendingAppend> submit;
    private final Map<Integer, ProducerLane> lanes = new TreeMap<>();

    /// @param nextSequence of the producer, as a partition knows it; throws where it is fenced
    ProducerOutbox(
            ProducerId producer,
            ToIntFunction<PartitionLog> nextSequence,
            UnaryOperator<PendingAppend> submit) {
        this.producer = requireValid(producer);
        this.nextSequence = nextSequence;
        this.submit = submit;
    }

    private static ProducerId requireValid(ProducerId producer) {
        RecordBatch.Builder _ = RecordBatch.builder().producer(producer.id(), producer.epoch(), 0);
        return producer;
    }

    @Override
    public void beforeBatch(PartitionLog partition) {
        ProducerLane lane = lane(partition);
        if (lane.isBroken()) {
            lane.sendAgain();
            raise(lane.settle());
        }
    }

    private ProducerLane lane(PartitionLog partition) {
        return lanes.computeIfAbsent(
                partition.id().partition(),
                number -> new ProducerLane(producer, nextSequence.applyAsInt(partition), submit));
    }

    @Override
    public void send(PendingAppend answer, RecordBatch.Builder gathered) {
        lane(answer.partition()).send(answer, gathered);
    }

    @Override
    public void flush() {
        lanes.values().forEach(ProducerLane::sendAgain);
        LogException first = null;
        for (ProducerLane lane : lanes.values()) {
            LogException failure = lane.settle();
            first = first == null ? failure : first;
        }
        raise(first);
    }

    private static void raise(@Nullable LogException failure) {
        if (failure != null) {
            throw new LogException(failure.code(), String.valueOf(failure.getMessage()), failure);
        }
    }

    @Override
    public void close() {
        lanes.values().forEach(ProducerLane::giveUp);
    }
}
