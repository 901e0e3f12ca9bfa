package dev.millrace.kafka.internal.admin;

import dev.millrace.kafka.internal.protocol.Caller;
import dev.millrace.kafka.internal.protocol.Handler;
import dev.millrace.kafka.internal.protocol.KafkaErrors;
import dev.millrace.log.EventLog;
import dev.millrace.log.LogException;
import dev.millrace.log.TopicSpec;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.message.CreatePartitionsRequestData;
import org.apache.kafka.common.message.CreatePartitionsRequestData.CreatePartitionsAssignment;
import org.apache.kafka.common.message.CreatePartitionsRequestData.CreatePartitionsTopic;
import org.apache.kafka.common.message.CreatePartitionsResponseData;
import org.apache.kafka.common.message.CreatePartitionsResponseData.CreatePartitionsTopicResult;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/// CreatePartitions: gives topics more partitions.
public final class CreatePartitionsHandler implements Handler<CreatePartitionsRequestData> {
    private final EventLog log;

    public CreatePartitionsHandler(EventLog log) {
        this.log = log;
    }

    @Override
    public CreatePartitionsResponseData answer(CreatePartitionsRequestData request, Caller caller) {
        CreatePartitionsResponseData response = new CreatePartitionsResponseData();
        for (CreatePartitionsTopic wanted : request.topics()) {
            CreatePartitionsTopicResult result =
                    new CreatePartitionsTopicResult().setName(wanted.name());
            response.results().add(result);
            try {
                add(wanted, request.validateOnly());
                result.setErrorMessage(null);
            } catch (LogException | ApiException e) {
                result.setErrorCode(KafkaErrors.of(e).code())
                        .setErrorMessage(KafkaErrors.message(e));
            }
        }
        return response;
    }

    private void add(CreatePartitionsTopic wanted, boolean validateOnly) {
        OwnTopics.refuse(wanted.name(), "add partitions to");
        int now = log.describeTopic(wanted.name()).partitions();
        int count = wanted.count();
        try {
            new TopicSpec(wanted.name(), count, Map.of()).validate();
        } catch (LogException e) {
            throw Errors.INVALID_PARTITIONS.exception(KafkaErrors.message(e));
        }
        if (count <= now) {
            throw Errors.INVALID_PARTITIONS.exception(
                    "topic '%s' has %d partitions and can only have more, not %d"
                            .formatted(wanted.name(), now, count));
        }
        PartitionLimit.require(count - now);
        requireNode(wanted.assignments(), now, count);
        if (!validateOnly) {
            log.addPartitions(wanted.name(), count);
        }
    }

    /// @param assignments null where the client leaves them to us
    private static void requireNode(
            @Nullable List<CreatePartitionsAssignment> assignments, int now, int count) {
        if (assignments == null) {
            return;
        }
        if (assignments.size() != count - now) {
            throw Errors.INVALID_REPLICA_ASSIGNMENT.exception(
                    "%d partitions are assigned where %d are to be added"
                            .formatted(assignments.size(), count - now));
        }
        for (int i = 0; i < assignments.size(); i++) {
            NodeAssignment.requireNode(now + i, assignments.get(i).brokerIds());
        }
    }
}
