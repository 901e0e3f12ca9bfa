package dev.millrace.server;

import dev.millrace.kafka.ConsumerGroups;
import dev.millrace.kafka.KafkaServer;
import dev.millrace.log.LocalLog;
import dev.millrace.log.LogException;
import dev.millrace.log.LogException.Code;
import dev.millrace.log.RecoveryReport;
import dev.millrace.server.internal.api.Api;
import dev.millrace.server.internal.http.HttpLimits;
import dev.millrace.server.internal.http.HttpServer;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Map;

/// One process that serves a log: to Kafka's own clients, and over HTTP. The wiring of all of it is
/// in [#start].
///
/// ```java
/// try (MillraceServer server = MillraceServer.start(ServerOptions.defaults())) {
///     server.log().append("orders", record).join();
/// }
/// ```
///
/// All methods may be called from any thread.
public final class MillraceServer implements AutoCloseable {
    private static final Logger LOG = System.getLogger("dev.millrace.server");

    private final ServerOptions options;
    private final LocalLog log;
    private final KafkaServer kafka;
    private final HttpServer http;
    private boolean closed;

    private MillraceServer(
            ServerOptions options, LocalLog log, KafkaServer kafka, HttpServer http) {
        this.options = options;
        this.log = log;
        this.kafka = kafka;
        this.http = http;
    }

    /// Opens the log, creating it where there is none, and serves it from now on.
    ///
    /// @throws LogException `invalid-config` where an address cannot be bound, or would let others
    ///   in unasked; and whatever opening the log throws. Then nothing stays open
    public static MillraceServer start(ServerOptions options) {
        InetSocketAddress httpAddress = resolve("http.listen", options.httpListen(), options);
        resolve("kafka.listen", options.kafka().listen(), options);
        LocalLog log = LocalLog.open(options.directory(), options.log());
        try {
            KafkaServer kafka = KafkaServer.start(log, options.kafka());
            try {
                HttpLimits limits =
                        new HttpLimits(options.maxBodyBytes(), options.maxWaitingBytes());
                HttpServer http = startHttp(httpAddress, log, kafka, limits);
                MillraceServer server = new MillraceServer(options, log, kafka, http);
                log.announce(
                        Map.of(
                                "http", reachable(http.address()),
                                "kafka", reachable(kafka.address())));
                server.tellStart();
                return server;
            } catch (RuntimeException e) {
                kafka.close();
                throw e;
            }
        } catch (RuntimeException e) {
            log.close();
            throw e;
        }
    }

    private static HttpServer startHttp(
            InetSocketAddress address, LocalLog log, KafkaServer kafka, HttpLimits limits) {
        try {
            return HttpServer.start(address, Api.routes(log, kafka.groups()), limits);
        } catch (IOException e) {
            throw new LogException(
                    Code.INVALID_CONFIG,
                    "http.listen: %s cannot be bound: %s. Choose another address: --http HOST:PORT, MILLRACE_HTTP_LISTEN, or http.listen in millrace.yaml"
                            .formatted(text(address), e.getMessage()),
                    e);
        }
    }

    private static InetSocketAddress resolve(
            String key, InetSocketAddress address, ServerOptions options) {
        InetAddress host;
        try {
            host = InetAddress.getByName(address.getHostString());
        } catch (UnknownHostException e) {
            throw new LogException(
                    Code.INVALID_CONFIG,
                    "%s: no address is known of host '%s'".formatted(key, address.getHostString()),
                    e);
        }
        if (!host.isLoopbackAddress() && !options.insecure()) {
            throw new LogException(
                    Code.INVALID_CONFIG,
                    "%s: others can reach %s, and whoever does may read, write and delete everything. Add --insecure (server.insecure: true) if that is meant, or listen on 127.0.0.1"
                            .formatted(key, text(address)));
        }
        return new InetSocketAddress(host, address.getPort());
    }

    private static String text(InetSocketAddress address) {
        String host = address.getHostString();
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + address.getPort();
    }

    /// Where this machine reaches an address that was bound.
    private static String reachable(InetSocketAddress bound) {
        InetAddress host = bound.getAddress();
        return text(
                host.isAnyLocalAddress()
                        ? new InetSocketAddress(InetAddress.getLoopbackAddress(), bound.getPort())
                        : new InetSocketAddress(host.getHostAddress(), bound.getPort()));
    }

    private void tellStart() {
        RecoveryReport recovery = log.recovery();
        tell(
                "opened %s: durability %s, %s in %.0f ms"
                        .formatted(
                                log.directory(),
                                options.log().topicDefaults().get("durability"),
                                recovery.clean() ? "closed in order" : "recovered",
                                recovery.nanos() / 1e6));
        tell("Kafka protocol on " + text(kafka.address()));
        tell("HTTP on http://" + text(http.address()));
        if (options.insecure()) {
            LOG.log(Level.WARNING, "server.insecure: whoever reaches these addresses may do all");
        }
    }

    private static void tell(String what) {
        LOG.log(Level.INFO, what);
    }

    /// The log that is served.
    public LocalLog log() {
        return log;
    }

    /// The consumer groups of Kafka's clients.
    public ConsumerGroups groups() {
        return kafka.groups();
    }

    /// Where Kafka's clients are served.
    public InetSocketAddress kafkaAddress() {
        return kafka.address();
    }

    /// Where HTTP is served.
    public InetSocketAddress httpAddress() {
        return http.address();
    }

    /// Takes nothing new, waits for requests in work (`server.drain.ms` at most), and closes the
    /// log. Idempotent.
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        tell("closing");
        long begun = System.nanoTime();
        Duration drain = Duration.ofMillis(options.drainMillis());
        http.close(drain);
        Duration left = drain.minusNanos(System.nanoTime() - begun);
        kafka.close(left.isNegative() ? Duration.ZERO : left);
        log.close();
        tell("closed " + log.directory());
    }
}
