package dev.millrace.kafka;

import dev.millrace.kafka.internal.network.Listener;
import dev.millrace.kafka.internal.protocol.Api;
import dev.millrace.kafka.internal.protocol.Apis;
import dev.millrace.log.EventLog;
import dev.millrace.log.LogException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;

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
        List<Api> apis = new ArrayList<>();
        return new KafkaServer(Listener.start(options, new Apis(apis)));
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
