package dev.millrace.kafka.internal.admin;

import dev.millrace.kafka.internal.protocol.Caller;
import dev.millrace.kafka.internal.protocol.Handler;
import dev.millrace.kafka.internal.protocol.KafkaErrors;
import dev.millrace.log.EventLog;
import dev.millrace.log.LocalLog;
import dev.millrace.log.LogException;
import dev.millrace.log.ProducerDescription;
import dev.millrace.log.TopicPartition;
import org.apache.kafka.common.message.DescribeProducersRequestData;
import org.apache.kafka.common.message.DescribeProducersRequestData.TopicRequest;
import org.apache.kafka.common.message.DescribeProducersResponseData;
import org.apache.kafka.common.message.DescribeProducersResponseData.PartitionResponse;
import org.apache.kafka.common.message.DescribeProducersResponseData.ProducerState;
import org.apache.kafka.common.message.DescribeProducersResponseData.TopicResponse;

/// DescribeProducers: the idempotent producers that partitions know. A log that knows none has
/// none.
public final class DescribeProducersHandler implements Handler<DescribeProducersRequestData> {
    private final EventLog log;

    public DescribeProducersHandler(EventLog log) {
        this.log = log;
    }

    @Override
    public DescribeProducersResponseData answer(
            DescribeProducersRequestData request, Caller caller) {
        DescribeProducersResponseData response = new DescribeProducersResponseData();
        for (TopicRequest topic : request.topics()) {
            TopicResponse answered = new TopicResponse().setName(topic.name());
            response.topics().add(answered);
            for (int number : topic.partitionIndexes().stream().distinct().toList()) {
                answered.partitions().add(describe(new TopicPartition(topic.name(), number)));
            }
        }
        return response;
    }

    private PartitionResponse describe(TopicPartition partition) {
        PartitionResponse described =
                new PartitionResponse().setPartitionIndex(partition.partition());
        try {
            log.sizeInBytes(partition); // whether it is there
            if (log instanceof LocalLog local) {
                for (ProducerDescription producer : local.producers(partition)) {
                    described.activeProducers().add(describe(producer));
                }
            }
            return described;
        } catch (LogException e) {
            return described
                    .setErrorCode(KafkaErrors.of(e).code())
                    .setErrorMessage(KafkaErrors.message(e));
        }
    }

    private static ProducerState describe(ProducerDescription producer) {
        return new ProducerState()
                .setProducerId(producer.producer().id())
                .setProducerEpoch(producer.producer().epoch())
                .setLastSequence(producer.lastSequence())
                .setLastTimestamp(producer.appendedAtMillis());
    }
}
