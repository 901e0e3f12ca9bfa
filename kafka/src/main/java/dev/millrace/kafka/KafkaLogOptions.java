package dev.millrace.kafka;

import dev.millrace.log.ConfigKey;
import dev.millrace.log.LogException;
import dev.millrace.log.LogException.Code;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// How a [KafkaLog] works. Every key is described in `docs/reference/configuration.md`. Beside
/// them, `cluster.client.PROPERTY` hands a property of Kafka's clients through: how they connect
/// and who they are (`security.protocol`, `sasl.…`, `ssl.…`), not how they work. Immutable.
public final class KafkaLogOptions {
    private static final String CLIENT = "cluster.client.";
    private static final String READ_QUORUM = "cluster.read.quorum";
    private static final long MIB = 1 << 20;

    private static final List<ConfigKey> KEYS =
            List.of(
                    ConfigKey.text("cluster.bootstrap.servers", ""),
                    ConfigKey.choice("cluster.acks", "all", List.of("all", "1")),
                    ConfigKey.number("cluster.replication.factor", -1, -1, Short.MAX_VALUE),
                    ConfigKey.number("cluster.min.insync.replicas", -1, -1, Short.MAX_VALUE),
                    ConfigKey.number(READ_QUORUM, 1, 1, 1),
                    ConfigKey.milliseconds("cluster.timeout.ms", 30_000, 1000),
                    ConfigKey.bytes("cluster.batch.bytes", MIB, 1 << 12, 1 << 28),
                    ConfigKey.bytes("cluster.appender.batch.bytes", 64 << 10, 1, 1 << 28),
                    ConfigKey.bytes("cluster.max-waiting-bytes", 64 * MIB, 1, 1L << 40),
                    ConfigKey.number("cluster.lanes", 4, 1, 64));

    /// Beginnings of the client properties that may be given; the engine sets the others itself.
    private static final List<String> PASSED_THROUGH =
            List.of(
                    "security.",
                    "sasl.",
                    "ssl.",
                    "client.",
                    "socket.connection.setup.",
                    "send.buffer.bytes",
                    "receive.buffer.bytes",
                    "connections.max.idle.ms",
                    "reconnect.backoff.",
                    "retry.backoff.",
                    "metadata.");

    private static final KafkaLogOptions DEFAULTS = new KafkaLogOptions(Map.of());

    private final Map<String, String> values;
    private final Map<String, String> clientProperties;

    private KafkaLogOptions(Map<String, String> given) {
        Map<String, String> own = new HashMap<>();
        Map<String, String> passed = new TreeMap<>();
        given.forEach(
                (key, value) -> {
                    if (key.startsWith(CLIENT)) {
                        passed.put(passedThrough(key.substring(CLIENT.length())), value);
                    } else {
                        own.put(key, value);
                    }
                });
        if (!own.getOrDefault(READ_QUORUM, "1").strip().equals("1")) {
            throw new LogException(
                    Code.INVALID_CONFIG,
                    READ_QUORUM
                            + " can only be 1: Kafka's clients read a record from one replica, and"
                            + " it shows only what all replicas in sync have, so that more would"
                            + " see the same. How many have it before an append is acknowledged"
                            + " is cluster.min.insync.replicas");
        }
        values = ConfigKey.complete("cluster configuration", KEYS, own);
        clientProperties = Collections.unmodifiableMap(passed);
        requireNotZero("cluster.replication.factor");
        requireNotZero("cluster.min.insync.replicas");
        if (replicationFactor() > 0 && minInSyncReplicas() > replicationFactor()) {
            throw new LogException(
                    Code.INVALID_CONFIG,
                    "cluster.min.insync.replicas is %d, and cluster.replication.factor only %d: nothing could be appended"
                            .formatted(minInSyncReplicas(), replicationFactor()));
        }
    }

    private static String passedThrough(String property) {
        if (PASSED_THROUGH.stream().noneMatch(property::startsWith)) {
            throw new LogException(
                    Code.INVALID_CONFIG,
                    "%s%s cannot be given: what the log promises depends on it. Client properties that can begin with %s"
                            .formatted(CLIENT, property, String.join(", ", PASSED_THROUGH)));
        }
        return property;
    }

    private void requireNotZero(String key) {
        if (number(key) == 0) {
            throw new LogException(
                    Code.INVALID_CONFIG,
                    key + " must be -1 (as the cluster has it) or from 1 to 32767, not 0");
        }
    }

    /// Every key, in the order of the reference.
    public static List<ConfigKey> keys() {
        return KEYS;
    }

    public static KafkaLogOptions defaults() {
        return DEFAULTS;
    }

    /// Defaults, overridden by `keys`.
    ///
    /// @throws LogException `invalid-config` for an unknown key or a value out of its range
    public static KafkaLogOptions of(Map<String, String> keys) {
        return new KafkaLogOptions(keys);
    }

    /// These options with another value for one key.
    ///
    /// @throws LogException `invalid-config` for an unknown key or a value out of its range
    public KafkaLogOptions with(String key, String value) {
        Map<String, String> changed = new HashMap<>(values);
        clientProperties.forEach((name, text) -> changed.put(CLIENT + name, text));
        changed.put(key, value);
        return new KafkaLogOptions(changed);
    }

    /// As [#with(String,String)].
    public KafkaLogOptions with(String key, long value) {
        return with(key, Long.toString(value));
    }

    /// Every key with its value, in the order of the reference; without the client properties.
    public Map<String, String> asMap() {
        return values;
    }

    /// Properties for Kafka's clients, without their prefix. They may hold secrets.
    public Map<String, String> clientProperties() {
        return clientProperties;
    }

    private long number(String key) {
        return Long.parseLong(values.getOrDefault(key, ""));
    }

    /// `cluster.bootstrap.servers`: brokers to ask for the others, as `HOST:PORT,HOST:PORT`.
    public String bootstrapServers() {
        return values.getOrDefault("cluster.bootstrap.servers", "");
    }

    /// `cluster.acks`: `all` replicas in sync have a record before it is acknowledged, or `1`.
    public String acks() {
        return values.getOrDefault("cluster.acks", "");
    }

    /// `cluster.replication.factor`: of topics that are created; -1 as the cluster has it.
    public int replicationFactor() {
        return (int) number("cluster.replication.factor");
    }

    /// `cluster.min.insync.replicas`: of topics that are created; -1 as the cluster has it.
    public int minInSyncReplicas() {
        return (int) number("cluster.min.insync.replicas");
    }

    /// `cluster.timeout.ms`: how long the cluster is waited for.
    public int timeoutMillis() {
        return (int) Math.min(Integer.MAX_VALUE, number("cluster.timeout.ms"));
    }

    /// `cluster.batch.bytes`: the largest batch that is sent, before compression.
    public int batchBytes() {
        return (int) number("cluster.batch.bytes");
    }

    /// `cluster.appender.batch.bytes`: when the batch of an appender is full.
    public int appenderBatchBytes() {
        return (int) number("cluster.appender.batch.bytes");
    }

    /// `cluster.max-waiting-bytes`: callers of `append` block while more is waiting to be sent.
    public long maxWaitingBytes() {
        return number("cluster.max-waiting-bytes");
    }

    /// `cluster.lanes`: how many producers the partitions share.
    public int lanes() {
        return (int) number("cluster.lanes");
    }

    /// Without the values of client properties, which may be secrets.
    @Override
    public String toString() {
        return "KafkaLogOptions" + values + clientProperties.keySet();
    }
}
