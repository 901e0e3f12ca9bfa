package dev.millrace.kafka;

import dev.millrace.kafka.internal.data.BatchSource;
import dev.millrace.kafka.internal.data.FetchWork;
import dev.millrace.kafka.internal.data.InitProducerIdHandler;
import dev.millrace.kafka.internal.data.LeaderEpochHandler;
import dev.millrace.kafka.internal.data.ListOffsetsHandler;
import dev.millrace.kafka.internal.data.MetadataHandler;
import dev.millrace.kafka.internal.data.ProduceWork;
import dev.millrace.kafka.internal.data.TopicIds;
import dev.millrace.kafka.internal.network.Listener;
import dev.millrace.kafka.internal.protocol.Api;
import dev.millrace.kafka.internal.protocol.Apis;
import dev.millrace.kafka.internal.protocol.Cluster;
import dev.millrace.log.EventLog;
import dev.millrace.log.LocalLog;
import dev.millrace.log.LogException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.apache.kafka.common.protocol.ApiKeys;

/// Serves a log to Kafka's own clients: one broker, node 0, the leader of every partition.
///
/// ```java
/// try (LocalLog log = LocalLog.open(Path.of("data"));
///         KafkaServer server = KafkaServer.start(log, KafkaServerOptions.defaults())) {
///     ...
/// }
/// ```
///
/// The log is the caller's, who closes it after the server. What is spoken is in
/// `docs/reference/kafka-compatibility.md`. All methods may be called from any thread.
public final class KafkaServer implements AutoCloseable {
    private final Listener listener;

    private KafkaServer(Listener listener) {
        this.listener = listener;
    }

    /// Serves the log from now on.
    ///
    /// @throws LogException `invalid-config` where the address cannot be bound
    public static KafkaServer start(EventLog log, KafkaServerOptions options) {
        Cluster cluster =
                Cluster.of(log instanceof LocalLog local ? local.id() : UUID.randomUUID());
        List<Api> apis = new ArrayList<>();
        apis.addAll(data(log, options, cluster));
        return new KafkaServer(Listener.start(options, new Apis(apis)));
    }

    private static List<Api> data(EventLog log, KafkaServerOptions options, Cluster cluster) {
        BatchSource source = BatchSource.of(log);
        TopicIds ids = new TopicIds(log);
        return List.of(
                Api.ofBytes(ApiKeys.PRODUCE, 0, 12, new ProduceWork(log)),
                Api.ofBytes(ApiKeys.FETCH, 4, 16, new FetchWork(log, source, ids, options)),
                Api.of(ApiKeys.LIST_OFFSETS, 1, 10, new ListOffsetsHandler(log, source)),
                Api.of(
                        ApiKeys.METADATA,
                        0,
                        13,
                        new MetadataHandler(log, source, ids, options, cluster)),
                Api.of(ApiKeys.OFFSET_FOR_LEADER_EPOCH, 2, 4, new LeaderEpochHandler(log, source)),
                Api.of(ApiKeys.INIT_PRODUCER_ID, 0, 5, new InitProducerIdHandler(log)));
    }

    /// The address that was bound.
    public InetSocketAddress address() {
        return listener.address();
    }

    /// How many clients are connected.
    public int connections() {
        return listener.connections();
    }

    /// Takes no requests any more, answers those in work, and closes the connections. Idempotent.
    @Override
    public void close() {
        listener.close();
    }
}
