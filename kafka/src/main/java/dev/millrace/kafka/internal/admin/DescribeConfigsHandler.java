package dev.millrace.kafka.internal.admin;

import dev.millrace.kafka.KafkaServerOptions;
import dev.millrace.kafka.internal.protocol.Caller;
import dev.millrace.kafka.internal.protocol.Handler;
import dev.millrace.kafka.internal.protocol.KafkaErrors;
import dev.millrace.log.EventLog;
import dev.millrace.log.LogException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.message.DescribeConfigsRequestData;
import org.apache.kafka.common.message.DescribeConfigsRequestData.DescribeConfigsResource;
import org.apache.kafka.common.message.DescribeConfigsResponseData;
import org.apache.kafka.common.message.DescribeConfigsResponseData.DescribeConfigsResult;

/// DescribeConfigs, of topics and of the broker.
public final class DescribeConfigsHandler implements Handler<DescribeConfigsRequestData> {
    private final EventLog log;
    private final KafkaServerOptions options;

    public DescribeConfigsHandler(EventLog log, KafkaServerOptions options) {
        this.log = log;
        this.options = options;
    }

    @Override
    public DescribeConfigsResponseData answer(DescribeConfigsRequestData request, Caller caller) {
        DescribeConfigsResponseData response = new DescribeConfigsResponseData();
        Set<DescribeConfigsResource> told = new HashSet<>();
        for (DescribeConfigsResource wanted : request.resources()) {
            if (told.add(wanted)) {
                response.results().add(describe(wanted, request));
            }
        }
        return response;
    }

    private DescribeConfigsResult describe(
            DescribeConfigsResource wanted, DescribeConfigsRequestData request) {
        DescribeConfigsResult result =
                new DescribeConfigsResult()
                        .setResourceType(wanted.resourceType())
                        .setResourceName(wanted.resourceName());
        try {
            List<String> keys = wanted.configurationKeys();
            for (ConfigEntry entry : entries(wanted)) {
                if (keys == null || keys.isEmpty() || keys.contains(entry.name())) {
                    result.configs()
                            .add(
                                    entry.described(
                                            request.includeSynonyms(),
                                            request.includeDocumentation()));
                }
            }
            return result;
        } catch (LogException | ApiException e) {
            return result.setErrorCode(KafkaErrors.of(e).code())
                    .setErrorMessage(KafkaErrors.message(e));
        }
    }

    private List<ConfigEntry> entries(DescribeConfigsResource wanted) {
        return switch (ConfigResource.of(wanted.resourceType(), wanted.resourceName())) {
            case TOPIC -> TopicKeys.describe(log.describeTopic(wanted.resourceName()).config());
            case BROKER -> BrokerKeys.describe(options);
        };
    }
}
