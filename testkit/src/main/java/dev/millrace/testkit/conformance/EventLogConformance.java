package dev.millrace.testkit.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.log.AppendResult;
import dev.millrace.log.Appender;
import dev.millrace.log.Compression;
import dev.millrace.log.Cursor;
import dev.millrace.log.EventLog;
import dev.millrace.log.Header;
import dev.millrace.log.LogException;
import dev.millrace.log.LogException.Code;
import dev.millrace.log.LogRecord;
import dev.millrace.log.OffsetOutOfRangeException;
import dev.millrace.log.RecordBatch;
import dev.millrace.log.TopicConfig;
import dev.millrace.log.TopicDescription;
import dev.millrace.log.TopicPartition;
import dev.millrace.log.TopicSpec;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// The contract of [EventLog]. One engine passes when a subclass that opens it does.
///
/// Asserts nothing about time but order: waiting calls are given longer than anything takes that is
/// not stuck.
@Timeout(value = 5, unit = TimeUnit.MINUTES)
public abstract class EventLogConformance {
    private static final String ORDERS = "orders";
    private static final TopicPartition FIRST = new TopicPartition(ORDERS, 0);
    private static final Duration LONG = Duration.ofMinutes(1);

    @SuppressWarnings("NullAway.Init") // JUnit calls open before any test
    private EventLog log;

    /// Opens an engine that holds no topics but internal ones. Closed after the test.
    protected abstract EventLog openEmpty() throws Exception;

    @BeforeEach
    final void open() throws Exception {
        log = openEmpty();
    }

    @AfterEach
    final void close() {
        log.close();
    }

    // ---- topics

    @Test
    void topicsAreCreatedListedDescribedAndDeleted() {
        TopicDescription created = log.createTopic(TopicSpec.named(ORDERS).partitions(3));
        assertThat(created.name()).isEqualTo(ORDERS);
        assertThat(created.partitions()).isEqualTo(3);
        log.createTopic(TopicSpec.named("accounts"));
        assertThat(names()).containsExactly("accounts", ORDERS);
        assertThat(log.describeTopic(ORDERS)).isEqualTo(created);
        log.deleteTopic(ORDERS);
        assertThat(names()).containsExactly("accounts");
        assertThat(code(() -> log.describeTopic(ORDERS))).isEqualTo(Code.UNKNOWN_TOPIC);
    }

    @Test
    void aTopicOfTheSameNameIsAnotherTopic() {
        TopicDescription first = log.createTopic(TopicSpec.named(ORDERS));
        append(FIRST, "old");
        log.deleteTopic(ORDERS);
        TopicDescription second = log.createTopic(TopicSpec.named(ORDERS));
        assertThat(second.id()).isNotEqualTo(first.id());
        assertThat(log.latestOffset(FIRST)).isZero();
        append(FIRST, "new");
        assertThat(values(FIRST, 0)).containsExactly("new");
    }

    @Test
    void whatCannotBeIsRefusedWithItsReason() {
        log.createTopic(TopicSpec.named(ORDERS));
        assertThat(code(() -> log.createTopic(TopicSpec.named(ORDERS))))
                .isEqualTo(Code.TOPIC_EXISTS);
        assertThat(code(() -> log.createTopic(TopicSpec.named("a/b"))))
                .isEqualTo(Code.INVALID_TOPIC);
        assertThat(code(() -> log.createTopic(TopicSpec.named("none").partitions(0))))
                .isEqualTo(Code.INVALID_CONFIG);
        assertThat(code(() -> log.createTopic(TopicSpec.named("odd").config("no.such.key", "1"))))
                .isEqualTo(Code.INVALID_CONFIG);
        assertThat(code(() -> log.deleteTopic("nowhere"))).isEqualTo(Code.UNKNOWN_TOPIC);
        assertThat(failure(() -> log.append("nowhere", record("x")))).isEqualTo(Code.UNKNOWN_TOPIC);
        TopicPartition beyond = new TopicPartition(ORDERS, 1);
        assertThat(failure(() -> log.append(beyond, record("x")))).isEqualTo(Code.UNKNOWN_TOPIC);
        assertThat(code(() -> log.read(beyond, 0))).isEqualTo(Code.UNKNOWN_TOPIC);
        assertThat(names()).containsExactly(ORDERS);
    }

