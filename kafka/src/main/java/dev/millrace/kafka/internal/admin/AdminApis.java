package dev.millrace.kafka.internal.admin;

import dev.millrace.kafka.KafkaServerOptions;
import dev.millrace.kafka.internal.data.BatchSource;
import dev.millrace.kafka.internal.data.TopicIds;
import dev.millrace.kafka.internal.protocol.Api;
import dev.millrace.kafka.internal.protocol.Cluster;
import dev.millrace.log.EventLog;
import java.util.List;
import org.apache.kafka.common.protocol.ApiKeys;

/// What admin clients ask, but for groups.
public final class AdminApis {
    private AdminApis() {}

    /// Their rows of the table.
    public static List<Api> of(
            EventLog log,
            BatchSource source,
            TopicIds ids,
            KafkaServerOptions options,
            Cluster cluster) {
        return List.of(
                Api.of(ApiKeys.CREATE_TOPICS, 2, 7, new CreateTopicsHandler(log, options)),
                Api.of(ApiKeys.DELETE_TOPICS, 1, 6, new DeleteTopicsHandler(log, ids)),
                Api.of(ApiKeys.DELETE_RECORDS, 0, 2, new DeleteRecordsHandler(log)),
                Api.of(ApiKeys.DESCRIBE_CONFIGS, 1, 4, new DescribeConfigsHandler(log, options)),
                Api.of(ApiKeys.ALTER_CONFIGS, 0, 2, new AlterConfigsHandler(log)),
                Api.of(ApiKeys.DESCRIBE_LOG_DIRS, 1, 4, new DescribeLogDirsHandler(log)),
                Api.of(ApiKeys.CREATE_PARTITIONS, 0, 3, new CreatePartitionsHandler(log)),
                Api.of(
                        ApiKeys.INCREMENTAL_ALTER_CONFIGS,
                        0,
                        1,
                        new IncrementalAlterConfigsHandler(log)),
                Api.of(
                        ApiKeys.DESCRIBE_CLUSTER,
                        0,
                        2,
                        new DescribeClusterHandler(options, cluster)),
                Api.of(ApiKeys.DESCRIBE_PRODUCERS, 0, 0, new DescribeProducersHandler(log)),
                Api.of(
                        ApiKeys.DESCRIBE_TOPIC_PARTITIONS,
                        0,
                        0,
                        new DescribeTopicsHandler(log, source)));
    }
}
