package dev.millrace.kafka;

import dev.millrace.log.ConfigKey;
import dev.millrace.log.LogException;
import dev.millrace.log.LogException.Code;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// How a [KafkaServer] works. Every key is described in `docs/reference/configuration.md`; behind
/// `kafka.` they have the names of Kafka's broker where it has them. Immutable.
public final class KafkaServerOptions {
    private static final long MIB = 1 << 20;

    private static final List<ConfigKey> KEYS =
            List.of(
                    ConfigKey.text("kafka.listen", "127.0.0.1:9092"),
                    ConfigKey.text("kafka.advertised", ""),
                    ConfigKey.bool("kafka.auto.create.topics.enable", true),
                    ConfigKey.number("kafka.num.partitions", 1, 1, 100_000),
                    ConfigKey.number("kafka.max.connections", 10_000, 1, Integer.MAX_VALUE),
                    ConfigKey.milliseconds("kafka.connections.max.idle.ms", 600_000, 1),
                    ConfigKey.milliseconds("kafka.connections.max.stall.ms", 30_000, 1),
                    ConfigKey.bytes("kafka.socket.request.max.bytes", 100 * MIB, 1024, 1 << 30),
                    ConfigKey.bytes("kafka.queued.max.request.bytes", 128 * MIB, MIB, 1L << 40),
                    ConfigKey.bytes("kafka.fetch.max.bytes", 55 * MIB, 1024, 1 << 30));

    private static final KafkaServerOptions DEFAULTS = new KafkaServerOptions(Map.of());

    private final Map<String, String> values;

    private KafkaServerOptions(Map<String, String> given) {
        values = ConfigKey.complete("Kafka server configuration", KEYS, given);
        listen();
        if (!values.getOrDefault("kafka.advertised", "").isEmpty()) {
            address("kafka.advertised");
        }
    }

    /// Every key, in the order of the reference.
    public static List<ConfigKey> keys() {
        return KEYS;
    }

    public static KafkaServerOptions defaults() {
        return DEFAULTS;
    }

    /// Defaults, overridden by `keys`.
    ///
    /// @throws LogException `invalid-config` for an unknown key or a value out of its range
    public static KafkaServerOptions of(Map<String, String> keys) {
        return new KafkaServerOptions(keys);
    }

    /// These options with another value for one key.
    ///
    /// @throws LogException `invalid-config` for an unknown key or a value out of its range
    public KafkaServerOptions with(String key, String value) {
        Map<String, String> changed = new HashMap<>(values);
        changed.put(key, value);
        return new KafkaServerOptions(changed);
    }

    /// Every key with its value, in the order of the reference.
    public Map<String, String> asMap() {
        return values;
    }

    private long number(String key) {
        return Long.parseLong(values.getOrDefault(key, ""));
    }

    private InetSocketAddress address(String key) {
        String text = values.getOrDefault(key, "");
        int colon = text.lastIndexOf(':');
        try {
            if (colon > 0) {
                String host = text.substring(0, colon);
                String bare =
                        host.startsWith("[") && host.endsWith("]")
                                ? host.substring(1, host.length() - 1)
                                : host;
                return InetSocketAddress.createUnresolved(
                        bare, Integer.parseInt(text.substring(colon + 1)));
            }
        } catch (IllegalArgumentException e) {
            // said below
        }
        throw new LogException(
                Code.INVALID_CONFIG,
                "%s must be HOST:PORT with a port from 0 to 65535, not '%s'".formatted(key, text));
    }

    /// `kafka.listen`: the address that is bound, not resolved; port 0 for any that is free.
    public InetSocketAddress listen() {
        return address("kafka.listen");
    }

    /// `kafka.advertised`: the address that clients are told, not resolved, for one that reached
    /// `reached`.
    public InetSocketAddress advertised(InetSocketAddress reached) {
        return values.getOrDefault("kafka.advertised", "").isEmpty()
                ? InetSocketAddress.createUnresolved(
                        reached.getAddress().getHostAddress(), reached.getPort())
                : address("kafka.advertised");
    }

    /// `kafka.auto.create.topics.enable`: whether a topic is created that a client asks for.
    public boolean autoCreateTopics() {
        return Boolean.parseBoolean(values.get("kafka.auto.create.topics.enable"));
    }

    /// `kafka.num.partitions`: of a topic that is created without saying how many.
    public int partitions() {
        return (int) number("kafka.num.partitions");
    }

    /// `kafka.max.connections`: more are closed as they come.
    public int maxConnections() {
        return (int) number("kafka.max.connections");
    }

    /// `kafka.connections.max.idle.ms`: a connection on which nothing is asked is closed.
    public long maxIdleMillis() {
        return number("kafka.connections.max.idle.ms");
    }

    /// `kafka.connections.max.stall.ms`: a client that neither ends its request nor takes its
    /// response is cut off.
    public long maxStallMillis() {
        return number("kafka.connections.max.stall.ms");
    }

    /// `kafka.socket.request.max.bytes`: the largest request.
    public int maxRequestBytes() {
        return (int) number("kafka.socket.request.max.bytes");
    }

    /// `kafka.queued.max.request.bytes`: what requests may take of memory, of all connections;
    /// while they do, no more are read.
    public long maxQueuedBytes() {
        return number("kafka.queued.max.request.bytes");
    }

    /// `kafka.fetch.max.bytes`: the largest answer to a fetch, but for a single larger batch.
    public int maxFetchBytes() {
        return (int) number("kafka.fetch.max.bytes");
    }

    @Override
    public String toString() {
        return "KafkaServerOptions" + values;
    }
}
