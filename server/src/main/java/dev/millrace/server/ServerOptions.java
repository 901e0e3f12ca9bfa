package dev.millrace.server;

import dev.millrace.kafka.KafkaServerOptions;
import dev.millrace.log.ConfigKey;
import dev.millrace.log.LogException;
import dev.millrace.log.LogException.Code;
import dev.millrace.log.LogOptions;
import dev.millrace.log.TopicConfig;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// How a [MillraceServer] works. Every key is described in `docs/reference/configuration.md`; those
/// of the log and of the Kafka protocol are among them, and those of new topics below `topic.`, but
/// for `log.durability`. Immutable.
public final class ServerOptions {
    private static final String TOPIC = "topic.";
    private static final String DURABILITY = "durability";

    private static final List<ConfigKey> OWN_KEYS =
            List.of(
                    ConfigKey.text("log.directory", "./millrace-data"),
                    ConfigKey.choice("log.durability", "fsync", List.of("os", "fsync")),
                    ConfigKey.text("http.listen", "127.0.0.1:8080"),
                    ConfigKey.bytes("http.max-body-bytes", 64 << 20, 1024, 1 << 30),
                    ConfigKey.bytes("http.max-waiting-bytes", 256 << 20, 1024, 1L << 40),
                    ConfigKey.bool("server.insecure", false),
                    ConfigKey.milliseconds("server.drain.ms", 10_000, 0),
                    ConfigKey.bool("server.log-json", false));

    private static final List<ConfigKey> KEYS = allKeys();
    private static final ServerOptions DEFAULTS = new ServerOptions(Map.of());

    private final Map<String, String> given;
    private final Map<String, String> own;
    private final LogOptions log;
    private final KafkaServerOptions kafka;

    private ServerOptions(Map<String, String> given) {
        this.given = Map.copyOf(given);
        ConfigKey.complete("server configuration", KEYS, given);
        own = ConfigKey.complete("server configuration", OWN_KEYS, only(OWN_KEYS));
        kafka = KafkaServerOptions.of(only(KafkaServerOptions.keys()));
        LogOptions options = LogOptions.of(only(LogOptions.keys()));
        options = options.withTopicDefault(DURABILITY, own("log.durability"));
        for (Map.Entry<String, String> each : given.entrySet()) {
            if (each.getKey().startsWith(TOPIC)) {
                String key = each.getKey().substring(TOPIC.length());
                options = options.withTopicDefault(key, each.getValue());
            }
        }
        log = options;
        httpListen();
    }

    private static List<ConfigKey> allKeys() {
        List<ConfigKey> keys = new ArrayList<>(OWN_KEYS);
        keys.addAll(KafkaServerOptions.keys());
        keys.addAll(LogOptions.keys());
        for (ConfigKey key : TopicConfig.keys()) {
            if (!key.name().equals(DURABILITY)) {
                keys.add(
                        new ConfigKey(
                                TOPIC + key.name(),
                                key.type(),
                                key.defaultValue(),
                                key.least(),
                                key.most(),
                                key.choices()));
            }
        }
        return List.copyOf(keys);
    }

    private Map<String, String> only(List<ConfigKey> keys) {
        Map<String, String> some = new HashMap<>();
        for (ConfigKey key : keys) {
            String value = given.get(key.name());
            if (value != null) {
                some.put(key.name(), value);
            }
        }
        return some;
    }

    /// Every key: of the server itself, of the Kafka protocol, of the log, of new topics.
    public static List<ConfigKey> keys() {
        return KEYS;
    }

    /// The keys of the server itself.
    public static List<ConfigKey> ownKeys() {
        return OWN_KEYS;
    }

    public static ServerOptions defaults() {
        return DEFAULTS;
    }

    /// Defaults, overridden by `keys`.
    ///
    /// @throws LogException `invalid-config` for an unknown key or a value out of its range
    public static ServerOptions of(Map<String, String> keys) {
        return new ServerOptions(keys);
    }

    /// These options with another value for one key.
    ///
    /// @throws LogException `invalid-config` for an unknown key or a value out of its range
    public ServerOptions with(String key, String value) {
        Map<String, String> changed = new HashMap<>(given);
        changed.put(key, value);
        return new ServerOptions(changed);
    }

    private String own(String key) {
        return own.getOrDefault(key, "");
    }

    /// `log.directory`: of the log.
    public Path directory() {
        return Path.of(own("log.directory"));
    }

    /// How the log works, with `log.durability` and what new topics get.
    public LogOptions log() {
        return log;
    }

    /// How the Kafka protocol is served.
    public KafkaServerOptions kafka() {
        return kafka;
    }

    /// `http.listen`: the address that HTTP binds, not resolved; port 0 for any that is free.
    public InetSocketAddress httpListen() {
        String text = own("http.listen");
        int colon = text.lastIndexOf(':');
        try {
            if (colon > 0) {
                String host = text.substring(0, colon).replaceAll("^\\[(.*)]$", "$1");
                return InetSocketAddress.createUnresolved(
                        host, Integer.parseInt(text.substring(colon + 1)));
            }
        } catch (IllegalArgumentException e) {
            // said below
        }
        throw new LogException(
                Code.INVALID_CONFIG,
                "http.listen must be HOST:PORT with a port from 0 to 65535, not '%s'"
                        .formatted(text));
    }

    /// `http.max-body-bytes`: the largest body of a request.
    public long maxBodyBytes() {
        return Long.parseLong(own("http.max-body-bytes"));
    }

    /// `http.max-waiting-bytes`: of all bodies whose requests are not answered yet.
    public long maxWaitingBytes() {
        return Long.parseLong(own("http.max-waiting-bytes"));
    }

    /// `server.insecure`: whether others than this machine may reach it without authentication.
    public boolean insecure() {
        return Boolean.parseBoolean(own("server.insecure"));
    }

    /// `server.drain.ms`: how long closing waits for requests in work.
    public long drainMillis() {
        return Long.parseLong(own("server.drain.ms"));
    }

    /// `server.log-json`: whether the process logs JSON lines; for whoever configures its logging.
    public boolean logJson() {
        return Boolean.parseBoolean(own("server.log-json"));
    }

    @Override
    public String toString() {
        return "ServerOptions" + given;
    }
}
