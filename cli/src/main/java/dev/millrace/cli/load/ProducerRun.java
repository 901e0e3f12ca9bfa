package dev.millrace.cli.load;

import dev.millrace.cli.console.CommandException;
import dev.millrace.log.LocalLog;
import dev.millrace.log.LogException;
import dev.millrace.log.LogException.Code;
import dev.millrace.log.LogRecord;
import dev.millrace.log.OffsetOutOfRangeException;
import dev.millrace.log.ProducerDescription;
import dev.millrace.log.ProducerId;
import dev.millrace.log.TopicDescription;
import dev.millrace.log.TopicPartition;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Tells where each line of an input goes, and which of them an earlier run with the same input and
/// the same producer has stored. The n-th record of a partition has sequence n - 1, so the last
/// sequence that a partition knows of the producer says how many of its records are there.
///
/// A key goes where it always goes; lines without keys go to the partitions in turn, from 0 on. The
/// epoch is the number of partitions: with another number lines would go elsewhere, and the run
/// must not go on.
///
/// For one thread.
public final class ProducerRun {
    /// The most records that one run has for a partition: sequences begin again behind them.
    static final long MOST_RECORDS = 1L << 31;

    /// The internal topic whose offsets are the producer ids.
    private static final TopicPartition IDS = new TopicPartition("__producers", 0);

    private final LocalLog log;
    private final TopicDescription topic;
    private final ProducerId producer;
    private final @Nullable ProducerDescription[] stored;
    private final long[] records;
    private final long mostRecords;
    private long unkeyed;
    private long skipped;

    private ProducerRun(LocalLog log, TopicDescription topic, long id, long mostRecords) {
        if (topic.partitions() > Short.MAX_VALUE) {
            throw CommandException.usage(
                    "usage",
                    "--producer is for topics with at most %,d partitions, and %s has %,d"
                            .formatted((int) Short.MAX_VALUE, topic.name(), topic.partitions()));
        }
        this.log = log;
        this.topic = topic;
        this.producer = new ProducerId(id, topic.partitions());
        this.stored = new ProducerDescription[topic.partitions()];
        this.records = new long[topic.partitions()];
        this.mostRecords = mostRecords;
    }

    /// A run of a producer that nobody was before.
    public static ProducerRun begin(LocalLog log, TopicDescription topic) {
        return new ProducerRun(log, topic, log.newProducer().id(), MOST_RECORDS);
    }

    /// The run of this producer, begun anew.
    ///
    /// @param expirationMillis how long partitions know a producer that appends nothing
    /// @throws CommandException where nobody knows, or can know, what it has stored
    public static ProducerRun again(
            LocalLog log, TopicDescription topic, long id, long expirationMillis) {
        return again(log, topic, id, expirationMillis, MOST_RECORDS);
    }

    static ProducerRun again(
            LocalLog log,
            TopicDescription topic,
            long id,
            long expirationMillis,
            long mostRecords) {
        requireGiven(log, id);
        ProducerRun run = new ProducerRun(log, topic, id, mostRecords);
        boolean young = run.isYoungerThan(expirationMillis);
        for (int i = 0; i < run.stored.length; i++) {
            run.stored[i] = run.known(run.partition(i));
            if (run.stored[i] == null && !young) {
                throw new CommandException(
                        "producer-expired",
                        "%s knows nothing of producer %d, which is older than log.producer.expiration.ms: what it has stored there cannot be told. Compare input and topic, and append what is missing with --producer new"
                                .formatted(run.partition(i), id));
            }
        }
        return run;
    }

    private static void requireGiven(LocalLog log, long id) {
        long given;
        try {
            given = log.latestOffset(IDS);
        } catch (LogException e) {
            if (e.code() != Code.UNKNOWN_TOPIC) {
                throw e;
            }
            given = 0;
        }
        if (id >= given) {
            throw CommandException.usage(
                    "unknown-producer",
                    "there is no producer %d; --producer new takes one".formatted(id));
        }
    }

    /// Whether the producer was given so lately that no partition can have forgotten it.
    private boolean isYoungerThan(long millis) {
        Optional<LogRecord> given = log.get(IDS, producer.id());
        return given.isPresent()
                && System.currentTimeMillis() - given.get().timestampMillis() < millis;
    }

    private @Nullable ProducerDescription known(TopicPartition partition) {
        for (ProducerDescription known : log.producers(partition)) {
            if (known.producer().id() == producer.id()) {
                if (known.producer().epoch() != producer.epoch()) {
                    throw new CommandException(
                            "other-partitions",
                            "producer %d began when %s had %s, and it has %d: lines would not go where they went. Append what is missing with --producer new"
                                    .formatted(
                                            producer.id(),
                                            topic.name(),
                                            partitions(known.producer().epoch()),
                                            topic.partitions()));
                }
                return known;
            }
        }
        return null;
    }

    private static String partitions(int count) {
        return count == 1 ? "one partition" : count + " partitions";
    }

    private TopicPartition partition(int number) {
        return new TopicPartition(topic.name(), number);
    }

    /// Who appends; for [LocalLog#appender].
    public ProducerId producer() {
        return producer;
    }

    /// Lines passed over because they are stored.
    public long skipped() {
        return skipped;
    }

    /// Takes the next line of the input.
    ///
    /// @return the partition that it is to be appended to; -1 where it is stored
    /// @throws CommandException where it is not the line that was stored there, or is one too many
    int next(Line line, byte @Nullable [] key, byte[] value) {
        int number =
                key == null
                        ? (int) (unkeyed++ % topic.partitions())
                        : log.partitionFor(topic.name(), key).partition();
        long sequence = records[number]++;
        if (sequence == mostRecords) {
            throw new CommandException(
                    "too-many-records",
                    "%s: one run has at most %,d records for a partition, and %s has them; go on from this line with --producer new"
                            .formatted(line.place(), mostRecords, partition(number)));
        }
        ProducerDescription last = stored[number];
        if (last == null || sequence > last.lastSequence()) {
            return number;
        }
        if (sequence == last.lastSequence()) {
            requireSame(line, partition(number), last, key, value);
        }
        skipped++;
        return -1;
    }

    /// Compares the last line that is stored with the one that should be it, as far as it is there
    /// still.
    private void requireSame(
            Line line,
            TopicPartition partition,
            ProducerDescription last,
            byte @Nullable [] key,
            byte[] value) {
        Optional<LogRecord> there;
        try {
            there = log.get(partition, last.lastOffset());
        } catch (OffsetOutOfRangeException e) {
            return; // it was deleted
        }
        if (there.isPresent()
                && !(Arrays.equals(there.get().key(), key)
                        && Arrays.equals(there.get().value(), value))) {
            throw new CommandException(
                    "other-input",
                    "%s: this is not the line that producer %d has stored in %s at offset %d. The input, --key and the number of partitions must be those of the first run"
                            .formatted(line.place(), producer.id(), partition, last.lastOffset()));
        }
    }

    /// At the end of the input.
    ///
    /// @throws CommandException where it lacks lines that are stored
    public void requireWhole() {
        for (int i = 0; i < stored.length; i++) {
            ProducerDescription last = stored[i];
            if (last != null && records[i] <= last.lastSequence()) {
                throw new CommandException(
                        "other-input",
                        "the input has %,d records for %s, of which producer %d has stored %,d: it is not the input of the first run"
                                .formatted(
                                        records[i],
                                        partition(i),
                                        producer.id(),
                                        last.lastSequence() + 1L));
            }
        }
    }
}
