package dev.millrace.kafka.internal.admin;

import dev.millrace.kafka.internal.data.TopicIds;
import dev.millrace.kafka.internal.protocol.Caller;
import dev.millrace.kafka.internal.protocol.Handler;
import dev.millrace.kafka.internal.protocol.KafkaErrors;
import dev.millrace.log.EventLog;
import dev.millrace.log.LogException;
import java.util.HashSet;
import java.util.Set;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.message.DeleteTopicsRequestData;
import org.apache.kafka.common.message.DeleteTopicsRequestData.DeleteTopicState;
import org.apache.kafka.common.message.DeleteTopicsResponseData;
import org.apache.kafka.common.message.DeleteTopicsResponseData.DeletableTopicResult;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/// DeleteTopics, by names or, from version 6 on, by ids too.
public final class DeleteTopicsHandler implements Handler<DeleteTopicsRequestData> {
    private static final int FIRST_WITH_IDS = 6;

    private final EventLog log;
    private final TopicIds ids;

    public DeleteTopicsHandler(EventLog log, TopicIds ids) {
        this.log = log;
        this.ids = ids;
    }

    @Override
    public DeleteTopicsResponseData answer(DeleteTopicsRequestData request, Caller caller) {
        DeleteTopicsResponseData response = new DeleteTopicsResponseData();
        if (caller.version() < FIRST_WITH_IDS) {
            Set<String> names = new HashSet<>(request.topicNames());
            names.forEach(name -> response.responses().mustAdd(delete(name, Uuid.ZERO_UUID)));
        } else {
            Set<DeleteTopicState> topics = new HashSet<>(request.topics());
            topics.forEach(one -> response.responses().mustAdd(delete(one.name(), one.topicId())));
        }
        return response;
    }

    private DeletableTopicResult delete(@Nullable String name, Uuid id) {
        DeletableTopicResult result = new DeletableTopicResult().setName(name).setTopicId(id);
        try {
            String found = name == null ? ids.name(id) : name;
            if (name != null && !id.equals(Uuid.ZERO_UUID)) {
                throw Errors.INVALID_REQUEST.exception(
                        "a topic is to be deleted by its name and by an id; choose one");
            }
            if (found == null) {
                throw Errors.UNKNOWN_TOPIC_ID.exception();
            }
            OwnTopics.refuse(found, "delete");
            result.setName(found).setTopicId(TopicIds.of(log.describeTopic(found)));
            log.deleteTopic(found);
            return result;
        } catch (LogException | ApiException e) {
            return result.setErrorCode(KafkaErrors.of(e).code())
                    .setErrorMessage(KafkaErrors.message(e));
        }
    }
}
