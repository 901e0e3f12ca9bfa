package dev.millrace.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.log.AppendResult;
import dev.millrace.log.Cursor;
import dev.millrace.log.LogException;
import dev.millrace.log.LogException.Code;
import dev.millrace.log.LogRecord;
import dev.millrace.log.PartitionAppend;
import dev.millrace.log.RecordBatch;
import dev.millrace.log.TopicPartition;
import dev.millrace.log.TopicSpec;
import dev.millrace.testkit.cluster.KafkaCluster;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Brokers die while the log is used, with `acks=all` and two replicas that must be in sync.
@Tag("slow")
@Timeout(300)
class KafkaLogFailureTest {
    private static final int PARTITIONS = 3;
    private static final int BATCH = 5;

    private static KafkaLog open(KafkaCluster cluster, int timeoutMillis) {
        return KafkaLog.open(
                cluster.bootstrap(),
                KafkaLogOptions.defaults()
                        .with("cluster.replication.factor", 3)
                        .with("cluster.min.insync.replicas", 2)
                        .with("cluster.timeout.ms", timeoutMillis));
    }

    private static TopicPartition partition(int number) {
        return new TopicPartition("orders", number);
    }

    private static RecordBatch batch(String name) {
        RecordBatch.Builder builder = RecordBatch.builder();
        for (int i = 0; i < BATCH; i++) {
            builder.add(LogRecord.of(null, name + "." + i));
        }
        return builder.build();
    }

    /// What was acknowledged: the value of every record, with its place.
    private record Place(TopicPartition partition, long offset) {}

    private static void acknowledged(
            Map<String, Place> ledger, AppendResult result, String name, int count) {
        assertThat(result.count()).isEqualTo(count);
        for (int i = 0; i < count; i++) {
            String value = count == 1 ? name : name + "." + i;
            ledger.put(value, new Place(result.partition(), result.baseOffset() + i));
        }
    }

    /// Appends a record, a batch, and an atomic pair of batches, over and over, until told to stop.
    private static void write(
            KafkaLog log, int writer, AtomicBoolean enough, Map<String, Place> ledger) {
        for (int i = 0; !enough.get(); i++) {
            String name = writer + "/" + i;
            TopicPartition to = partition(i % PARTITIONS);
            if (i % 10 == 9) {
                TopicPartition next = partition((i + 1) % PARTITIONS);
                List<AppendResult> both =
                        log.appendAtomically(
                                        List.of(
                                                new PartitionAppend(to, batch(name + "a")),
                                                new PartitionAppend(next, batch(name + "b"))))
                                .join();
                acknowledged(ledger, both.getFirst(), name + "a", BATCH);
                acknowledged(ledger, both.getLast(), name + "b", BATCH);
            } else if (i % 2 == 0) {
                acknowledged(ledger, log.append(to, batch(name)).join(), name, BATCH);
            } else {
                acknowledged(ledger, log.append(to, LogRecord.of(null, name)).join(), name, 1);
            }
        }
    }

    /// Reads a partition as it grows, and checks that offsets only ever rise.
    private static int follow(KafkaLog log, TopicPartition partition, AtomicInteger read)
            throws Exception {
        int records = 0;
        long last = -1;
        try (Cursor cursor = log.read(partition, 0)) {
            while (cursor.next(Duration.ofMinutes(2))) {
                assertThat(cursor.record().offset()).isGreaterThan(last);
                last = cursor.record().offset();
                read.incrementAndGet();
                records++;
            }
        } catch (LogException e) {
            assertThat(e.code()).isEqualTo(Code.CLOSED);
        }
        return records;
    }

