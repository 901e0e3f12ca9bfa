package dev.millrace.kafka.internal.admin;

import dev.millrace.kafka.internal.admin.ConfigEntry.ValueSource;
import dev.millrace.kafka.internal.admin.ConfigEntry.ValueType;
import dev.millrace.log.Durability;
import dev.millrace.log.LogException;
import dev.millrace.log.LogException.Code;
import java.util.List;
import java.util.Set;

/// A key of Kafka's topics about which there is no choice here. Clients are told what is done
/// anyway, may ask for exactly that, and are refused anything else: a promise is kept or not given.
///
/// @param value what is done; for [#everyAppendIsForced] on a topic that is not forced by appends
/// @param atFsync what is done on a topic of durability `fsync`
/// @param everyAppendIsForced whether `fsync` keeps whatever a client may ask for
/// @param reason why there is no choice, in words
public record FixedKey(
        String name,
        ValueType type,
        String value,
        String atFsync,
        boolean everyAppendIsForced,
        String reason) {
    private static final String NEVER = Long.toString(Long.MAX_VALUE);

    private static final List<FixedKey> ALL =
            List.of(
                    of("compression.type", ValueType.STRING, "producer", Reason.COMPRESSION),
                    of("compression.gzip.level", ValueType.INT, "-1", Reason.COMPRESSION),
                    of("compression.lz4.level", ValueType.INT, "9", Reason.COMPRESSION),
                    of("compression.zstd.level", ValueType.INT, "3", Reason.COMPRESSION),
                    forced("flush.messages", "1"),
                    forced("flush.ms", "0"),
                    of("message.timestamp.type", ValueType.STRING, "CreateTime", Reason.TIMESTAMP),
                    of("message.timestamp.before.max.ms", ValueType.LONG, NEVER, Reason.TIMESTAMP),
                    of("message.timestamp.after.max.ms", ValueType.LONG, NEVER, Reason.TIMESTAMP),
                    of("min.insync.replicas", ValueType.INT, "1", Reason.REPLICAS),
                    of(
                            "unclean.leader.election.enable",
                            ValueType.BOOLEAN,
                            "false",
                            Reason.REPLICAS),
                    of(
                            "leader.replication.throttled.replicas",
                            ValueType.LIST,
                            "",
                            Reason.REPLICAS),
                    of(
                            "follower.replication.throttled.replicas",
                            ValueType.LIST,
                            "",
                            Reason.REPLICAS),
                    of("max.compaction.lag.ms", ValueType.LONG, NEVER, Reason.COMPACTION),
                    of("preallocate", ValueType.BOOLEAN, "false", Reason.FILES),
                    of("segment.index.bytes", ValueType.INT, "10485760", Reason.FILES),
                    of("segment.jitter.ms", ValueType.LONG, "0", Reason.FILES),
                    of("file.delete.delay.ms", ValueType.LONG, "60000", Reason.FILES),
                    of("remote.storage.enable", ValueType.BOOLEAN, "false", Reason.REMOTE),
                    of("remote.log.copy.disable", ValueType.BOOLEAN, "false", Reason.REMOTE),
                    of("remote.log.delete.on.disable", ValueType.BOOLEAN, "false", Reason.REMOTE),
                    of("local.retention.ms", ValueType.LONG, "-2", Reason.REMOTE),
                    of("local.retention.bytes", ValueType.LONG, "-2", Reason.REMOTE));

    private static final class Reason {
        static final String COMPRESSION =
                "a client's batch is stored as it was compressed, and not compressed again";
        static final String FLUSH =
                "the topic's durability says when records are forced; with durability os, set flush.interval.ms or flush.bytes";
        static final String TIMESTAMP = "a record keeps its producer's timestamp, whatever it is";
        static final String REPLICAS = "there is one node, and one copy of each partition";
        static final String COMPACTION =
                "min.cleanable.dirty.ratio alone says when a topic is compacted";
        static final String FILES = "files are written and deleted as the log sees fit";
        static final String REMOTE = "there is no remote storage";
    }

    private static FixedKey of(String name, ValueType type, String value, String reason) {
        return new FixedKey(name, type, value, value, false, reason);
    }

    private static FixedKey forced(String name, String atFsync) {
        return new FixedKey(name, ValueType.LONG, NEVER, atFsync, true, Reason.FLUSH);
    }

    /// Every key of this kind.
    public static List<FixedKey> all() {
        return ALL;
    }

    /// Whether one of these keys says when records are forced: then `fsync`, which is the usual
    /// default of a log, is also what the client means.
    static boolean promisesForce(Set<String> names) {
        return ALL.stream().anyMatch(key -> key.everyAppendIsForced && names.contains(key.name));
    }

    /// What is done on a topic of this durability.
    String value(Durability durability) {
        return durability == Durability.FSYNC ? atFsync : value;
    }

    /// @throws LogException `invalid-config` where a topic of this durability does not do that
    void require(String asked, Durability durability) {
        boolean kept =
                everyAppendIsForced && durability == Durability.FSYNC
                        ? asked.strip().matches("[0-9]{1,19}")
                        : asked.strip().equals(value(durability));
        if (!kept) {
            throw new LogException(
                    Code.INVALID_CONFIG,
                    "%s can only be '%s' here, not '%s': %s"
                            .formatted(name, value(durability), asked, reason));
        }
    }

    ConfigEntry entry(Durability durability) {
        String is = value(durability);
        return new ConfigEntry(
                name, type, is, is, ValueSource.DEFAULT, true, "Fixed: " + reason + ".");
    }
}