    @Test
    void aTopicIsAlteredKeyByKey() {
        TopicDescription created =
                log.createTopic(
                        TopicSpec.named(ORDERS)
                                .config("retention.ms", "1000")
                                .config("max.message.bytes", "5000"));
        append(FIRST, "before");
        TopicDescription altered =
                log.alterTopic(
                        ORDERS, Map.of("retention.bytes", "7000"), Set.of("max.message.bytes"));
        assertThat(altered.id()).isEqualTo(created.id());
        assertThat(altered.config())
                .isEqualTo(
                        TopicConfig.of(
                                        Map.of(
                                                "retention.ms", "1000",
                                                "retention.bytes", "7000"))
                                .with("durability", created.config().durability().key()));
        assertThat(log.describeTopic(ORDERS)).isEqualTo(altered);
        append(FIRST, "after");
        assertThat(values(FIRST, 0)).containsExactly("before", "after");
    }

    @Test
    void whatCannotBeAlteredIsRefusedAndNothingChanges() {
        TopicDescription created = log.createTopic(TopicSpec.named(ORDERS));
        assertThat(code(() -> log.alterTopic("nowhere", Map.of()))).isEqualTo(Code.UNKNOWN_TOPIC);
        assertThat(code(() -> log.alterTopic(ORDERS, Map.of("no.such.key", "1"))))
                .isEqualTo(Code.INVALID_CONFIG);
        assertThat(code(() -> log.alterTopic(ORDERS, Map.of(), Set.of("no.such.key"))))
                .isEqualTo(Code.INVALID_CONFIG);
        assertThat(
                        code(
                                () ->
                                        log.alterTopic(
                                                ORDERS,
                                                Map.of("retention.ms", "5", "segment.bytes", "x"))))
                .isEqualTo(Code.INVALID_CONFIG);
        assertThat(log.describeTopic(ORDERS)).isEqualTo(created);
    }

    @Test
    void aTopicGetsMorePartitions() {
        log.createTopic(TopicSpec.named(ORDERS).partitions(2));
        append(FIRST, "old");
        try (Appender appender = log.appender(ORDERS);
                Cursor cursor = log.read(FIRST, 0)) {
            CompletableFuture<AppendResult> first = appender.append(record("before"));
            TopicDescription grown = log.addPartitions(ORDERS, 5);
            assertThat(grown.partitions()).isEqualTo(5);
            assertThat(log.describeTopic(ORDERS)).isEqualTo(grown);
            TopicPartition fifth = new TopicPartition(ORDERS, 4);
            append(fifth, "new");
            assertThat(values(fifth, 0)).containsExactly("new");
            List<CompletableFuture<AppendResult>> sent = new ArrayList<>();
            for (int i = 0; i < 300; i++) {
                sent.add(appender.append(i, bytes("key-" + i), null));
            }
            appender.flush();
            assertThat(first).isDone();
            Set<Integer> reached = new HashSet<>();
            sent.forEach(append -> reached.add(append.join().partition().partition()));
            assertThat(reached).containsExactlyInAnyOrder(0, 1, 2, 3, 4);
            assertThat(cursor.next()).isTrue();
            assertThat(text(cursor)).isEqualTo("old");
        }
        assertThat(code(() -> log.addPartitions(ORDERS, 5))).isEqualTo(Code.INVALID_CONFIG);
        assertThat(code(() -> log.addPartitions(ORDERS, 1))).isEqualTo(Code.INVALID_CONFIG);
        assertThat(code(() -> log.addPartitions("nowhere", 9))).isEqualTo(Code.UNKNOWN_TOPIC);
        assertThat(log.describeTopic(ORDERS).partitions()).isEqualTo(5);
    }

    // ---- appending

