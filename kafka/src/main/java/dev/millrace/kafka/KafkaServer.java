package dev.millrace.kafka;

import dev.millrace.kafka.internal.admin.AdminApis;
import dev.millrace.kafka.internal.data.BatchSource;
import dev.millrace.kafka.internal.data.FetchWork;
import dev.millrace.kafka.internal.data.InitProducerIdHandler;
import dev.millrace.kafka.internal.data.LeaderEpochHandler;
import dev.millrace.kafka.internal.data.ListOffsetsHandler;
import dev.millrace.kafka.internal.data.MetadataHandler;
import dev.millrace.kafka.internal.data.ProduceWork;
import dev.millrace.kafka.internal.data.TopicIds;
import dev.millrace.kafka.internal.group.GroupApis;
import dev.millrace.kafka.internal.group.GroupOptions;
import dev.millrace.kafka.internal.network.Listener;
import dev.millrace.kafka.internal.protocol.Api;
import dev.millrace.kafka.internal.protocol.Apis;
import dev.millrace.kafka.internal.protocol.Cluster;
import dev.millrace.kafka.internal.protocol.SaslHandshakeHandler;
import dev.millrace.log.Capability;
import dev.millrace.log.EventLog;
import dev.millrace.log.LocalLog;
import dev.millrace.log.LogException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.apache.kafka.common.protocol.ApiKeys;
import org.jspecify.annotations.Nullable;

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
    private static final Duration MOST_WAIT = Duration.ofSeconds(5);

    private final Apis apis;
    private final Listener listener;
    private final @Nullable GroupApis groups;

    private KafkaServer(Apis apis, Listener listener, @Nullable GroupApis groups) {
        this.apis = apis;
        this.listener = listener;
        this.groups = groups;
    }

    /// Serves the log from now on. Consumer groups and idempotent producers are known only where it
    /// is a [LocalLog], which keeps what is derived from it in its directory; of a log on a
    /// cluster, they are the cluster's.
    ///
    /// @throws LogException `invalid-config` where the address cannot be bound
    public static KafkaServer start(EventLog log, KafkaServerOptions options) {
        List<Api> apis = new ArrayList<>();
        BatchSource source = BatchSource.of(log);
        TopicIds ids = new TopicIds(log);
        Cluster cluster =
                Cluster.of(log instanceof LocalLog local ? local.id() : UUID.randomUUID());
        apis.addAll(data(log, source, ids, options, cluster));
        apis.addAll(AdminApis.of(log, source, ids, options, cluster));
        if (!(log instanceof LocalLog local && hasItsBatches(local))) {
            Apis table = new Apis(apis);
            return new KafkaServer(table, Listener.start(options, table), null);
        }
        GroupApis groups =
                GroupApis.open(log, local.views(), groupOptions(options), options::advertised);
        try {
            apis.addAll(groups.apis());
            Apis table = new Apis(apis);
            return new KafkaServer(table, Listener.start(options, table), groups);
        } catch (RuntimeException e) {
            groups.close();
            throw e;
        }
    }

    /// Not where the log is another server's, which has its own groups.
    private static boolean hasItsBatches(LocalLog log) {
        return log.capabilities().contains(Capability.STORES_BATCHES_UNCHANGED);
    }

    private static GroupOptions groupOptions(KafkaServerOptions options) {
        return new GroupOptions(
                options.minSessionTimeoutMillis(),
                options.maxSessionTimeoutMillis(),
                options.initialRebalanceDelayMillis(),
                options.maxGroupSize(),
                options.maxGroups(),
                options.maxMemberBytes(),
                options.maxOffsetMetadataBytes(),
                options.offsetsRetentionMillis());
    }

    private static List<Api> data(
            EventLog log,
            BatchSource source,
            TopicIds ids,
            KafkaServerOptions options,
            Cluster cluster) {
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
                Api.of(ApiKeys.INIT_PRODUCER_ID, 0, 5, new InitProducerIdHandler(log)),
                Api.of(ApiKeys.SASL_HANDSHAKE, 0, 1, new SaslHandshakeHandler()));
    }

    /// The address that was bound.
    public InetSocketAddress address() {
        return listener.address();
    }

    /// How many clients are connected.
    public int connections() {
        return listener.connections();
    }

    /// The consumer groups that are served.
    ///
    /// @throws LogException `not-supported` where the log is on a cluster, whose own they are
    public ConsumerGroups groups() {
        if (groups == null) {
            throw new LogException(
                    LogException.Code.NOT_SUPPORTED,
                    "the groups of a log on a cluster are the cluster's: ask that");
        }
        return groups.groups();
    }

    /// What is spoken, in order of the keys.
    List<Api> apis() {
        return apis.all();
    }

    /// Bytes that requests take of memory now.
    long requestBytes() {
        return listener.requestBytes();
    }

    /// As [#close(Duration)], waiting for five seconds at most.
    @Override
    public void close() {
        close(MOST_WAIT);
    }

    /// Takes no requests any more, answers those in work, and closes the connections. Idempotent.
    ///
    /// @param mostWait for requests in work; who is not answered by then never will be
    public void close(Duration mostWait) {
        if (groups == null) {
            listener.close(mostWait);
        } else {
            groups.sendAway();
            listener.close(mostWait);
            groups.close();
        }
    }
}
