package dev.millrace.testkit.crash;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.log.AppendResult;
import dev.millrace.log.Appender;
import dev.millrace.log.Durability;
import dev.millrace.log.LocalLog;
import dev.millrace.log.LogException;
import dev.millrace.log.LogException.Code;
import dev.millrace.log.LogOptions;
import dev.millrace.log.ProducerDescription;
import dev.millrace.log.ProducerId;
import dev.millrace.log.TopicPartition;
import dev.millrace.log.TopicSpec;
import dev.millrace.log.internal.LogEngine;
import dev.millrace.testkit.storage.FaultStorage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// The disk is full at times, the log crashes at times, and all the while the numbers from 0 on are
/// appended to each partition through the appender of one producer. A partition always holds the
/// numbers from 0 to some number: each once, in order, none left out.
@Timeout(120)
class ProducerAppenderTest {
    private static final int PARTITIONS = 3;
    private static final int CRASHES = 3;
    private static final LogOptions OPTIONS =
            CrashSuite.OPTIONS.with("log.appender.batch.bytes", 1 << 10);

    /// The number that was taken last for the batch that this is the answer to.
    private record Taken(int partition, long number, CompletableFuture<AppendResult> answer) {}

    private final long seed = Seeds.seed(getClass());
    private final SplittableRandom random = new SplittableRandom(seed);

    /// Of each partition the number to append next.
    private final long[] next = new long[PARTITIONS];

    /// Of each partition how many numbers are acknowledged.
    private final long[] acknowledged = new long[PARTITIONS];

    private final List<Taken> taken = new ArrayList<>();
    private int refused;

    @ParameterizedTest
    @EnumSource(
            value = Durability.class,
            names = {"OS", "FSYNC"})
    void everyNumberIsThereOnceAndInOrder(Durability durability) {
        for (int story = 0; story < 6; story++) {
            Arrays.fill(next, 0);
            Arrays.fill(acknowledged, 0);
            ProducerId producer = new ProducerId(story, 0);
            FaultStorage storage = new FaultStorage();
            try {
                for (int i = 0; i < CRASHES; i++) {
                    storage = appendAndCrash(storage, producer, durability);
                }
                appendAll(storage, producer);
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError(
                        "MILLRACE_SEED=%d, %s, story %d: %s".formatted(seed, durability, story, e),
                        e);
            }
        }
        assertThat(refused).as("refusals, MILLRACE_SEED=%d", seed).isGreaterThan(10);
    }

    /// @return what the crash leaves
    private FaultStorage appendAndCrash(
            FaultStorage storage, ProducerId producer, Durability durability) {
        taken.clear();
        try (LocalLog log = open(storage)) {
            if (log.topics().stream().noneMatch(topic -> topic.name().equals("orders"))) {
                log.createTopic(
                        TopicSpec.named("orders").partitions(PARTITIONS).durability(durability));
            }
            goOn(log, producer);
            try (Appender appender = log.appender("orders", producer)) {
                for (int step = 0; step < 600; step++) {
                    step(storage, appender);
                }
                note();
                FaultStorage left =
                        durability == Durability.OS || random.nextBoolean()
                                ? storage.afterProcessKill()
                                : storage.afterPowerLoss(random);
                storage.limitTo(Long.MAX_VALUE);
                flush(appender);
                return left;
            }
        }
    }

    /// How much is free is not asked for each time.
    private static void flush(Appender appender) {
        for (int i = 0; ; i++) {
            try {
                appender.flush();
                return;
            } catch (LogException e) {
                assertThat(e.code()).as("%s, time %d", e, i).isEqualTo(Code.DISK_FULL);
                assertThat(i).as("%s", e).isLessThan(100_000);
                Thread.yield();
            }
        }
    }

    private static LocalLog open(FaultStorage storage) {
        return LogEngine.open(storage, CrashSuite.DIRECTORY, OPTIONS);
    }

    private void step(FaultStorage storage, Appender appender) {
        int choice = random.nextInt(100);
        try {
            if (choice < 2) {
                long size = storage.files().values().stream().mapToLong(bytes -> bytes).sum();
                storage.limitTo(size + random.nextInt(3_000));
            } else if (choice < 4) {
                storage.limitTo(Long.MAX_VALUE);
            } else if (choice < 7) {
                appender.flush();
                note();
                assertThat(acknowledged).as("after flush").isEqualTo(next);
            } else {
                append(appender, random.nextInt(PARTITIONS));
            }
        } catch (LogException e) {
            assertThat(e.code()).as("%s", e).isEqualTo(Code.DISK_FULL);
            refused++;
        }
    }

    private void append(Appender appender, int partition) {
        long number = next[partition];
        int bytes = Payload.MIN_BYTES + random.nextInt(400);
        taken.add(
                new Taken(
                        partition,
                        number,
                        appender.append(partition, Payload.record(number, bytes))));
        next[partition] = number + 1;
    }

    private void note() {
        for (Taken each : taken) {
            if (each.answer.isDone() && !each.answer.isCompletedExceptionally()) {
                acknowledged[each.partition] =
                        Math.max(acknowledged[each.partition], each.number + 1);
            }
        }
    }

    /// Looks at what is there, and goes on behind what the log knows of the producer.
    private void goOn(LocalLog log, ProducerId producer) {
        for (int i = 0; i < PARTITIONS; i++) {
            TopicPartition partition = new TopicPartition("orders", i);
            long known =
                    log.producers(partition).stream()
                            .filter(each -> each.producer().equals(producer))
                            .mapToLong(ProducerDescription::lastSequence)
                            .findAny()
                            .orElse(-1);
            assertThat(CrashLedger.ids(log, partition))
                    .as("%s", partition)
                    .isEqualTo(LongStream.rangeClosed(0, known).toArray());
            assertThat(known + 1)
                    .as("%s", partition)
                    .isBetween(acknowledged[i], Math.max(acknowledged[i], next[i]));
            next[i] = known + 1;
            acknowledged[i] = known + 1;
        }
    }

    private void appendAll(FaultStorage storage, ProducerId producer) {
        taken.clear();
        try (LocalLog log = open(storage)) {
            goOn(log, producer);
            try (Appender appender = log.appender("orders", producer)) {
                for (int i = 0; i < 100; i++) {
                    append(appender, i % PARTITIONS);
                }
            }
            note();
            assertThat(acknowledged).isEqualTo(next);
            goOn(log, producer);
        }
    }
}