    @Test
    void recordsStandAtConsecutiveOffsetsInTheOrderOfTheirAppends() {
        log.createTopic(TopicSpec.named(ORDERS));
        List<CompletableFuture<AppendResult>> sent = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            sent.add(log.append(FIRST, record("v" + i)));
        }
        for (int i = 0; i < sent.size(); i++) {
            AppendResult result = sent.get(i).join();
            assertThat(result.baseOffset()).isEqualTo(i);
            assertThat(result.count()).isEqualTo(1);
            assertThat(result.partition()).isEqualTo(FIRST);
        }
        assertThat(log.latestOffset(FIRST)).isEqualTo(500);
        assertThat(values(FIRST, 497)).containsExactly("v497", "v498", "v499");
    }

    @Test
    void aRecordComesBackAsItWas() {
        log.createTopic(TopicSpec.named(ORDERS));
        List<LogRecord> records =
                List.of(
                        new LogRecord(1, null, null, List.of()),
                        new LogRecord(0, new byte[0], new byte[0], List.of()),
                        new LogRecord(
                                1_700_000_000_123L,
                                bytes("key"),
                                bytes("value"),
                                List.of(
                                        new Header("h", bytes("x")),
                                        new Header("h", bytes("y")),
                                        new Header("none", null))));
        records.forEach(record -> log.append(FIRST, record).join());
        List<LogRecord> found = new ArrayList<>();
        try (Cursor cursor = log.read(FIRST, 0)) {
            while (cursor.next()) {
                found.add(cursor.record().copy());
            }
        }
        assertThat(found).usingRecursiveComparison().isEqualTo(records);
    }

    @Test
    void theFlyweightShowsWhatTheCopyHas() {
        log.createTopic(TopicSpec.named(ORDERS));
        log.append(FIRST, new LogRecord(7, null, bytes("value"), List.of())).join();
        try (Cursor cursor = log.read(FIRST, 0)) {
            assertThat(cursor.next()).isTrue();
            assertThat(cursor.record().offset()).isZero();
            assertThat(cursor.record().timestampMillis()).isEqualTo(7);
            assertThat(cursor.record().keyLength()).isEqualTo(-1);
            assertThat(cursor.record().key()).isNull();
            assertThat(cursor.record().valueLength()).isEqualTo(5);
            assertThat(cursor.record().headers()).isEmpty();
        }
    }

    @Test
    void batchesOfEveryCodecAreWhole() {
        log.createTopic(TopicSpec.named(ORDERS));
        List<String> expected = new ArrayList<>();
        for (Compression codec : Compression.values()) {
            List<LogRecord> records = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                expected.add(codec + "-" + i);
                records.add(record(codec + "-" + i));
            }
            AppendResult result = log.append(FIRST, RecordBatch.of(records, codec)).join();
            assertThat(result.count()).isEqualTo(20);
            assertThat(result.lastOffset()).isEqualTo(expected.size() - 1);
        }
        assertThat(values(FIRST, 0)).isEqualTo(expected);
        assertThat(values(FIRST, 30)).isEqualTo(expected.subList(30, expected.size()));
    }

    @Test
    void aBatchCanBeAppendedTwice() {
        log.createTopic(TopicSpec.named(ORDERS).partitions(2));
        RecordBatch batch = RecordBatch.of(List.of(record("a"), record("b")), Compression.NONE);
        log.append(FIRST, batch).join();
        log.append(FIRST, batch).join();
        log.append(new TopicPartition(ORDERS, 1), batch).join();
        assertThat(values(FIRST, 0)).containsExactly("a", "b", "a", "b");
        assertThat(values(new TopicPartition(ORDERS, 1), 0)).containsExactly("a", "b");
    }

    @Test
    void keysGoWhereKafkasDefaultPartitionerPutsThem() {
        log.createTopic(TopicSpec.named(ORDERS).partitions(4));
        // toPositive(murmur2(key)) % 4, by Kafka's own clients
        Map<String, Integer> expected =
                new TreeMap<>(Map.of("", 1, "a", 0, "customer-7", 3, "event", 0, "Zürich", 1));
        Map<String, Integer> found = new TreeMap<>();
        expected.keySet()
                .forEach(
                        key -> {
                            LogRecord record = LogRecord.of(key, "value");
                            AppendResult result = log.append(ORDERS, record).join();
                            found.put(key, result.partition().partition());
                        });
        assertThat(found).isEqualTo(expected);
    }

    @Test
    void recordsWithoutAKeyReachEveryPartition() {
        log.createTopic(TopicSpec.named(ORDERS).partitions(3));
        Set<Integer> reached = new HashSet<>();
        for (int i = 0; i < 300; i++) {
            reached.add(log.append(ORDERS, record("x")).join().partition().partition());
        }
        assertThat(reached).containsExactlyInAnyOrder(0, 1, 2);
    }

    @Test
    void manyWritersLoseNothingAndKeepTheirOrder() throws InterruptedException {
        log.createTopic(TopicSpec.named(ORDERS).partitions(2));
        int writers = 6;
        int each = 300;
        List<Thread> threads = new ArrayList<>();
        List<CompletableFuture<AppendResult>> sent = new ArrayList<>();
        for (int w = 0; w < writers; w++) {
            String name = "w" + w;
            threads.add(
                    Thread.ofPlatform()
                            .start(
                                    () -> {
                                        for (int i = 0; i < each; i++) {
                                            TopicPartition to = new TopicPartition(ORDERS, i % 2);
                                            CompletableFuture<AppendResult> append =
                                                    log.append(to, record(name + " " + i));
                                            synchronized (sent) {
                                                sent.add(append);
                                            }
                                        }
                                    }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(sent).hasSize(writers * each).allSatisfy(CompletableFuture::join);
        int found = 0;
        for (int p = 0; p < 2; p++) {
            Map<String, Integer> last = new TreeMap<>();
            for (String value : values(new TopicPartition(ORDERS, p), 0)) {
                String[] words = value.split(" ", -1);
                int number = Integer.parseInt(words[1]);
                Integer before = last.put(words[0], number);
                assertThat(before == null ? p - 2 : before.intValue()).isEqualTo(number - 2);
                found++;
            }
        }
        assertThat(found).isEqualTo(writers * each);
    }

    @Test
    void anAppenderGathersAndFlushes() {
        log.createTopic(TopicSpec.named(ORDERS).partitions(3));
        List<CompletableFuture<AppendResult>> sent = new ArrayList<>();
        try (Appender appender = log.appender(ORDERS)) {
            for (int i = 0; i < 1000; i++) {
                sent.add(appender.append(i, bytes("key-" + i), bytes("value-" + i)));
            }
            appender.flush();
            assertThat(sent).allSatisfy(append -> assertThat(append).isDone());
            sent.add(appender.append(LogRecord.of("last", "one")));
        }
        assertThat(sent).allSatisfy(append -> assertThat(append).isDone());
        long records = 0;
        for (int p = 0; p < 3; p++) {
            TopicPartition partition = new TopicPartition(ORDERS, p);
            records += log.latestOffset(partition);
            long previous = -1;
            try (Cursor cursor = log.read(partition, 0)) {
                while (cursor.next() && cursor.record().timestampMillis() < 1000) {
                    assertThat(cursor.record().timestampMillis()).isGreaterThan(previous);
                    previous = cursor.record().timestampMillis();
                }
            }
        }
        assertThat(records).isEqualTo(1001);
    }

    // ---- reading

    @Test
    void anEmptyPartitionEndsWhereItBegins() {
        log.createTopic(TopicSpec.named(ORDERS));
        assertThat(log.earliestOffset(FIRST)).isZero();
        assertThat(log.latestOffset(FIRST)).isZero();
        try (Cursor cursor = log.read(FIRST, 0)) {
            assertThat(cursor.position()).isZero();
            assertThat(cursor.next()).isFalse();
            append(FIRST, "first");
            assertThat(cursor.next()).isTrue();
            assertThat(cursor.next()).isFalse();
            assertThat(cursor.position()).isEqualTo(1);
        }
    }

    @Test
    void aCursorSeeksBackAndForth() {
        log.createTopic(TopicSpec.named(ORDERS));
        for (int i = 0; i < 50; i++) {
            append(FIRST, "v" + i);
        }
        try (Cursor cursor = log.read(FIRST, 10)) {
            for (long offset : new long[] {40, 0, 49, 25}) {
                cursor.seek(offset);
                assertThat(cursor.position()).isEqualTo(offset);
                assertThat(cursor.next()).isTrue();
                assertThat(cursor.record().offset()).isEqualTo(offset);
                assertThat(text(cursor)).isEqualTo("v" + offset);
            }
            cursor.seek(50);
            assertThat(cursor.next()).isFalse();
        }
    }

    @Test
    void anOffsetOutOfRangeTellsTheRange() {
        log.createTopic(TopicSpec.named(ORDERS));
        append(FIRST, "only");
        for (long offset : new long[] {-1, 2, Long.MAX_VALUE}) {
            assertThatThrownBy(() -> log.read(FIRST, offset))
                    .isInstanceOfSatisfying(
                            OffsetOutOfRangeException.class,
                            e -> {
                                assertThat(e.earliest()).isZero();
                                assertThat(e.latest()).isEqualTo(1);
                                assertThat(e.code()).isEqualTo(Code.OFFSET_OUT_OF_RANGE);
                            });
        }
        try (Cursor cursor = log.read(FIRST, 1)) {
            assertThatThrownBy(() -> cursor.seek(2)).isInstanceOf(OffsetOutOfRangeException.class);
            cursor.seek(0);
            assertThat(cursor.next()).isTrue();
        }
    }

    @Test
    void aTailingCursorSeesWhatComes() throws InterruptedException {
        log.createTopic(TopicSpec.named(ORDERS));
        int records = 200;
        Thread writer =
                Thread.ofPlatform()
                        .start(
                                () -> {
                                    for (int i = 0; i < records; i++) {
                                        append(FIRST, "v" + i);
                                    }
                                });
        try (Cursor cursor = log.read(FIRST, 0)) {
            for (int i = 0; i < records; i++) {
                assertThat(cursor.next(LONG)).isTrue();
                assertThat(text(cursor)).isEqualTo("v" + i);
            }
            assertThat(cursor.next(Duration.ZERO)).isFalse();
        }
        writer.join();
    }

    @Test
    void waitingForAnOffsetEndsWhenItIsThere() {
        log.createTopic(TopicSpec.named(ORDERS));
        assertThat(log.awaitOffset(FIRST, 0, Duration.ZERO)).isFalse();
        CompletableFuture<Boolean> waiting =
                CompletableFuture.supplyAsync(() -> log.awaitOffset(FIRST, 1, LONG));
        append(FIRST, "a");
        append(FIRST, "b");
        assertThat(waiting.join()).isTrue();
        assertThat(log.awaitOffset(FIRST, 0, Duration.ZERO)).isTrue();
    }

    @Test
    void recordsAreFoundByTime() {
        log.createTopic(TopicSpec.named(ORDERS));
        for (long millis : new long[] {100, 300, 200, 500}) {
            log.append(FIRST, new LogRecord(millis, null, bytes("t" + millis), List.of())).join();
        }
        assertThat(log.offsetForTime(FIRST, 0)).isEqualTo(OptionalLong.of(0));
        assertThat(log.offsetForTime(FIRST, 101)).isEqualTo(OptionalLong.of(1));
        assertThat(log.offsetForTime(FIRST, 300)).isEqualTo(OptionalLong.of(1));
        assertThat(log.offsetForTime(FIRST, 301)).isEqualTo(OptionalLong.of(3));
        assertThat(log.offsetForTime(FIRST, 501)).isEmpty();
    }

    @Test
    void severalCursorsReadSideBySide() {
        log.createTopic(TopicSpec.named(ORDERS));
        for (int i = 0; i < 100; i++) {
            append(FIRST, "v" + i);
        }
        try (Cursor one = log.read(FIRST, 0);
                Cursor two = log.read(FIRST, 50)) {
            for (int i = 0; i < 50; i++) {
                assertThat(one.next() && two.next()).isTrue();
                assertThat(text(one)).isEqualTo("v" + i);
                assertThat(text(two)).isEqualTo("v" + (50 + i));
            }
        }
    }

    // ---- the end

    @Test
    void aClosedLogSaysSo() {
        log.createTopic(TopicSpec.named(ORDERS));
        log.close();
        log.close();
        assertThat(failure(() -> log.append(FIRST, record("x")))).isEqualTo(Code.CLOSED);
        assertThat(code(() -> log.topics())).isEqualTo(Code.CLOSED);
        assertThat(code(() -> log.read(FIRST, 0))).isEqualTo(Code.CLOSED);
    }

    // ---- small change

    private List<String> names() {
        return log.topics().stream()
                .filter(topic -> !topic.internal())
                .map(TopicDescription::name)
                .toList();
    }

    private void append(TopicPartition partition, String value) {
        log.append(partition, record(value)).join();
    }

    private List<String> values(TopicPartition partition, long from) {
        List<String> values = new ArrayList<>();
        try (Cursor cursor = log.read(partition, from)) {
            while (cursor.next()) {
                assertThat(cursor.record().offset()).isEqualTo(from + values.size());
                values.add(text(cursor));
            }
        }
        return values;
    }

    private static String text(Cursor cursor) {
        return String.valueOf(
                StandardCharsets.UTF_8.decode(Objects.requireNonNull(cursor.record().value())));
    }

    private static LogRecord record(String value) {
        return LogRecord.of(null, value);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private interface Append {
        CompletableFuture<AppendResult> make();
    }

    private static Code code(Runnable call) {
        try {
            call.run();
        } catch (LogException e) {
            return e.code();
        }
        throw new AssertionError("the call should have failed");
    }

    /// An append may refuse at once or by its future.
    private static Code failure(Append append) {
        return code(
                () -> {
                    try {
                        append.make().join();
                    } catch (CompletionException e) {
                        if (e.getCause() instanceof LogException cause) {
                            throw cause;
                        }
                        throw e;
                    }
                });
    }
}
