package dev.millrace.testkit.crash;

import dev.millrace.log.Cursor;
import dev.millrace.log.Durability;
import dev.millrace.log.EventLog;
import dev.millrace.log.RecordBatch;
import dev.millrace.log.TopicConfig;
import dev.millrace.log.TopicDescription;
import dev.millrace.log.TopicPartition;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// What was sent to a log and what was acknowledged, and whether a recovered log keeps to it:
///
/// * acknowledged ⊆ recovered ⊆ sent, with every record at the offset of its acknowledgement;
/// * the order of sending is kept, offsets are dense, nothing is invented and nothing is there
///   twice;
/// * batches are there whole or not at all, and so are batches that were sent together ([#tied]);
/// * where records may be missing ([LedgerMode]), nothing stands behind the first missing one, and
///   no more is missing than the topic's [LossBound] allows;
/// * what a reader has seen or an earlier recovery has kept stays, and what a recovery has lost
///   stays lost;
/// * a created topic is there, a deleted one is not; one that was altered or was given partitions
///   has them, and where that was under way it is as before or as was asked for.
///
/// For one sender a partition, and for any number of threads beyond that. Every entry is stamped
/// with the time of a clock that the caller brings, such as the number of operations of a file
/// system; [#at] is the ledger as it was at a time.
public final class CrashLedger {
    /// The key by which it is seen how far a topic was altered: its default plus the mark, which is
    /// 0 at the beginning.
    public static final String MARK = "max.message.bytes";

    private static final long NEVER = PartitionLedger.NEVER;

    /// One topic of one name, from its creation to its deletion.
    private static final class Topic {
        final Durability durability;
        final LossBound bound;
        final List<PartitionLedger> partitions = new ArrayList<>();
        Attempts count = new Attempts(0);
        Attempts mark = new Attempts(0);
        final long creating;
        long created = NEVER;
        long deleting = NEVER;
        long deleted = NEVER;

        Topic(Durability durability, LossBound bound, long creating) {
            this.durability = durability;
            this.bound = bound;
            this.creating = creating;
        }

        Topic at(long time) {
            Topic then = new Topic(durability, bound, 0);
            then.created = created <= time ? 0 : NEVER;
            then.deleting = deleting <= time ? 0 : NEVER;
            then.deleted = deleted <= time ? 0 : NEVER;
            partitions.forEach(partition -> then.partitions.add(partition.at(time)));
            then.count = count.at(time);
            then.mark = mark.at(time);
            return then;
        }
    }

    /// Stands for records that were sent.
    public final class Ticket {
        private final TopicPartition partition;
        private final PartitionLedger.Sent records;

        private Ticket(TopicPartition partition, PartitionLedger.Sent records) {
            this.partition = partition;
            this.records = records;
        }

        /// They are sent as this batch, which names a producer: it may be sent again.
        public void sentAs(RecordBatch batch) {
            synchronized (CrashLedger.this) {
                records.batch = batch;
            }
        }

        /// They were acknowledged, the first at this offset.
        public void acknowledged(long baseOffset) {
            synchronized (CrashLedger.this) {
                records.acknowledgedAt = clock.getAsLong();
                records.acknowledgedMillis = nowMillis;
                records.baseOffset = baseOffset;
                LedgerText.acknowledged(told, partition, records.firstId, baseOffset);
            }
        }

        /// They were refused; whether they are there is not known.
        public void failed() {
            synchronized (CrashLedger.this) {
                records.uncertain = true;
                LedgerText.failed(told, partition, records.firstId);
            }
        }
    }

    /// Batches of several partitions that were sent together, until one goes with its topic.
    private static final class Tie {
        final long at;
        final List<Part> parts;
        long loose = NEVER;

        Tie(long at, List<Part> parts) {
            this.at = at;
            this.parts = parts;
        }

        boolean holdsAt(long time) {
            return at <= time && loose > time;
        }
    }

    private record Part(TopicPartition partition, long firstId) {}

    private final List<Tie> ties = new ArrayList<>();
    private final LongSupplier clock;
    private final Consumer<String> told;
    private long nowMillis;

    /// By name; the last of a name is the one that counts.
    private final Map<String, List<Topic>> topics = new TreeMap<>();

    /// A ledger that never goes back in time.
    public CrashLedger() {
        this(() -> 0, line -> {});
    }

