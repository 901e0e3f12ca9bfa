package dev.millrace.testkit.crash;

import dev.millrace.log.AppendResult;
import dev.millrace.log.Compression;
import dev.millrace.log.Durability;
import dev.millrace.log.LocalLog;
import dev.millrace.log.LogException;
import dev.millrace.log.LogRecord;
import dev.millrace.log.PartitionAppend;
import dev.millrace.log.Precondition;
import dev.millrace.log.ProducerId;
import dev.millrace.log.RecordBatch;
import dev.millrace.log.TopicConfig;
import dev.millrace.log.TopicPartition;
import dev.millrace.log.TopicSpec;
import dev.millrace.testkit.SimulatedClock;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// A seeded sender that does to a log whatever there is to be done, and enters it into a
/// [CrashLedger]: topics of both durabilities come, change and go; records go singly, in batches
/// and in batches so large that they bypass the journal; segments roll and journal files are used
/// up; the log is closed and opened again in between. With a [SimulatedClock], time passes.
///
/// For one thread.
public final class Workload {
    /// What it does.
    ///
    /// @param firstId of the ids of records; they count up from here
    /// @param largeBytes how large a batch must be to bypass the journal
    /// @param durabilities of the topics that it creates
    /// @param changesTopics whether topics come and go while records are sent
    /// @param reopens whether it closes the log in between
    /// @param waits whether each append is waited for before the next; then the file system sees
    ///   the same operations every time
    public record Plan(
            long firstId,
            int largeBytes,
            List<Durability> durabilities,
            boolean changesTopics,
            boolean reopens,
            boolean waits) {

        /// Everything, at `fsync` and at `os`.
        public static Plan everything(long firstId, int largeBytes, boolean waits) {
            return new Plan(
                    firstId,
                    largeBytes,
                    List.of(Durability.FSYNC, Durability.OS),
                    true,
                    true,
                    waits);
        }
    }

    /// Longer than anything takes that is not stuck.
    private static final long STUCK_SECONDS = 60;

    private static final int SEGMENT_BYTES = 4096;
    private static final int MOST_FLUSH_MILLIS = 100;
    private static final int MOST_FLUSH_BYTES = 10_000;
    private static final List<Compression> CODECS = List.of(Compression.values());

    private final Supplier<LocalLog> opening;
    private final CrashLedger ledger;
    private final SplittableRandom random;
    private final Plan plan;
    private final @Nullable SimulatedClock clock;
    private final Map<String, Integer> topics = new TreeMap<>();
    private final List<CompletableFuture<?>> underWay = new ArrayList<>();

    /// Topics whose creation or deletion failed: they may be there.
    private final Set<String> doubtful = new HashSet<>();

    private final List<LogException> failures = Collections.synchronizedList(new ArrayList<>());
    private final Map<TopicPartition, Integer> sequences = new HashMap<>();
    private @Nullable ProducerId producer;
    private volatile boolean producerFailed;
    private long nextId;
    private int nextTopic;
    private @Nullable LocalLog log;

    /// @param opening opens the log
    public Workload(
            Supplier<LocalLog> opening, CrashLedger ledger, SplittableRandom random, Plan plan) {
        this(opening, ledger, random, plan, null);
    }

    /// @param opening opens the log, by this clock
    public Workload(
            Supplier<LocalLog> opening,
            CrashLedger ledger,
            SplittableRandom random,
            Plan plan,
            @Nullable SimulatedClock clock) {
        this.opening = opening;
        this.ledger = ledger;
        this.random = random;
        this.plan = plan;
        this.clock = clock;
        this.nextId = plan.firstId();
    }

    /// Opens the log, and finds or creates topics to write to.
    public LocalLog open() {
        log = opening.get();
        if (clock != null) {
            clock.awaitWaiting("millrace-flush");
        }
        topics.clear();
        log().topics().stream()
                .filter(topic -> !topic.internal() && !doubtful.contains(topic.name()))
                .forEach(topic -> topics.put(topic.name(), topic.partitions()));
        return log();
    }

    public LocalLog log() {
        if (log == null) {
            throw new IllegalStateException("the log is not open");
        }
        return log;
    }

