package dev.millrace.kafka.internal.admin;

import dev.millrace.kafka.internal.protocol.Caller;
import dev.millrace.kafka.internal.protocol.Handler;
import dev.millrace.kafka.internal.protocol.KafkaErrors;
import dev.millrace.log.EventLog;
import dev.millrace.log.LogException;
import dev.millrace.log.TopicPartition;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.message.DeleteRecordsRequestData;
import org.apache.kafka.common.message.DeleteRecordsRequestData.DeleteRecordsPartition;
import org.apache.kafka.common.message.DeleteRecordsRequestData.DeleteRecordsTopic;
import org.apache.kafka.common.message.DeleteRecordsResponseData;
import org.apache.kafka.common.message.DeleteRecordsResponseData.DeleteRecordsPartitionResult;
import org.apache.kafka.common.message.DeleteRecordsResponseData.DeleteRecordsTopicResult;
import org.apache.kafka.common.protocol.Errors;

/// DeleteRecords: deletes what lies before an offset, -1 for the high-water mark.
public final class DeleteRecordsHandler implements Handler<DeleteRecordsRequestData> {
    private static final long UNKNOWN = -1;

    private final EventLog log;

    public DeleteRecordsHandler(EventLog log) {
        this.log = log;
    }

    @Override
    public DeleteRecordsResponseData answer(DeleteRecordsRequestData request, Caller caller) {
        DeleteRecordsResponseData response = new DeleteRecordsResponseData();
        for (DeleteRecordsTopic topic : request.topics()) {
            DeleteRecordsTopicResult answered = response.topics().find(topic.name());
            if (answered == null) {
                answered = new DeleteRecordsTopicResult().setName(topic.name());
                response.topics().mustAdd(answered);
            }
            for (DeleteRecordsPartition wanted : topic.partitions()) {
                if (answered.partitions().find(wanted.partitionIndex()) == null) {
                    answered.partitions().mustAdd(delete(topic.name(), wanted));
                }
            }
        }
        return response;
    }

    private DeleteRecordsPartitionResult delete(String topic, DeleteRecordsPartition wanted) {
        DeleteRecordsPartitionResult result =
                new DeleteRecordsPartitionResult()
                        .setPartitionIndex(wanted.partitionIndex())
                        .setLowWatermark(UNKNOWN);
        try {
            OwnTopics.refuse(topic, "delete records of");
            if (!log.describeTopic(topic).config().deleted()) {
                throw Errors.POLICY_VIOLATION.exception();
            }
            if (wanted.offset() < -1) {
                throw Errors.OFFSET_OUT_OF_RANGE.exception();
            }
            TopicPartition partition = new TopicPartition(topic, wanted.partitionIndex());
            return result.setLowWatermark(log.deleteRecords(partition, wanted.offset()));
        } catch (LogException | ApiException e) {
            return result.setErrorCode(KafkaErrors.of(e).code());
        }
    }
}