    /// @param clock never goes backwards
    public CrashLedger(LongSupplier clock) {
        this(clock, line -> {});
    }

    /// A ledger that never goes back in time.
    ///
    /// @param told is given every entry as a line, one after another
    public CrashLedger(Consumer<String> told) {
        this(() -> 0, told);
    }

    private CrashLedger(LongSupplier clock, Consumer<String> told) {
        this.clock = clock;
        this.told = told;
    }

    // ---- entries

    /// As [#creating(String,int,Durability,LossBound)], without a bound.
    public synchronized void creating(String name, int partitions, Durability durability) {
        creating(name, partitions, durability, LossBound.NONE);
    }

    /// The bound is not told: whoever kills the process leaves the page cache.
    public synchronized void creating(
            String name, int partitions, Durability durability, LossBound bound) {
        add(name, partitions, durability, bound);
        LedgerText.creating(told, name, partitions, durability);
    }

    private Topic add(String name, int partitions, Durability durability, LossBound bound) {
        Topic topic = new Topic(durability, bound, clock.getAsLong());
        grow(topic, name, partitions);
        topic.count.adopt(partitions);
        topics.computeIfAbsent(name, key -> new ArrayList<>()).add(topic);
        return topic;
    }

    private static void grow(Topic topic, String name, int partitions) {
        for (int i = topic.partitions.size(); i < partitions; i++) {
            topic.partitions.add(
                    new PartitionLedger(
                            new TopicPartition(name, i), topic.durability, topic.bound));
        }
    }

    /// Goes on with the topics of a log, untold: for a ledger whose entries another process keeps
    /// together with those of before.
    public synchronized void goOnWith(EventLog log) {
        for (TopicDescription description : log.topics()) {
            if (!description.internal()) {
                TopicConfig config = description.config();
                add(
                                        description.name(),
                                        description.partitions(),
                                        config.durability(),
                                        LossBound.of(config))
                                .created =
                        clock.getAsLong();
                topic(description.name()).mark.adopt(mark(config));
            }
        }
    }

    public synchronized void created(String name) {
        topic(name).created = clock.getAsLong();
        LedgerText.topic(told, "created", name);
    }

    /// A topic's [#MARK] is about to be altered.
    public synchronized void altering(String name, long mark) {
        topic(name).mark.asked(mark, clock.getAsLong());
        LedgerText.number(told, "altering", name, mark);
    }

    public synchronized void altered(String name) {
        topic(name).mark.done(clock.getAsLong());
        LedgerText.topic(told, "altered", name);
    }

    /// A topic is about to get more partitions.
    public synchronized void growing(String name, int partitions) {
        topic(name).count.asked(partitions, clock.getAsLong());
        grow(topic(name), name, partitions);
        LedgerText.number(told, "growing", name, partitions);
    }

    public synchronized void grown(String name) {
        topic(name).count.done(clock.getAsLong());
        LedgerText.topic(told, "grown", name);
    }

    public synchronized void deleting(String name) {
        long now = clock.getAsLong();
        topic(name).deleting = now;
        for (Tie tie : ties) {
            if (tie.parts.stream().anyMatch(part -> part.partition.topic().equals(name))) {
                tie.loose = Math.min(tie.loose, now);
            }
        }
        LedgerText.topic(told, "deleting", name);
    }

    public synchronized void deleted(String name) {
        topic(name).deleted = clock.getAsLong();
        LedgerText.topic(told, "deleted", name);
    }

    /// As [#sending(TopicPartition,long,int,long)], for records whose bytes nobody counts.
    public synchronized Ticket sending(TopicPartition partition, long firstId, int count) {
        return sending(partition, firstId, count, 0);
    }

    /// Records are about to be sent together.
    ///
    /// @param firstId the [Payload] id of the first; the others count up from it
    /// @param bytes that they will take in the log
    public synchronized Ticket sending(
            TopicPartition partition, long firstId, int count, long bytes) {
        PartitionLedger.Sent records =
                new PartitionLedger.Sent(firstId, count, bytes, clock.getAsLong());
        page(partition).add(records);
        LedgerText.sending(told, partition, firstId, count);
        return new Ticket(partition, records);
    }

