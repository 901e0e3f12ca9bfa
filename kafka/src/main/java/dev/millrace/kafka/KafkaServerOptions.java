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
    private static final long DAY_MILLIS = 86_400_000;

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
                    ConfigKey.bytes("kafka.fetch.max.bytes", 55 * MIB, 1024, 1 << 30),
                    ConfigKey.number(
                            "kafka.group.min.session.timeout.ms", 6000, 1, Integer.MAX_VALUE),
                    ConfigKey.number(
                            "kafka.group.max.session.timeout.ms", 1_800_000, 1, Integer.MAX_VALUE),
                    ConfigKey.number(
                            "kafka.group.initial.rebalance.delay.ms", 100, 0, Integer.MAX_VALUE),
                    ConfigKey.number("kafka.group.max.size", 1000, 1, 1_000_000),
                    ConfigKey.number("kafka.group.max.groups", 100_000, 1, Integer.MAX_VALUE),
                    ConfigKey.bytes("kafka.group.max.member.bytes", MIB, 1024, 16 * MIB),
                    ConfigKey.bytes("kafka.offset.metadata.max.bytes", 4096, 0, 32_767),
                    ConfigKey.milliseconds("kafka.offsets.retention.ms", 7 * DAY_MILLIS, 1));

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

    /// `kafka.group.min.session.timeout.ms`: the shortest session timeout of a member.
    public int minSessionTimeoutMillis() {
        return (int) number("kafka.group.min.session.timeout.ms");
    }

    /// `kafka.group.max.session.timeout.ms`: the longest session timeout of a member.
    public int maxSessionTimeoutMillis() {
        return (int) number("kafka.group.max.session.timeout.ms");
    }

    /// `kafka.group.initial.rebalance.delay.ms`: how long a group that begins waits for more
    /// members behind each that joins.
    public int initialRebalanceDelayMillis() {
        return (int) number("kafka.group.initial.rebalance.delay.ms");
    }

    /// `kafka.group.max.size`: how many members a group may have.
    public int maxGroupSize() {
        return (int) number("kafka.group.max.size");
    }

    /// `kafka.group.max.groups`: how many groups there may be.
    public int maxGroups() {
        return (int) number("kafka.group.max.groups");
    }

    /// `kafka.group.max.member.bytes`: what a member may say with its protocols, in all.
    public int maxMemberBytes() {
        return (int) number("kafka.group.max.member.bytes");
    }

    /// `kafka.offset.metadata.max.bytes`: what may be said with a committed offset.
    public int maxOffsetMetadataBytes() {
        return (int) number("kafka.offset.metadata.max.bytes");
    }

    /// `kafka.offsets.retention.ms`: how long the offsets of a group without members are kept.
    public long offsetsRetentionMillis() {
        return number("kafka.offsets.retention.ms");
    }

    @Override
    public String toString() {
        return "KafkaServerOptions" + values;
    }
}