    /// Failures that the log has reported so far.
    public List<LogException> failures() {
        synchronized (failures) {
            return List.copyOf(failures);
        }
    }

    /// Takes some steps and waits until all appends are answered.
    public void run(int steps) {
        for (Durability durability : plan.durabilities) {
            if (topics.keySet().stream().noneMatch(name -> name.startsWith(durability.key()))) {
                createTopic(durability, 1 + random.nextInt(2));
            }
        }
        for (int i = 0; i < steps; i++) {
            step();
        }
        settle();
    }

    /// Closes the log in order.
    public void close() {
        settle();
        LocalLog present = log();
        log = null;
        present.close();
        ledger.closed();
    }

    /// Lets go of the log without an entry in the ledger, whatever it says to that.
    public void abandon() {
        LocalLog present = log;
        log = null;
        if (present != null) {
            try {
                present.close();
            } catch (LogException e) {
                failures.add(e);
            }
        }
    }

    private void step() {
        int choice = random.nextInt(100);
        if (choice < 10) {
            appendAsProducer(random.nextInt(1, 5), Payload.MIN_BYTES + random.nextInt(300));
        } else if (choice < 42) {
            append(1, Payload.MIN_BYTES + random.nextInt(300));
        } else if (choice < 54) {
            appendTogether();
        } else if (choice < 75) {
            append(random.nextInt(2, 12), Payload.MIN_BYTES + random.nextInt(120));
        } else if (choice < 80) {
            append(4, plan.largeBytes / 4 + random.nextInt(200));
        } else if (choice < 84) {
            settle();
        } else if (choice < 88) {
            letTimePass();
        } else if (choice < 92) {
            look();
        } else if (choice < 97) {
            if (plan.changesTopics) {
                changeTopics();
            }
        } else if (plan.reopens) {
            close();
            open();
        }
    }