    @Test
    void nothingAcknowledgedIsLostWhereABrokerDies() throws Exception {
        Map<String, Place> ledger = new ConcurrentHashMap<>();
        try (KafkaCluster cluster = KafkaCluster.start(3);
                var threads = Executors.newThreadPerTaskExecutor(Thread.ofPlatform().factory())) {
            AtomicInteger read = new AtomicInteger();
            List<Future<Integer>> readers = new ArrayList<>();
            KafkaLog reading = open(cluster, 60_000);
            try (KafkaLog log = open(cluster, 60_000)) {
                log.createTopic(TopicSpec.named("orders").partitions(PARTITIONS));
                AtomicBoolean enough = new AtomicBoolean();
                List<Future<?>> writers = new ArrayList<>();
                for (int w = 0; w < 3; w++) {
                    int writer = w;
                    writers.add(threads.submit(() -> write(log, writer, enough, ledger)));
                }
                for (int p = 0; p < PARTITIONS; p++) {
                    TopicPartition partition = partition(p);
                    readers.add(threads.submit(() -> follow(reading, partition, read)));
                }
                awaitAcknowledged(ledger, 500, writers);
                cluster.kill(1);
                int atDeath = ledger.size();
                int readAtDeath = read.get();
                awaitAcknowledged(ledger, atDeath + 500, writers);
                while (read.get() < readAtDeath + 300) {
                    Thread.sleep(5);
                }
                cluster.restart(1);
                awaitAcknowledged(ledger, ledger.size() + 200, writers);
                enough.set(true);
                for (Future<?> writer : writers) {
                    writer.get();
                }
                requireAllThere(log, ledger);
            } finally {
                reading.close();
            }
            for (Future<Integer> reader : readers) {
                assertThat(reader.get()).isPositive();
            }
        }
    }

    private static void awaitAcknowledged(
            Map<String, Place> ledger, int records, List<Future<?>> writers) throws Exception {
        while (ledger.size() < records) {
            for (Future<?> writer : writers) {
                if (writer.isDone()) {
                    writer.get(); // says what went wrong
                }
            }
            Thread.sleep(5);
        }
    }

    /// Every acknowledged record is at its place, none is there twice, and none in part.
    private static void requireAllThere(KafkaLog log, Map<String, Place> ledger) {
        Map<String, Place> found = new HashMap<>();
        for (int p = 0; p < PARTITIONS; p++) {
            try (Cursor cursor = log.read(partition(p), 0)) {
                while (cursor.next()) {
                    String value =
                            String.valueOf(StandardCharsets.UTF_8.decode(cursor.record().value()));
                    Place place = new Place(partition(p), cursor.record().offset());
                    assertThat(found.put(value, place)).as("%s is there twice", value).isNull();
                }
            }
        }
        assertThat(found).containsAllEntriesOf(ledger);
        Set<String> whole = new HashSet<>();
        found.keySet().stream().filter(v -> v.contains(".")).forEach(v -> whole.add(name(v)));
        for (String name : whole) {
            for (int i = 0; i < BATCH; i++) {
                assertThat(found).containsKey(name + "." + i);
            }
        }
    }

    private static String name(String value) {
        return value.substring(0, value.indexOf('.'));
    }

    @Test
    void appendsFailAndReadsGoOnWhereTooFewReplicasAreInSync() throws Exception {
        try (KafkaCluster cluster = KafkaCluster.start(3);
                KafkaLog log = open(cluster, 6_000)) {
            log.createTopic(TopicSpec.named("orders"));
            TopicPartition to = partition(0);
            log.append(to, batch("before")).join();
            int leader = cluster.leader("orders", 0);
            for (int broker = 0; broker < 3; broker++) {
                if (broker != leader) {
                    cluster.kill(broker);
                }
            }
            CompletableFuture<AppendResult> refused = log.append(to, LogRecord.of(null, "x"));
            assertThatThrownBy(refused::join)
                    .isInstanceOf(CompletionException.class)
                    .cause()
                    .isInstanceOfSatisfying(
                            LogException.class,
                            e -> assertThat(e.code()).isEqualTo(Code.UNAVAILABLE));
            int read = 0;
            try (Cursor cursor = log.read(to, 0)) {
                while (read < BATCH && cursor.next()) {
                    read++;
                }
            }
            assertThat(read).isEqualTo(BATCH);
            for (int broker = 0; broker < 3; broker++) {
                if (broker != leader) {
                    cluster.restart(broker);
                }
            }
            assertThat(appendAtLast(log, to).count()).isEqualTo(1);
        }
    }

    /// As soon as enough replicas are in sync again.
    private static AppendResult appendAtLast(KafkaLog log, TopicPartition to) {
        while (true) {
            try {
                return log.append(to, LogRecord.of(null, "after")).join();
            } catch (CompletionException e) {
                assertThat(e.getCause())
                        .isInstanceOfSatisfying(
                                LogException.class,
                                f -> assertThat(f.code()).isEqualTo(Code.UNAVAILABLE));
            }
        }
    }
}
