package dev.millrace.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.log.AppendResult;
import dev.millrace.log.Appender;
import dev.millrace.log.Compression;
import dev.millrace.log.Cursor;
import dev.millrace.log.Durability;
import dev.millrace.log.LogException;
import dev.millrace.log.LogException.Code;
import dev.millrace.log.LogRecord;
import dev.millrace.log.PartitionAppend;
import dev.millrace.log.RecordBatch;
import dev.millrace.log.RunningView;
import dev.millrace.log.SegmentFile;
import dev.millrace.log.TopicDescription;
import dev.millrace.log.TopicPartition;
import dev.millrace.log.TopicSpec;
import dev.millrace.log.Views;
import dev.millrace.testkit.cluster.KafkaCluster;
import dev.millrace.testkit.views.RecordingView;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What the log on a cluster does beside the contract of every engine.
@Timeout(120)
class KafkaLogTest {
    private static final TopicPartition P0 = new TopicPartition("orders", 0);
    private static final Duration LONG = Duration.ofMinutes(1);
    private final String bootstrap = KafkaCluster.shared().bootstrap();
    private KafkaLog log;

    @BeforeEach
    void open() {
        log = KafkaLogConformanceTest.openEmpty();
    }

    @AfterEach
    void close() {
        log.close();
    }

    private Admin admin() {
        return Admin.create(Map.of("bootstrap.servers", bootstrap));
    }