    private void append(int count, int valueBytes) {
        TopicPartition partition = anyPartition();
        if (partition == null) {
            return;
        }
        List<LogRecord> records = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            records.add(Payload.record(nextId + i, valueBytes));
        }
        Compression codec =
                random.nextInt(4) == 0
                        ? CODECS.get(random.nextInt(CODECS.size()))
                        : Compression.NONE;
        RecordBatch batch = RecordBatch.of(records, codec);
        CrashLedger.Ticket ticket = ledger.sending(partition, nextId, count, batch.sizeInBytes());
        nextId += count;
        CompletableFuture<AppendResult> append;
        try {
            if (random.nextInt(3) == 0) {
                append = appendOnCondition(partition, batch);
            } else {
                append =
                        count == 1 && codec == Compression.NONE
                                ? log().append(partition, records.getFirst())
                                : log().append(partition, batch);
            }
        } catch (LogException e) {
            ticket.failed();
            failures.add(e);
            return;
        }
        underWay.add(
                append.handle(
                        (result, failure) -> answered(ticket, partition, count, result, failure)));
        if (plan.waits) {
            settle();
        }
    }

    /// As a producer, perhaps twice at once: then both are answered with the same place.
    private void appendAsProducer(int count, int valueBytes) {
        TopicPartition partition = anyPartition();
        if (partition == null) {
            return;
        }
        RecordBatch.Builder builder = RecordBatch.builder();
        try {
            if (producer == null || producerFailed) {
                producer = log().newProducer();
                producerFailed = false;
                sequences.clear();
            }
        } catch (LogException e) {
            failures.add(e);
            return;
        }
        int sequence = sequences.getOrDefault(partition, 0);
        builder.producer(producer.id(), producer.epoch(), sequence);
        for (int i = 0; i < count; i++) {
            builder.add(Payload.record(nextId + i, valueBytes));
        }
        RecordBatch batch = builder.build();
        sequences.put(partition, sequence + count);
        CrashLedger.Ticket ticket = ledger.sending(partition, nextId, count, batch.sizeInBytes());
        ticket.sentAs(batch);
        nextId += count;
        CompletableFuture<AppendResult> append = log().append(partition, batch);
        underWay.add(
                append.handle(
                        (result, failure) -> {
                            producerFailed |= failure != null;
                            return answered(ticket, partition, count, result, failure);
                        }));
        if (random.nextInt(3) == 0) {
            underWay.add(
                    append.handle((result, failure) -> result)
                            .thenCombine(
                                    log().append(partition, batch).handle(this::noteFailure),
                                    Workload::requireSame));
        }
        if (plan.waits) {
            settle();
        }
    }

    private @Nullable AppendResult noteFailure(
            @Nullable AppendResult again, @Nullable Throwable failure) {
        if (failure != null && cause(failure) instanceof LogException expected) {
            failures.add(expected);
        }
        return again;
    }

    private static @Nullable Void requireSame(
            @Nullable AppendResult result, @Nullable AppendResult again) {
        if (result != null && again != null && !result.equals(again)) {
            throw new AssertionError(
                    "a batch was answered with %s, and when sent again with %s"
                            .formatted(result, again));
        }
        return null;
    }

    /// With a condition that holds, and must have been told the truth: the offset that it saw is
    /// the one that the batch got.
    private CompletableFuture<AppendResult> appendOnCondition(
            TopicPartition partition, RecordBatch batch) {
        AtomicLong seen = new AtomicLong();
        Precondition holds =
                nextOffset -> {
                    seen.set(nextOffset);
                    return null;
                };
        return log().append(partition, batch, holds)
                .thenApply(
                        result -> {
                            if (result.baseOffset() != seen.get()) {
                                throw new AssertionError(
                                        "the condition saw offset %d, and the append got %s"
                                                .formatted(seen.get(), result));
                            }
                            return result;
                        });
    }

    /// Appends atomically to some partitions of durability `fsync`, perhaps twice to one.
    private void appendTogether() {
        List<PartitionAppend> parts = new ArrayList<>();
        List<CrashLedger.Ticket> tickets = new ArrayList<>();
        for (int i = random.nextInt(2, 4); i > 0; i--) {
            TopicPartition partition = anyPartition();
            if (partition != null && !partition.topic().startsWith(Durability.OS.key())) {
                int count = random.nextInt(1, 4);
                List<LogRecord> records = new ArrayList<>();
                for (int k = 0; k < count; k++) {
                    records.add(
                            Payload.record(nextId + k, Payload.MIN_BYTES + random.nextInt(900)));
                }
                tickets.add(ledger.sending(partition, nextId, count));
                nextId += count;
                parts.add(
                        new PartitionAppend(partition, RecordBatch.of(records, Compression.NONE)));
            }
        }
        ledger.tied(tickets);
        List<CompletableFuture<AppendResult>> answers = new ArrayList<>();
        parts.forEach(part -> answers.add(new CompletableFuture<>()));
        for (int i = 0; i < parts.size(); i++) {
            CrashLedger.Ticket ticket = tickets.get(i);
            PartitionAppend part = parts.get(i);
            underWay.add(
                    answers.get(i)
                            .handle(
                                    (result, failure) ->
                                            answered(
                                                    ticket,
                                                    part.partition(),
                                                    part.batch().count(),
                                                    result,
                                                    failure)));
        }
        CompletableFuture<?> _ =
                log().appendAtomically(parts)
                        .whenComplete(
                                (results, failure) -> {
                                    for (int i = 0; i < answers.size(); i++) {
                                        if (results != null) {
                                            answers.get(i).complete(results.get(i));
                                        } else if (failure != null) {
                                            answers.get(i).completeExceptionally(cause(failure));
                                        }
                                    }
                                });
        if (plan.waits) {
            settle();
        }
    }

    private static Throwable cause(Throwable failure) {
        return failure instanceof CompletionException && failure.getCause() != null
                ? failure.getCause()
                : failure;
    }

    private @Nullable Void answered(
            CrashLedger.Ticket ticket,
            TopicPartition partition,
            int count,
            @Nullable AppendResult result,
            @Nullable Throwable failure) {
        if (result != null) {
            ticket.acknowledged(result.baseOffset());
            if (!result.partition().equals(partition) || result.count() != count) {
                throw new AssertionError(
                        "%d records to %s were answered with %s"
                                .formatted(count, partition, result));
            }
            return null;
        }
        ticket.failed();
        if (failure != null && cause(failure) instanceof LogException expected) {
            failures.add(expected);
            return null;
        }
        throw new AssertionError(
                "an append failed with something else than a LogException", failure);
    }

    /// Waits until all that is under way is answered.
    public void settle() {
        for (CompletableFuture<?> each : underWay) {
            try {
                each.get(STUCK_SECONDS, TimeUnit.SECONDS);
            } catch (ExecutionException e) {
                throw e.getCause() instanceof AssertionError error ? error : new AssertionError(e);
            } catch (TimeoutException e) {
                throw new AssertionError("an append was never answered", e);
            } catch (InterruptedException e) {
                throw new AssertionError("interrupted while an append was under way", e);
            }
        }
        underWay.clear();
    }

    private void letTimePass() {
        if (clock != null) {
            settle();
            clock.advance(random.nextInt(1, 2 * MOST_FLUSH_MILLIS));
            ledger.timePassed(TimeUnit.NANOSECONDS.toMillis(clock.nanos()));
        }
    }

    private void look() {
        TopicPartition partition = anyPartition();
        if (partition != null) {
            ledger.seen(partition, log().latestOffset(partition));
        }
    }

    private void changeTopics() {
        int choice = random.nextInt(8);
        if (choice < 3 || topics.isEmpty()) {
            createTopic(plan.durabilities.get(random.nextInt(plan.durabilities.size())), 1);
            return;
        }
        String name = List.copyOf(topics.keySet()).get(random.nextInt(topics.size()));
        if (choice < 5) {
            alterTopic(name);
        } else if (choice < 7) {
            addPartitions(name);
        } else if (topics.size() > 2) {
            deleteTopic(name);
        }
    }

    private void alterTopic(String name) {
        long mark = random.nextInt(1000);
        long value = TopicConfig.defaults().maxMessageBytes() + mark;
        ledger.altering(name, mark);
        try {
            log().alterTopic(name, Map.of(CrashLedger.MARK, Long.toString(value)));
            ledger.altered(name);
        } catch (LogException e) {
            failures.add(e);
        }
    }

    private void addPartitions(String name) {
        int partitions = log().describeTopic(name).partitions() + random.nextInt(1, 3);
        ledger.growing(name, partitions);
        try {
            log().addPartitions(name, partitions);
            ledger.grown(name);
            topics.put(name, partitions);
        } catch (LogException e) {
            failures.add(e);
        }
    }

    private void deleteTopic(String name) {
        settle();
        topics.remove(name);
        sequences.keySet().removeIf(partition -> partition.topic().equals(name));
        ledger.deleting(name);
        try {
            log().deleteTopic(name);
            ledger.deleted(name);
        } catch (LogException e) {
            doubtful.add(name);
            failures.add(e);
        }
    }

    private void createTopic(Durability durability, int partitions) {
        String name = durability.key() + "-" + nextTopic++ % 3; // names come again
        if (topics.containsKey(name) || doubtful.contains(name)) {
            return;
        }
        LossBound bound =
                durability == Durability.FSYNC
                        ? LossBound.NONE
                        : new LossBound(oftenNone(MOST_FLUSH_BYTES), oftenNone(MOST_FLUSH_MILLIS));
        ledger.creating(name, partitions, durability, bound);
        try {
            log().createTopic(
                            TopicSpec.named(name)
                                    .partitions(partitions)
                                    .durability(durability)
                                    .config("segment.bytes", Integer.toString(SEGMENT_BYTES))
                                    .config("index.interval.bytes", "512")
                                    .config("flush.bytes", Long.toString(bound.bytes()))
                                    .config("flush.interval.ms", Long.toString(bound.millis())));
            ledger.created(name);
            topics.put(name, partitions);
        } catch (LogException e) {
            doubtful.add(name);
            failures.add(e);
        }
    }

    private long oftenNone(int most) {
        return random.nextBoolean() ? -1 : random.nextInt(1, most);
    }

    private @Nullable TopicPartition anyPartition() {
        if (topics.isEmpty()) {
            return null;
        }
        List<Map.Entry<String, Integer>> all = List.copyOf(topics.entrySet());
        Map.Entry<String, Integer> any = all.get(random.nextInt(all.size()));
        return new TopicPartition(any.getKey(), random.nextInt(any.getValue()));
    }
}
