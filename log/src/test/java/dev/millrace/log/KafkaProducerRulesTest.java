package dev.millrace.log;

import static dev.millrace.log.TestLog.EVENTS;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CompletionException;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.OutOfOrderSequenceException;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.MutableRecordBatch;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.storage.internals.log.AppendOrigin;
import org.apache.kafka.storage.internals.log.BatchMetadata;
import org.apache.kafka.storage.internals.log.ProducerAppendInfo;
import org.apache.kafka.storage.internals.log.ProducerStateEntry;
import org.apache.kafka.storage.internals.log.ProducerStateManager;
import org.apache.kafka.storage.internals.log.ProducerStateManagerConfig;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The same batches to our log and to Kafka's own bookkeeping of producers: the same are appended,
/// refused, and known again; and Kafka reads our snapshots.
class KafkaProducerRulesTest {
    @TempDir Path root;
    private ProducerStateManager kafka;
    private long kafkaEnd;

    @BeforeEach
    void openKafka() throws IOException {
        kafka =
                new ProducerStateManager(
                        new org.apache.kafka.common.TopicPartition("events", 0),
                        java.nio.file.Files.createDirectory(root.resolve("kafka")).toFile(),
                        60_000,
                        new ProducerStateManagerConfig(86_400_000, false),
                        Time.SYSTEM);
    }

    @ParameterizedTest
    @ValueSource(longs = {11, 12, 13, 14, 15, 16})
    void takesAndRefusesWhatKafkaDoes(long seed) throws IOException {
        SplittableRandom random = new SplittableRandom(seed);
        Path directory = root.resolve("log");
        List<RecordBatch> sent = new ArrayList<>();
        Map<Long, int[]> last = new HashMap<>();
        LocalLog log = TestLog.open(directory);
        log.createTopic(TestLog.events(Durability.OS));
        for (int i = 0; i < 1500; i++) {
            RecordBatch batch =
                    !sent.isEmpty() && random.nextInt(4) == 0
                            ? sent.get(Math.max(0, sent.size() - 1 - random.nextInt(20)))
                            : batch(random, last);
            String ours = ours(log, batch);
            assertThat(ours)
                    .as("seed %d, step %d: %s", seed, i, describe(batch))
                    .isEqualTo(theirs(batch));
            if (ours.startsWith("offset")) {
                sent.add(batch);
                last.put(
                        batch.producerId(),
                        new int[] {batch.producerEpoch(), batch.baseSequence() + batch.count()});
            }
            if (random.nextInt(300) == 0) {
                log.close();
                log = TestLog.open(directory);
            }
        }
        assertThat(log.latestOffset(EVENTS)).isEqualTo(kafkaEnd);
        log.close();
    }

    private static RecordBatch batch(SplittableRandom random, Map<Long, int[]> last) {
        long id = random.nextInt(3);
        int[] before = last.getOrDefault(id, new int[] {0, random.nextInt(3)});
        int epoch = Math.max(0, before[0] + (random.nextInt(20) - 1) / 18);
        int sequence = epoch == before[0] ? before[1] : 0;
        sequence = Math.max(0, sequence + (random.nextInt(24) - 2) / 20);
        RecordBatch.Builder builder = RecordBatch.builder().producer(id, epoch, sequence);
        for (int count = random.nextInt(4); count >= 0; count--) {
            builder.add(LogRecord.of(null, "value"));
        }
        return builder.build();
    }

    private static String describe(RecordBatch batch) {
        return "producer %d epoch %d sequence %d, %d records"
                .formatted(
                        batch.producerId(),
                        batch.producerEpoch(),
                        batch.baseSequence(),
                        batch.count());
    }

    private static String ours(LocalLog log, RecordBatch batch) {
        try {
            return "offset " + log.append(EVENTS, batch).join().baseOffset();
        } catch (CompletionException e) {
            return ((LogException) e.getCause()).code().key();
        }
    }

    private String theirs(RecordBatch batch) {
        ByteBuffer bytes = ByteBuffer.allocate(batch.sizeInBytes());
        bytes.put(batch.buffer()).putLong(0, kafkaEnd).flip();
        MutableRecordBatch kafkas =
                MemoryRecords.readableRecords(bytes).batches().iterator().next();
        Optional<ProducerStateEntry> known = kafka.lastEntry(batch.producerId());
        if (known.isPresent() && known.get().producerEpoch() == batch.producerEpoch()) {
            for (BatchMetadata each : known.get().batchMetadata()) {
                if (each.firstSeq() == kafkas.baseSequence()
                        && each.lastSeq() == kafkas.lastSequence()) {
                    return "offset " + each.firstOffset();
                }
            }
        }
        ProducerAppendInfo append = kafka.prepareUpdate(batch.producerId(), AppendOrigin.CLIENT);
        try {
            append.append(kafkas, Optional.empty());
        } catch (OutOfOrderSequenceException e) {
            return "out-of-order-sequence";
        } catch (InvalidProducerEpochException e) {
            return "producer-fenced";
        }
        kafka.update(append);
        long offset = kafkaEnd;
        kafkaEnd += batch.count();
        kafka.updateMapEndOffset(kafkaEnd);
        return "offset " + offset;
    }

    @Test
    void kafkaReadsOurSnapshots() throws IOException {
        Path directory = root.resolve("log");
        try (LocalLog log = TestLog.open(directory)) {
            log.createTopic(TestLog.events(Durability.FSYNC));
            for (int i = 0; i < 100; i++) {
                for (long id = 5; id < 8; id++) {
                    RecordBatch.Builder builder = RecordBatch.builder().producer(id, 2, 3 * i);
                    for (int k = 0; k < 3; k++) {
                        builder.add(LogRecord.of("key", "value"));
                    }
                    log.append(EVENTS, builder.build()).join();
                }
            }
        }
        List<Path> snapshots = LogFiles.files(directory, EVENTS, ".snapshot");
        assertThat(snapshots).hasSize(2);
        assertThat(snapshots.getLast().getFileName()).hasToString("00000000000000000900.snapshot");
        Map<Long, ProducerStateEntry> newest = new HashMap<>();
        ProducerStateManager.readSnapshot(snapshots.getLast().toFile())
                .forEach(entry -> newest.put(entry.producerId(), entry));
        assertThat(newest).containsOnlyKeys(5L, 6L, 7L);
        newest.forEach(
                (id, entry) -> {
                    assertThat(entry.producerEpoch()).isEqualTo((short) 2);
                    BatchMetadata batch = entry.batchMetadata().iterator().next();
                    assertThat(batch.lastSeq()).isEqualTo(299);
                    assertThat(batch.lastOffset()).isEqualTo(893 + 3 * (id - 5));
                    assertThat(batch.offsetDelta()).isEqualTo(2);
                });
        String dumped = KafkaReadsOurSegmentsTest.dump(snapshots.getLast()).out();
        assertThat(dumped)
                .contains("producerId: 7 producerEpoch: 2 coordinatorEpoch: -1")
                .contains("lastSequence: 299 lastOffset: 899 offsetDelta: 2");
    }
}
