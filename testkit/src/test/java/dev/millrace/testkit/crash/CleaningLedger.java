package dev.millrace.testkit.crash;

import dev.millrace.log.Cursor;
import dev.millrace.log.LocalLog;
import dev.millrace.log.LogRecord;
import dev.millrace.log.TopicPartition;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// What was sent to one partition that is being cleaned, and whether a recovered log keeps to it:
///
/// * every record stands at the offset at which it was sent, and nothing else is there;
/// * what was acknowledged is there, where the durability says so, unless a later record of its key
///   was sent behind it (compacted topics only), or it is a tombstone that may go;
/// * the partition begins where deletion had come: not before what was reported, not behind what
///   was asked for;
/// * it ends nowhere before what was acknowledged, and no offset is given twice.
///
/// Entries are stamped with the time of a clock, such as the operations of a file system.
final class CleaningLedger {
    static final long NEVER = Long.MAX_VALUE;

    private record Sent(String key, boolean tombstone, String text) {}

    private static final class Append {
        final long offset;
        final List<Sent> records;
        final long sentAt;
        long acknowledgedAt = NEVER;

        Append(long offset, List<Sent> records, long sentAt) {
            this.offset = offset;
            this.records = records;
            this.sentAt = sentAt;
        }
    }

    private record Start(long offset, long at) {}

    final TopicPartition partition;
    private final boolean fsync;
    private final boolean compacted;
    private final boolean tombstonesGo;
    private final List<Append> appends = new ArrayList<>();
    private final List<Start> asked = new ArrayList<>();
    private final List<Start> reached = new ArrayList<>();

    CleaningLedger(String topic, boolean fsync, boolean compacted, boolean tombstonesGo) {
        this.partition = new TopicPartition(topic, 0);
        this.fsync = fsync;
        this.compacted = compacted;
        this.tombstonesGo = tombstonesGo;
    }

    // ---- entries

    void sending(long offset, List<LogRecord> records, long now) {
        appends.add(new Append(offset, records.stream().map(CleaningLedger::sent).toList(), now));
    }

    void acknowledged(long now) {
        appends.getLast().acknowledgedAt = now;
    }

    /// The partition may begin at `offset` from now on, or before.
    void mayStartAt(long offset, long now) {
        asked.add(new Start(offset, now));
    }

    /// It was reported to begin there.
    void startsAt(long offset, long now) {
        reached.add(new Start(offset, now));
    }

    /// The ledger as it was at a time, as the past of one that goes on.
    CleaningLedger at(long time) {
        CleaningLedger then = new CleaningLedger(partition.topic(), fsync, compacted, tombstonesGo);
        for (Append append : appends) {
            if (append.sentAt <= time) {
                Append copy = new Append(append.offset, append.records, 0);
                copy.acknowledgedAt = append.acknowledgedAt <= time ? 0 : NEVER;
                then.appends.add(copy);
            }
        }
        asked.stream().filter(s -> s.at <= time).forEach(s -> then.mayStartAt(s.offset, 0));
        reached.stream().filter(s -> s.at <= time).forEach(s -> then.startsAt(s.offset, 0));
        return then;
    }

    private static Sent sent(LogRecord record) {
        return new Sent(
                record.key() == null ? "" : new String(record.key(), StandardCharsets.UTF_8),
                record.value() == null,
                text(record));
    }

    private static String text(LogRecord record) {
        byte[] value = record.value();
        return "%s @%d %s"
                .formatted(
                        record.key() == null
                                ? null
                                : new String(record.key(), StandardCharsets.UTF_8),
                        record.timestampMillis(),
                        value == null ? null : value.length);
    }

    // ---- checks

    /// Compares the partition with the ledger, all of whose entries count.
    ///
    /// @param keeps whether what was acknowledged at the topic's durability must be there
    void check(LocalLog log, LedgerMode mode) {
        long earliest = log.earliestOffset(partition);
        long end = log.latestOffset(partition);
        long least = reached.stream().mapToLong(Start::offset).max().orElse(0);
        long most = Math.max(least, asked.stream().mapToLong(Start::offset).max().orElse(0));
        require(
                earliest >= least && earliest <= most,
                "begins at %d, and not from %d to %d",
                earliest,
                least,
                most);
        boolean keeps = fsync || mode == LedgerMode.PROCESS_KILLED;
        Map<Long, List<Sent>> candidates = candidates(keeps, end);
        TreeMap<Long, String> read = read(log, earliest);
        read.forEach(
                (offset, text) ->
                        require(
                                candidates.getOrDefault(offset, List.of()).stream()
                                        .anyMatch(sent -> sent.text.equals(text)),
                                "offset %d holds %s, and %s was sent there",
                                offset,
                                text,
                                candidates.get(offset)));
        requireNothingMissing(candidates, read.keySet(), earliest, end);
    }

    private Map<Long, List<Sent>> candidates(boolean keeps, long end) {
        Map<Long, List<Sent>> candidates = new TreeMap<>();
        for (Append append : appends) {
            boolean sure = append.acknowledgedAt != NEVER;
            require(
                    !(sure && keeps) || append.offset + append.records.size() <= end,
                    "ends at %d, and %d records were acknowledged at %d",
                    end,
                    append.records.size(),
                    append.offset);
            for (int i = 0; i < append.records.size(); i++) {
                List<Sent> there =
                        candidates.computeIfAbsent(append.offset + i, o -> new ArrayList<>());
                if (sure && keeps) {
                    there.clear();
                }
                there.add(append.records.get(i));
            }
        }
        return candidates;
    }

    private TreeMap<Long, String> read(LocalLog log, long from) {
        TreeMap<Long, String> read = new TreeMap<>();
        try (Cursor cursor = log.read(partition, from)) {
            while (cursor.next()) {
                long offset = cursor.record().offset();
                require(
                        read.isEmpty() || offset > read.lastKey(),
                        "offset %d comes after %s",
                        offset,
                        read.isEmpty() ? null : read.lastKey());
                read.put(offset, text(cursor.record().copy()));
            }
        }
        return read;
    }

    private void requireNothingMissing(
            Map<Long, List<Sent>> candidates, Set<Long> there, long earliest, long end) {
        Set<String> later = new HashSet<>();
        for (long offset = end - 1; offset >= earliest; offset--) {
            List<Sent> sent = candidates.getOrDefault(offset, List.of());
            boolean mayBeMissing =
                    compacted
                            && sent.stream()
                                    .anyMatch(
                                            s ->
                                                    later.contains(s.key)
                                                            || s.tombstone && tombstonesGo);
            require(
                    there.contains(offset) || mayBeMissing,
                    "offset %d is missing, where %s was sent (%d to %d)",
                    offset,
                    sent,
                    earliest,
                    end);
            sent.forEach(s -> later.add(s.key));
        }
    }

    private void require(boolean holds, String message, @Nullable Object... arguments) {
        if (!holds) {
            throw new AssertionError(partition + " " + message.formatted(arguments));
        }
    }
}
