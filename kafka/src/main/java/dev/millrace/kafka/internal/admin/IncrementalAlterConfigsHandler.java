package dev.millrace.kafka.internal.admin;

import dev.millrace.kafka.internal.admin.TopicChanges.Changes;
import dev.millrace.kafka.internal.protocol.Caller;
import dev.millrace.kafka.internal.protocol.Handler;
import dev.millrace.log.EventLog;
import dev.millrace.log.LogException;
import dev.millrace.log.LogException.Code;
import dev.millrace.log.TopicDescription;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData.AlterConfigsResource;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData.AlterableConfig;
import org.apache.kafka.common.message.IncrementalAlterConfigsResponseData;
import org.apache.kafka.common.message.IncrementalAlterConfigsResponseData.AlterConfigsResourceResponse;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.ApiError;

/// IncrementalAlterConfigs: sets keys, and brings others back to their defaults; adds to and takes
/// from those that are lists.
public final class IncrementalAlterConfigsHandler
        implements Handler<IncrementalAlterConfigsRequestData> {
    private static final byte SET = 0;
    private static final byte DELETE = 1;
    private static final byte APPEND = 2;
    private static final byte SUBTRACT = 3;

    private final TopicChanges topics;

    public IncrementalAlterConfigsHandler(EventLog log) {
        this.topics = new TopicChanges(log);
    }

    @Override
    public IncrementalAlterConfigsResponseData answer(
            IncrementalAlterConfigsRequestData request, Caller caller) {
        IncrementalAlterConfigsResponseData response = new IncrementalAlterConfigsResponseData();
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
        Map<String, String> set = new HashMap<>();
        Set<String> toDefault = new HashSet<>();
        Set<String> named = new HashSet<>();
        for (AlterableConfig key : resource.configs()) {
            if (!named.add(key.name())) {
                throw Errors.INVALID_REQUEST.exception(
                        "the request names %s twice".formatted(key.name()));
            }
            if (key.configOperation() == DELETE) {
                toDefault.add(key.name());
            } else {
                set.put(key.name(), value(key, topic));
            }
        }
        return new Changes(
                TopicKeys.ours(set, topic.config().durability()), TopicKeys.ours(toDefault));
    }

    private static String value(AlterableConfig key, TopicDescription topic) {
        String value = key.value();
        if (value == null) {
            throw Errors.INVALID_REQUEST.exception("%s has no value".formatted(key.name()));
        }
        return switch (key.configOperation()) {
            case SET -> value;
            case APPEND, SUBTRACT -> {
                Set<String> items = items(key.name(), topic);
                List<String> given = Arrays.asList(value.replace(" ", "").split(","));
                boolean _ =
                        key.configOperation() == APPEND
                                ? items.addAll(given)
                                : items.removeAll(given);
                yield String.join(",", items);
            }
            default ->
                    throw Errors.INVALID_REQUEST.exception(
                            "there is no operation %d on a key".formatted(key.configOperation()));
        };
    }

    private static Set<String> items(String key, TopicDescription topic) {
        if (!TopicKeys.isList(key)) {
            throw new LogException(
                    Code.INVALID_CONFIG,
                    "%s is no list, to which something could be added, or taken from"
                            .formatted(key));
        }
        String now = topic.config().asMap().getOrDefault(key, "");
        return new LinkedHashSet<>(Arrays.asList(now.split(",")));
    }
}
