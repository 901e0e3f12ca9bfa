package dev.millrace.kafka;

import dev.millrace.kafka.internal.engine.ClusterLog;
import dev.millrace.log.EventLog;
import dev.millrace.log.LogException;
import java.util.UUID;

/// The log on an Apache Kafka cluster, through Kafka's own clients.
///
/// ```java
/// try (KafkaLog log = KafkaLog.open("broker-1:9092,broker-2:9092")) {
///     log.createTopic(TopicSpec.named("orders").partitions(4));
///     log.append("orders", LogRecord.of("customer-7", "{\"total\":12}")).join();
/// }
/// ```
///
/// What it promises beside a log in a directory, and what it cannot do, is in
/// `docs/decisions/0013-kafka-log.md`. In short: acknowledged means in the page cache of every
/// replica in sync, at least `min.insync.replicas` of them; readers see what is committed; a batch
/// is one batch on the wire, all or none; an atomic append is a transaction, and its end takes an
/// offset of each partition; there are no conditional appends.
public interface KafkaLog extends EventLog {

    /// Opens the log on the cluster that these brokers belong to.
    ///
    /// @param bootstrap brokers to ask for the others: `HOST:PORT,HOST:PORT`
    /// @throws LogException `unavailable` where none of them answers, `not-authorized`,
    ///   `invalid-config`
    static KafkaLog open(String bootstrap) {
        return open(bootstrap, KafkaLogOptions.defaults());
    }

    /// As [#open(String)].
    static KafkaLog open(String bootstrap, KafkaLogOptions options) {
        return ClusterLog.open(options.with("cluster.bootstrap.servers", bootstrap));
    }

    /// The cluster's id, which tells this log from others: for [dev.millrace.log.Views#over].
    UUID id();
}
