package dev.millrace.testkit.crash;

import dev.millrace.log.Durability;
import dev.millrace.log.RecordBatch;
import dev.millrace.log.TopicPartition;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The page of a [CrashLedger] for one partition: what stands there for good, and what was sent
/// since, in the order in which it was sent. Guarded by the ledger.
final class PartitionLedger {
    static final long NEVER = Long.MAX_VALUE;

    /// Of each producer and partition; a ledger has one producer at a time.
    private static final int KNOWN_BATCHES = 5;

    /// Records that were sent together: ids and offsets both count up from the first.
    static final class Sent {
        final long firstId;
        final int count;
        final long bytes;
        final long sentAt;
        long acknowledgedAt = NEVER;
        long acknowledgedMillis;
        long baseOffset = -1;
        @Nullable RecordBatch batch;
        long durableAt = NEVER;
        boolean uncertain;

        /// @param bytes that they take in the log
        Sent(long firstId, int count, long bytes, long sentAt) {
            this.firstId = firstId;
            this.count = count;
            this.bytes = bytes;
            this.sentAt = sentAt;
        }

        boolean acknowledged() {
            return acknowledgedAt != NEVER;
        }
    }

    private record Seen(long at, long end) {}

    private final TopicPartition partition;
    private final Durability durability;
    private final LossBound bound;
    private long[] settled = new long[0];
    private final List<Sent> sent = new ArrayList<>();
    private final List<Seen> seen = new ArrayList<>();

    PartitionLedger(TopicPartition partition, Durability durability, LossBound bound) {
        this.partition = partition;
        this.durability = durability;
        this.bound = bound;
    }

    void add(Sent records) {
        sent.add(records);
    }

    Sent sent(long firstId) {
        return sent.stream()
                .filter(records -> records.firstId == firstId)
                .findFirst()
                .orElseThrow(
                        () ->
                                new AssertionError(
                                        "%s: records %x were never sent"
                                                .formatted(partition, firstId)));
    }

    /// A reader saw the partition end here.
    void seen(long at, long end) {
        seen.add(new Seen(at, end));
    }

    /// What is acknowledged now is durable, whatever the topic's durability.
    void durable(long at) {
        for (Sent records : sent) {
            if (records.acknowledged() && records.durableAt == NEVER) {
                records.durableAt = at;
            }
        }
    }

    /// By this time of the simulated clock everything that had to be forced has been.
    void forcedBy(long at, long millis) {
        for (Sent records : sent) {
            if (records.acknowledged()
                    && records.durableAt == NEVER
                    && bound.millis() >= 0
                    && records.acknowledgedMillis + bound.millis() <= millis) {
                records.durableAt = at;
            }
        }
    }

    /// Nothing is known any more of what is not acknowledged now.
    void interrupted() {
        for (Sent records : sent) {
            records.uncertain |= !records.acknowledged();
        }
    }

    /// The page as it was then, as the past of a new ledger.
    PartitionLedger at(long time) {
        PartitionLedger then = new PartitionLedger(partition, durability, bound);
        then.settled = settled;
        for (Sent records : sent) {
            if (records.sentAt <= time) {
                Sent copy = new Sent(records.firstId, records.count, records.bytes, 0);
                copy.uncertain = records.uncertain;
                copy.batch = records.batch;
                if (records.acknowledgedAt <= time) {
                    copy.acknowledgedAt = 0;
                    copy.acknowledgedMillis = records.acknowledgedMillis;
                    copy.baseOffset = records.baseOffset;
                }
                if (records.durableAt <= time) {
                    copy.durableAt = 0;
                }
                then.sent.add(copy);
            }
        }
        for (Seen each : seen) {
            if (each.at <= time) {
                then.seen.add(new Seen(0, each.end));
            }
        }
        return then;
    }

    /// From now on, this is what stands there.
    void adopt(long[] recovered) {
        settled = recovered;
        sent.clear();
        seen.clear();
    }

    /// The last batches of a producer that are there, with their places: whoever sends one of them
    /// again must be told that place.
    ///
    /// @param recovered the ids of the records, by offset
    Map<RecordBatch, Long> known(long[] recovered) {
        Map<RecordBatch, Long> all = new LinkedHashMap<>();
        int at = settled.length;
        for (Sent records : sent) {
            if (at < recovered.length && recovered[at] == records.firstId) {
                if (records.batch != null) {
                    all.put(records.batch, (long) at);
                }
                at += records.count;
            }
        }
        while (all.size() > KNOWN_BATCHES) {
            all.remove(all.keySet().iterator().next());
        }
        return all;
    }

    /// @param recovered the ids of the records, by offset
    void check(LedgerMode mode, long[] recovered) {
        int at = 0;
        for (; at < settled.length; at++) {
            require(
                    at < recovered.length && recovered[at] == settled[at],
                    "offset %d held record %x for good, and now %s",
                    at,
                    settled[at],
                    at < recovered.length
                            ? "%x".formatted(recovered[at])
                            : "the partition ends at " + recovered.length);
        }
        String missing = "";
        long lostBytes = 0;
        for (Sent records : sent) {
            if (at < recovered.length && recovered[at] == records.firstId) {
                require(
                        missing.isEmpty(),
                        "records %x are there at offset %d, but before them %s",
                        records.firstId,
                        at,
                        missing);
                at = present(records, at, recovered);
            } else {
                missing = absent(mode, records, recovered, missing);
                lostBytes += records.acknowledged() ? records.bytes : 0;
            }
        }
        require(
                at == recovered.length,
                "offset %d holds record %x, which was not to come there (the partition ends at %d)",
                at,
                at < recovered.length ? recovered[at] : 0,
                recovered.length);
        require(
                bound.bytes() < 0 || lostBytes <= bound.bytes(),
                "%d acknowledged bytes are lost, and only %d may be (the partition ends at %d)",
                lostBytes,
                bound.bytes(),
                recovered.length);
        for (Seen each : seen) {
            require(
                    !mode.keeps(durability) || recovered.length >= each.end,
                    "a reader saw the partition end at %d, and now it ends at %d",
                    each.end,
                    recovered.length);
        }
    }

    private int present(Sent records, int at, long[] recovered) {
        require(
                !records.acknowledged() || records.baseOffset == at,
                "records %x were acknowledged at offset %d and stand at %d",
                records.firstId,
                records.baseOffset,
                at);
        for (int i = 0; i < records.count; i++) {
            require(
                    at + i < recovered.length && recovered[at + i] == records.firstId + i,
                    "of the %d records from %x on, which are all or none, there are %d",
                    records.count,
                    records.firstId,
                    i);
        }
        return at + records.count;
    }

    private String absent(LedgerMode mode, Sent records, long[] recovered, String missing) {
        boolean required = mode.keeps(durability) || records.durableAt != NEVER;
        require(
                !(records.acknowledged() && required),
                "records %x were acknowledged at offset %d and are lost (the partition ends at %d)",
                records.firstId,
                records.baseOffset,
                recovered.length);
        return missing.isEmpty() && !records.uncertain
                ? "records %x are missing".formatted(records.firstId)
                : missing;
    }

    private void require(boolean holds, String message, Object... arguments) {
        if (!holds) {
            throw new AssertionError(
                    "%s (%s): ".formatted(partition, durability.key())
                            + message.formatted(arguments));
        }
    }
}