    /// All of these are there, or none.
    public synchronized void tied(List<Ticket> tickets) {
        List<Part> parts = new ArrayList<>();
        for (Ticket ticket : tickets) {
            parts.add(new Part(ticket.partition, ticket.records.firstId));
        }
        ties.add(new Tie(clock.getAsLong(), parts));
    }

    /// A simulated clock has moved on, and the log has done what was due by then. No append is
    /// under way.
    ///
    /// @param millis what it shows now
    public synchronized void timePassed(long millis) {
        nowMillis = millis;
        long now = clock.getAsLong();
        pages().forEach(page -> page.forcedBy(now, millis));
    }

    /// A reader saw that this was the partition's high-water mark.
    public synchronized void seen(TopicPartition partition, long highWaterMark) {
        page(partition).seen(clock.getAsLong(), highWaterMark);
        LedgerText.seen(told, partition, highWaterMark);
    }

    /// The ticket of records that were sent and are neither acknowledged nor adopted.
    synchronized Ticket ticket(TopicPartition partition, long firstId) {
        return new Ticket(partition, page(partition).sent(firstId));
    }

    /// The log was closed in order: whatever was acknowledged is durable.
    public synchronized void closed() {
        long now = clock.getAsLong();
        pages().forEach(page -> page.durable(now));
        LedgerText.closed(told);
    }

    /// The sender is gone: whether the records that were not acknowledged are there is not known,
    /// and others may be sent behind them.
    public synchronized void interrupted() {
        pages().forEach(PartitionLedger::interrupted);
    }

    /// The ledger as it was at a time; it goes on with a clock of its own, that has begun at 0.
    public synchronized CrashLedger at(long time, LongSupplier newClock) {
        CrashLedger then = new CrashLedger(newClock);
        topics.forEach(
                (name, all) -> {
                    List<Topic> until = new ArrayList<>();
                    for (Topic topic : all) {
                        if (topic.creating <= time) {
                            until.add(topic.at(time));
                        }
                    }
                    then.topics.put(name, until);
                });
        ties.stream()
                .filter(tie -> tie.holdsAt(time))
                .forEach(tie -> then.ties.add(new Tie(0, tie.parts)));
        return then;
    }

    // ---- checks

    /// Sends the last batches of each producer again that are there: each must be answered with its
    /// place, and none may be appended. Before [#checkAndAdopt], which would find them twice.
    ///
    /// @throws AssertionError where one is answered otherwise
    public synchronized void sendAgain(EventLog recovered) {
        for (TopicDescription description : recovered.topics()) {
            List<Topic> all = topics.getOrDefault(description.name(), List.of());
            if (description.internal() || all.isEmpty()) {
                continue;
            }
            for (int i = 0; i < description.partitions(); i++) {
                TopicPartition partition = new TopicPartition(description.name(), i);
                PartitionLedger page = all.getLast().partitions.get(i);
                page.known(ids(recovered, partition))
                        .forEach(
                                (batch, place) -> {
                                    long answer =
                                            recovered.append(partition, batch).join().baseOffset();
                                    require(
                                            answer == place,
                                            "%s: a batch at offset %d was sent again, and then was said to be at %d",
                                            partition,
                                            place,
                                            answer);
                                });
            }
        }
    }

    /// Compares a log with the ledger.
    ///
    /// @throws AssertionError where they disagree; it names the partition and the offset
    public synchronized void check(EventLog recovered, LedgerMode mode) {
        compare(recovered, mode, false);
    }

    /// As [#check]; from then on what the log holds is what counts: it must stay, and what it does
    /// not hold must not come back.
    public synchronized void checkAndAdopt(EventLog recovered, LedgerMode mode) {
        compare(recovered, mode, true);
        topics.values().removeIf(List::isEmpty);
        ties.clear();
    }

    private void compare(EventLog recovered, LedgerMode mode, boolean adopt) {
        Map<String, TopicDescription> there = new TreeMap<>();
        for (TopicDescription description : recovered.topics()) {
            if (!description.internal()) {
                there.put(description.name(), description);
            }
        }
        for (String name : new TreeSet<>(there.keySet())) {
            require(topics.containsKey(name), "topic %s is there, which nobody created", name);
        }
        topics.forEach(
                (name, all) -> {
                    TopicDescription description = there.get(name);
                    if (description != null) {
                        comparePartitions(recovered, mode, description, adopt);
                    } else if (!all.isEmpty()) {
                        Topic topic = all.getLast();
                        require(
                                topic.created == NEVER || topic.deleting != NEVER,
                                "topic %s was created and is not there",
                                name);
                    }
                    if (adopt && description == null) {
                        all.clear();
                    }
                });
        ties.stream()
                .filter(tie -> tie.loose == NEVER)
                .forEach(tie -> compareTie(recovered, there.keySet(), tie));
    }

