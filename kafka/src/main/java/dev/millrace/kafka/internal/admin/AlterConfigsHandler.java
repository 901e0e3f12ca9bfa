package dev.millrace.kafka.internal.admin;

import dev.millrace.kafka.internal.admin.TopicChanges.Changes;
import dev.millrace.kafka.internal.protocol.Caller;
import dev.millrace.kafka.internal.protocol.Handler;
import dev.millrace.log.EventLog;
import dev.millrace.log.LogException;
import dev.millrace.log.LogException.Code;
import dev.millrace.log.TopicDescription;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.message.AlterConfigsRequestData;
import org.apache.kafka.common.message.AlterConfigsRequestData.AlterConfigsResource;
import org.apache.kafka.common.message.AlterConfigsRequestData.AlterableConfig;
import org.apache.kafka.common.message.AlterConfigsResponseData;
import org.apache.kafka.common.message.AlterConfigsResponseData.AlterConfigsResourceResponse;
import org.apache.kafka.common.requests.ApiError;

/// AlterConfigs: the keys that are given get their values, and all others their defaults, but for
/// `durability`, which a topic keeps.
public final class AlterConfigsHandler implements Handler<AlterConfigsRequestData> {
    private final TopicChanges topics;

    public AlterConfigsHandler(EventLog log) {
        this.topics = new TopicChanges(log);
    }

    @Override
    public AlterConfigsResponseData answer(AlterConfigsRequestData request, Caller caller) {
        AlterConfigsResponseData response = new AlterConfigsResponseData();
        for (AlterConfigsResource resource : request.resources()) {
            byte type = resource.resourceType();
            String name = resource.resourceName();
            ApiError error =
                    topics.apply(
                            type,
                            name,
                            request.resources().findAll(type, name).size(),
                            topic -> changes(resource, topic),
                            request.validateOnly());
            response.responses()
                    .add(
                            new AlterConfigsResourceResponse()
                                    .setResourceType(type)
                                    .setResourceName(name)
                                    .setErrorCode(error.error().code())
                                    .setErrorMessage(error.message()));
        }
        return response;
    }

    private static Changes changes(AlterConfigsResource resource, TopicDescription topic) {
        Map<String, String> asked = new HashMap<>();
        for (AlterableConfig key : resource.configs()) {
            if (key.value() == null) {
                throw new LogException(
                        Code.INVALID_CONFIG, "%s has no value".formatted(key.name()));
            }
            asked.put(key.name(), key.value());
        }
        Map<String, String> set = TopicKeys.ours(asked, topic.config().durability());
        return new Changes(set, TopicKeys.others(set.keySet()));
    }
}
