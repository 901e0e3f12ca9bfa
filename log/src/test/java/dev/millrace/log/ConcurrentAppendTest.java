package dev.millrace.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Many threads append to a few partitions: every acknowledged record is where its result says,
/// offsets are dense, and what one thread sent in order stands in order.
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ConcurrentAppendTest {
    private static final int THREADS = 64;
    private static final int PARTITIONS = 3;
    private static final int APPENDS = 60;

    @TempDir Path directory;

    /// One append of one thread.
    private record Sent(
            int thread, int number, int count, CompletableFuture<AppendResult> result) {}

    @ParameterizedTest
    @CsvSource({"OS, false", "FSYNC, false", "OS, true", "FSYNC, true"})
    void offsetsAreDenseAndOrderIsKept(Durability durability, boolean virtual) throws Exception {
        List<Sent> all = new ArrayList<>();
        try (LocalLog log = TestLog.open(directory)) {
            log.createTopic(TestLog.events(durability).partitions(PARTITIONS));
            try (ExecutorService threads =
                    virtual
                            ? Executors.newVirtualThreadPerTaskExecutor()
                            : Executors.newFixedThreadPool(THREADS)) {
                List<Future<List<Sent>>> running = new ArrayList<>();
                for (int i = 0; i < THREADS; i++) {
                    int thread = i;
                    running.add(threads.submit(() -> append(log, thread)));
                }
                for (Future<List<Sent>> each : running) {
                    all.addAll(each.get(100, TimeUnit.SECONDS));
                }
            }
            requireAllThere(log, all, durability);
        }
        try (LocalLog log = TestLog.open(directory)) {
            requireAllThere(log, all, durability);
            TestLog.requireSound(log);
        }
    }

    /// Single records and batches, some awaited at once and some not.
    private static List<Sent> append(LocalLog log, int thread) throws Exception {
        Random random = new Random(thread);
        List<Sent> sent = new ArrayList<>();
        for (int number = 0; number < APPENDS; number++) {
            TopicPartition partition = new TopicPartition("events", random.nextInt(PARTITIONS));
            int count = random.nextInt(3) == 0 ? 1 + random.nextInt(10) : 1;
            List<LogRecord> records = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                records.add(record(thread, number, i));
            }
            CompletableFuture<AppendResult> result =
                    count == 1
                            ? log.append(partition, records.getFirst())
                            : log.append(partition, RecordBatch.of(records, Compression.NONE));
            sent.add(new Sent(thread, number, count, result));
            if (random.nextInt(4) == 0) {
                result.get(60, TimeUnit.SECONDS);
            }
        }
        for (Sent each : sent) {
            each.result.get(60, TimeUnit.SECONDS);
        }
        return sent;
    }

    private static LogRecord record(int thread, int number, int i) {
        return new LogRecord(number, null, bytes(thread + "/" + number + "/" + i), List.of());
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static void requireAllThere(LocalLog log, List<Sent> all, Durability durability) {
        long total = 0;
        Map<String, String> places = new HashMap<>();
        for (int i = 0; i < PARTITIONS; i++) {
            TopicPartition partition = new TopicPartition("events", i);
            int[] last = new int[THREADS];
            try (Cursor cursor = log.read(partition, 0)) {
                while (cursor.next()) {
                    byte[] value = cursor.record().copy().value();
                    assertThat(value).isNotNull();
                    String text = new String(value, StandardCharsets.US_ASCII);
                    String[] words = text.split("/");
                    int thread = Integer.parseInt(words[0]);
                    int number = Integer.parseInt(words[1]);
                    assertThat(number).as("order of %s", text).isGreaterThanOrEqualTo(last[thread]);
                    last[thread] = number;
                    assertThat(places.put(partition + "@" + cursor.record().offset(), text))
                            .isNull();
                    total++;
                }
            }
            assertThat(log.latestOffset(partition)).isEqualTo(placesIn(places, partition));
        }
        assertThat(total).isEqualTo(all.stream().mapToLong(Sent::count).sum());
        for (Sent each : all) {
            AppendResult result = each.result.join();
            assertThat(result.durability()).isEqualTo(durability);
            assertThat(result.count()).isEqualTo(each.count);
            for (int i = 0; i < each.count; i++) {
                assertThat(places)
                        .containsEntry(
                                result.partition() + "@" + (result.baseOffset() + i),
                                each.thread + "/" + each.number + "/" + i);
            }
        }
    }

    private static long placesIn(Map<String, String> places, TopicPartition partition) {
        return places.keySet().stream().filter(key -> key.startsWith(partition + "@")).count();
    }
}