    private static void compareTie(EventLog recovered, Set<String> there, Tie tie) {
        List<Part> found = new ArrayList<>();
        for (Part part : tie.parts) {
            if (!there.contains(part.partition.topic())) {
                return; // a topic whose creation was not answered
            }
            for (long id : ids(recovered, part.partition)) {
                if (id == part.firstId) {
                    found.add(part);
                }
            }
        }
        require(
                found.isEmpty() || found.size() == tie.parts.size(),
                "of records that were sent together, %s, only %s are there",
                tie.parts,
                found);
    }

    private void comparePartitions(
            EventLog recovered, LedgerMode mode, TopicDescription description, boolean adopt) {
        String name = description.name();
        Topic topic = topic(name);
        require(topic.deleted == NEVER, "topic %s was deleted and is there", name);
        require(
                topic.durability == description.config().durability(),
                "topic %s was created at %s, and now is %s",
                name,
                topic.durability.key(),
                description);
        require(
                topic.count.allows(description.partitions()),
                "topic %s has %d partitions, of %s",
                name,
                description.partitions(),
                topic.count);
        require(
                topic.mark.allows(mark(description.config())),
                "topic %s has %s %d, of %s",
                name,
                MARK,
                mark(description.config()),
                topic.mark);
        for (int i = 0; i < description.partitions(); i++) {
            long[] ids = ids(recovered, new TopicPartition(name, i));
            topic.partitions.get(i).check(mode, ids);
            if (adopt) {
                topic.partitions.get(i).adopt(ids);
            }
        }
        if (adopt) {
            topic.created = 0;
            topic.deleting = NEVER;
            topic.count.adopt(description.partitions());
            topic.mark.adopt(mark(description.config()));
            topic.partitions.subList(description.partitions(), topic.partitions.size()).clear();
        }
    }

    private static long mark(TopicConfig config) {
        return (long) config.maxMessageBytes() - TopicConfig.defaults().maxMessageBytes();
    }

    /// The ids of all records of a partition, by offset.
    ///
    /// @throws AssertionError where an offset is missing or a record is not as it was sent
    public static long[] ids(EventLog log, TopicPartition partition) {
        long end = log.latestOffset(partition);
        require(
                log.earliestOffset(partition) == 0,
                "%s begins at offset %d",
                partition,
                log.earliestOffset(partition));
        long[] ids = new long[Math.toIntExact(end)];
        int at = 0;
        try (Cursor cursor = log.read(partition, 0)) {
            while (cursor.next()) {
                require(
                        cursor.record().offset() == at,
                        "%s: offset %d comes where %d should",
                        partition,
                        cursor.record().offset(),
                        at);
                if (at == ids.length) {
                    ids = Arrays.copyOf(ids, 2 * at + 1); // somebody is writing
                }
                ids[at++] = Payload.idOf(cursor.record());
            }
        }
        require(at >= end, "%s: records end at offset %d of %d", partition, at, end);
        return Arrays.copyOf(ids, at);
    }

    private Topic topic(String name) {
        List<Topic> all = topics.get(name);
        if (all == null || all.isEmpty()) {
            throw new AssertionError("the ledger knows of no topic " + name);
        }
        return all.getLast();
    }

    private PartitionLedger page(TopicPartition partition) {
        return topic(partition.topic()).partitions.get(partition.partition());
    }

    private List<PartitionLedger> pages() {
        List<PartitionLedger> pages = new ArrayList<>();
        for (List<Topic> all : topics.values()) {
            if (!all.isEmpty()) {
                pages.addAll(all.getLast().partitions);
            }
        }
        return pages;
    }

    private static void require(boolean holds, String message, @Nullable Object... arguments) {
        if (!holds) {
            throw new AssertionError(message.formatted(arguments));
        }
    }
}