    private KafkaProducer<byte[], byte[]> stranger(Map<String, Object> more) {
        Map<String, Object> config = new TreeMap<>(more);
        config.put("bootstrap.servers", bootstrap);
        return new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer());
    }

    private static LogRecord record(String value) {
        return LogRecord.of(null, value);
    }

    private static RecordBatch batch(String name, int count) {
        List<LogRecord> records = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            records.add(record(name + " " + i));
        }
        return RecordBatch.of(records, Compression.LZ4);
    }

    private List<String> values(TopicPartition partition) {
        List<String> values = new ArrayList<>();
        try (Cursor cursor = log.read(partition, 0)) {
            while (cursor.next()) {
                values.add(String.valueOf(StandardCharsets.UTF_8.decode(cursor.record().value())));
            }
        }
        return values;
    }

    private static Code code(Runnable call) {
        try {
            call.run();
        } catch (LogException e) {
            return e.code();
        } catch (CompletionException e) {
            if (e.getCause() instanceof LogException known) {
                return known.code();
            }
            throw e;
        }
        throw new AssertionError("the call should have failed");
    }

    // ---- batches

    @Test
    void aBatchIsWholeAmongTheRecordsOfOthers() throws Exception {
        log.createTopic(TopicSpec.named("orders"));
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        List<CompletableFuture<AppendResult>> batches = new ArrayList<>();
        AtomicBoolean enough = new AtomicBoolean();
        CountDownLatch begun = new CountDownLatch(1);
        Thread other =
                Thread.ofPlatform()
                        .start(
                                () -> {
                                    try (var producer = stranger(Map.of("linger.ms", 0))) {
                                        while (!enough.get()) {
                                            var _ =
                                                    producer.send(
                                                            new ProducerRecord<>(
                                                                    "orders", 0, null, bytes("z")));
                                            begun.countDown();
                                        }
                                    }
                                });
        begun.await();
        KafkaLogOptions narrow = KafkaLogOptions.defaults().with("cluster.batch.bytes", 16 << 10);
        try (KafkaLog cutting = KafkaLog.open(bootstrap, narrow)) {
            for (int i = 0; i < 100; i++) {
                batches.add(cutting.append(P0, batch("b" + i, 1 + random.nextInt(600))));
                if (i % 9 == 0) {
                    batches.getLast().join();
                }
            }
            batches.forEach(CompletableFuture::join);
        } finally {
            enough.set(true);
        }
        other.join();

        List<SegmentFile.Batch> stored = stored(P0);
        for (CompletableFuture<AppendResult> each : batches) {
            AppendResult result = each.join();
            assertThat(stored)
                    .as("one batch on the wire holds %s; seed %d", result, seed)
                    .anyMatch(
                            b ->
                                    b.baseOffset() <= result.baseOffset()
                                            && b.baseOffset() + b.count() > result.lastOffset());
        }
    }

    /// The batches as a broker has stored them.
    private List<SegmentFile.Batch> stored(TopicPartition partition) throws Exception {
        Path segment =
                KafkaCluster.shared()
                        .directory(
                                KafkaCluster.shared()
                                        .leader(partition.topic(), partition.partition()))
                        .resolve(partition.topic() + "-" + partition.partition())
                        .resolve("00000000000000000000.log");
        List<SegmentFile.Batch> batches = new ArrayList<>();
        try (SegmentFile file = SegmentFile.open(segment)) {
            for (var next = file.next(); next != null; next = file.next()) {
                batches.add(next);
            }
        }
        return batches;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void recordsAndBatchesKeepTheOrderOfTheirAppends() {
        log.createTopic(TopicSpec.named("orders"));
        List<String> expected = new ArrayList<>();
        List<CompletableFuture<AppendResult>> sent = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            sent.add(log.append(P0, record("single " + i)));
            expected.add("single " + i);
            sent.add(log.append(P0, batch("batch" + i, 3)));
            for (int k = 0; k < 3; k++) {
                expected.add("batch" + i + " " + k);
            }
        }
        sent.forEach(CompletableFuture::join);
        assertThat(values(P0)).isEqualTo(expected);
    }

    @Test
    void moreThanMayWaitIsAppendedAllTheSame() {
        KafkaLogOptions narrow =
                KafkaLogOptions.defaults()
                        .with("cluster.max-waiting-bytes", 500)
                        .with("cluster.lanes", 1);
        log.createTopic(TopicSpec.named("orders"));
        try (KafkaLog small = KafkaLog.open(bootstrap, narrow);
                Appender appender = small.appender("orders")) {
            List<CompletableFuture<AppendResult>> sent = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                sent.add(small.append(P0, record("x".repeat(300))));
                sent.add(appender.append(record("y".repeat(700))));
            }
            appender.flush();
            assertThat(sent).allSatisfy(CompletableFuture::join);
        }
        assertThat(log.latestOffset(P0)).isEqualTo(100);
    }

    // ---- transactions

    @Test
    void anAtomicAppendMayBeLargerThanABatch() throws Exception {
        log.createTopic(TopicSpec.named("orders").partitions(2));
        TopicPartition second = new TopicPartition("orders", 1);
        List<PartitionAppend> parts = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            List<LogRecord> records = Collections.nCopies(7, record("x".repeat(100_000)));
            RecordBatch large = RecordBatch.of(records, Compression.NONE);
            parts.add(new PartitionAppend(i % 2 == 0 ? P0 : second, large));
        }
        List<AppendResult> results = log.appendAtomically(parts).join();
        assertThat(results)
                .extracting(AppendResult::baseOffset)
                .containsExactly(0L, 0L, 7L, 7L, 14L, 14L);
        for (AppendResult result : results) {
            assertThat(stored(result.partition()))
                    .anyMatch(
                            b ->
                                    b.baseOffset() <= result.baseOffset()
                                            && b.baseOffset() + b.count() > result.lastOffset());
        }
        assertThat(log.latestOffset(P0)).as("21 records, and the transaction's end").isEqualTo(22);
    }

    @Test
    void aViewPassesTheEndsOfTransactions(@TempDir Path folder) {
        log.createTopic(TopicSpec.named("orders"));
        try (Views views = Views.over(log, log.id(), folder);
                RunningView<RecordingView> running =
                        views.run(new RecordingView("recording", "1", "orders"))) {
            for (int i = 0; i < 3; i++) {
                log.appendAtomically(List.of(new PartitionAppend(P0, batch("a" + i, 4)))).join();
                assertThat(running.awaitPresent(LONG)).isTrue();
                assertThat(running.status().lag()).isZero();
            }
            assertThat(running.current().recorded(P0))
                    .hasSize(12)
                    .isEqualTo(RecordingView.expected(log, P0));
        }
    }

    @Test
    void anOpenTransactionOfOthersHoldsBackTheEnd() {
        log.createTopic(TopicSpec.named("orders"));
        log.append(P0, record("before")).join();
        try (var other = stranger(Map.of("transactional.id", "another"));
                Cursor cursor = log.read(P0, 0)) {
            other.initTransactions();
            other.beginTransaction();
            var _ = other.send(new ProducerRecord<>("orders", 0, null, bytes("never")));
            other.flush();
            AppendResult behind = log.append(P0, record("behind")).join();
            assertThat(behind.baseOffset()).isEqualTo(2);
            assertThat(log.latestOffset(P0)).isEqualTo(1);
            assertThat(log.awaitOffset(P0, 2, Duration.ofMillis(1))).isFalse();
            assertThat(cursor.next()).isTrue();
            assertThat(cursor.next()).isFalse();
            other.abortTransaction();
            assertThat(log.awaitOffset(P0, 3, LONG)).as("behind the end of the other").isTrue();
            assertThat(cursor.next()).isTrue();
            assertThat(cursor.record().offset()).as("the aborted one is passed over").isEqualTo(2);
            assertThat(cursor.next()).isFalse();
            assertThat(cursor.position()).isEqualTo(log.latestOffset(P0)).isEqualTo(4);
        }
    }

    @Test
    void anAtomicAppendBehindAFencedOneSucceeds() throws Exception {
        log.createTopic(TopicSpec.named("orders"));
        var part = List.of(new PartitionAppend(P0, batch("a", 2)));
        log.appendAtomically(part).join();
        try (Admin admin = admin()) {
            List<String> ours =
                    admin.listTransactions().all().get().stream()
                            .map(listing -> listing.transactionalId())
                            .filter(id -> id.startsWith("millrace-"))
                            .toList();
            assertThat(ours).isNotEmpty();
            admin.fenceProducers(ours).all().get();
        }
        assertThat(code(() -> log.appendAtomically(part).join())).isEqualTo(Code.UNAVAILABLE);
        assertThat(log.appendAtomically(part).join()).hasSize(1);
        assertThat(values(P0)).containsExactly("a 0", "a 1", "a 0", "a 1");
    }

    // ---- topics

    private Map<String, String> kafkaConfig(String topic) throws Exception {
        ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
        try (Admin admin = admin()) {
            Config config = admin.describeConfigs(List.of(resource)).all().get().get(resource);
            Map<String, String> values = new TreeMap<>();
            config.entries().forEach(entry -> values.put(entry.name(), entry.value()));
            return values;
        }
    }

    @Test
    void aTopicIsKeptAsItSaysInKafkasWords() throws Exception {
        TopicDescription plain = log.createTopic(TopicSpec.named("orders"));
        assertThat(plain.config().durability()).isEqualTo(Durability.OS);
        assertThat(kafkaConfig("orders"))
                .containsEntry("retention.ms", "-1")
                .containsEntry("flush.ms", "1000")
                .containsEntry("flush.messages", Long.toString(Long.MAX_VALUE))
                .containsEntry("compression.type", "producer")
                .containsEntry("message.timestamp.type", "CreateTime");
        TopicSpec forced =
                TopicSpec.named("forced").durability(Durability.FSYNC).compression(Compression.LZ4);
        assertThat(log.createTopic(forced).config().durability()).isEqualTo(Durability.FSYNC);
        assertThat(kafkaConfig("forced"))
                .containsEntry("flush.messages", "1")
                .containsEntry("compression.type", "lz4");
        TopicPartition to = new TopicPartition("forced", 0);
        assertThat(log.append(to, record("x")).join().durability()).isEqualTo(Durability.FSYNC);
    }

    @Test
    void replicationIsThatOfTheOptions() throws Exception {
        KafkaLogOptions options =
                KafkaLogOptions.defaults()
                        .with("cluster.replication.factor", 2)
                        .with("cluster.min.insync.replicas", 1);
        try (KafkaLog other = KafkaLog.open(bootstrap, options);
                Admin admin = admin()) {
            other.createTopic(TopicSpec.named("orders"));
            assertThat(
                            admin.describeTopics(List.of("orders"))
                                    .allTopicNames()
                                    .get()
                                    .get("orders")
                                    .partitions()
                                    .getFirst()
                                    .replicas())
                    .hasSize(2);
            assertThat(kafkaConfig("orders")).containsEntry("min.insync.replicas", "1");
            assertThat(other.id()).isEqualTo(log.id());
            KafkaLogOptions tooMany = options.with("cluster.replication.factor", 9);
            try (KafkaLog impossible = KafkaLog.open(bootstrap, tooMany)) {
                assertThat(code(() -> impossible.createTopic(TopicSpec.named("many"))))
                        .isEqualTo(Code.INVALID_CONFIG);
            }
        }
    }

    @Test
    void whatOthersDoToTopicsIsSeen() throws Exception {
        try (Admin admin = admin()) {
            NewTopic theirs = new NewTopic("orders", 1, (short) 3);
            admin.createTopics(List.of(theirs.configs(Map.of("retention.ms", "77")))).all().get();
            while (log.topics().stream().noneMatch(topic -> topic.name().equals("orders"))) {
                Thread.sleep(5);
            }
            assertThat(log.describeTopic("orders").config().retentionMillis()).isEqualTo(77);
            log.append(P0, record("first")).join();
            admin.createPartitions(Map.of("orders", NewPartitions.increaseTo(3))).all().get();
            while (log.describeTopic("orders").partitions() < 3) {
                Thread.sleep(5);
            }
            TopicPartition third = new TopicPartition("orders", 2);
            assertThat(log.append(third, record("new")).join().baseOffset()).isZero();
        }
    }

    // ---- what cannot be

    @Test
    void whatAClusterCannotDoIsRefused() {
        log.createTopic(TopicSpec.named("orders"));
        assertThat(code(() -> log.createTopic(named("m").durability(Durability.MEMORY))))
                .isEqualTo(Code.INVALID_CONFIG);
        RecordBatch ofProducer =
                RecordBatch.builder().producer(7, 0, 0).add(record("once")).build();
        assertThat(code(() -> log.append(P0, ofProducer).join())).isEqualTo(Code.NOT_SUPPORTED);
        LogRecord early = new LogRecord(-1, null, bytes("x"), List.of());
        assertThat(code(() -> log.append(P0, early).join())).isEqualTo(Code.INVALID_BATCH);
        assertThat(code(() -> log.createTopic(named("__mine")))).isEqualTo(Code.INVALID_TOPIC);
        assertThat(log.latestOffset(P0)).isZero();
    }

    private static TopicSpec named(String name) {
        return TopicSpec.named(name);
    }

    @Test
    void aCompactedTopicRefusesWhatHasNoKeyAndKeepsItsRecords() {
        log.createTopic(named("orders").config("cleanup.policy", "compact"));
        assertThat(code(() -> log.append(P0, record("no key")).join()))
                .isEqualTo(Code.INVALID_BATCH);
        log.append(P0, LogRecord.of("key", "value")).join();
        assertThat(code(() -> log.deleteRecords(P0, 1))).isEqualTo(Code.INVALID_CONFIG);
        assertThat(values(P0)).containsExactly("value");
    }

    @Test
    void deletedRecordsAreGone() {
        log.createTopic(named("orders"));
        log.append(P0, batch("b", 10)).join();
        assertThat(log.deleteRecords(P0, 4)).isEqualTo(4);
        assertThat(log.deleteRecords(P0, 2)).isEqualTo(4);
        assertThat(log.earliestOffset(P0)).isEqualTo(4);
        assertThat(code(() -> log.read(P0, 3))).isEqualTo(Code.OFFSET_OUT_OF_RANGE);
        assertThat(code(() -> log.deleteRecords(P0, 11))).isEqualTo(Code.OFFSET_OUT_OF_RANGE);
        assertThat(log.deleteRecords(P0, -1)).isEqualTo(10);
        assertThat(log.sizeInBytes(P0)).isPositive();
    }

    @Test
    void aClosedLogWakesWhoWaits() throws Exception {
        log.createTopic(named("orders"));
        Cursor cursor = log.read(P0, 0);
        CompletableFuture<Optional<Code>> waiting = new CompletableFuture<>();
        CountDownLatch begun = new CountDownLatch(1);
        Thread.ofPlatform()
                .start(
                        () -> {
                            begun.countDown();
                            waiting.complete(Optional.of(code(() -> cursor.next(LONG))));
                        });
        begun.await();
        log.close();
        assertThat(waiting.join()).contains(Code.CLOSED);
        assertThat(code(cursor::next)).isEqualTo(Code.CLOSED);
        cursor.close();
    }

    @Test
    void optionsSayWhatIsWrongWithThem() {
        KafkaLogOptions options = KafkaLogOptions.defaults();
        assertThatThrownBy(() -> options.with("cluster.read.quorum", 2))
                .hasMessageContaining("what all replicas in sync have");
        assertThatThrownBy(() -> options.with("cluster.acks", "0"))
                .hasMessageContaining("one of all, 1");
        assertThatThrownBy(() -> options.with("cluster.aks", "all"))
                .hasMessageContaining("did you mean 'cluster.acks'");
        assertThatThrownBy(
                        () ->
                                options.with("cluster.replication.factor", 1)
                                        .with("cluster.min.insync.replicas", 2))
                .hasMessageContaining("nothing could be appended");
        KafkaLogOptions secret = options.with("cluster.client.sasl.jaas.config", "password=x");
        assertThat(secret.clientProperties()).containsEntry("sasl.jaas.config", "password=x");
        assertThat(secret.with("cluster.lanes", 2).clientProperties()).hasSize(1);
        assertThat(secret.toString()).contains("sasl.jaas.config").doesNotContain("password=x");
        assertThat(code(() -> KafkaLog.open("", options))).isEqualTo(Code.INVALID_CONFIG);
    }
}
