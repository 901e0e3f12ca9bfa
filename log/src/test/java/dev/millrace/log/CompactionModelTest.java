package dev.millrace.log;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.log.internal.Clock;
import dev.millrace.log.internal.LogEngine;
import dev.millrace.log.internal.MemoryStorage;
import dev.millrace.log.internal.Storage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Compaction against brute force: records with few keys, tombstones among them, are appended;
/// segments roll; the log is cleaned, records are deleted from the front, the clock goes on, the
/// log is closed and opened again, in any order, while cursors are under way. After each step the
/// partition holds exactly what a model says, wherever one looks at it.
class CompactionModelTest {
    private static final Path DIRECTORY = Path.of("/log");
    private static final TopicPartition STATE = new TopicPartition("state", 0);
    private static final long DELETE_RETENTION = 1000;
    private static final int STEPS = 120;

    private final Storage storage = new MemoryStorage();

    /// All that was ever appended, by offset.
    private final List<LogRecord> appended = new ArrayList<>();

    /// The offsets that are there still.
    private final TreeSet<Long> present = new TreeSet<>();

    /// When tombstones may go, by offset.
    private final Map<Long, Long> horizons = new HashMap<>();

    private final List<Follower> followers = new ArrayList<>();
    private long cleanedEnd;
    private long earliest;
    private long now = 1_000_000;
    private LocalLog log;

    private final Clock clock =
            new Clock() {
                @Override
                public long nanos() {
                    return System.nanoTime();
                }

                @Override
                public long epochMillis() {
                    return now;
                }

                @Override
                public void parkUntil(@Nullable Object blocker, long nanos) {
                    Clock.SYSTEM.parkUntil(blocker, nanos);
                }
            };

    /// A cursor under way: what it must not miss, and what it has seen.
    private static final class Follower {
        final Cursor cursor;
        final long from;
        final List<Long> seen = new ArrayList<>();

        Follower(Cursor cursor, long from) {
            this.cursor = cursor;
            this.from = from;
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
    void holdsWhatTheModelSays(long seed) throws IOException {
        play(seed, 1 << 20);
    }

    @ParameterizedTest
    @ValueSource(longs = {21, 22, 23, 24, 25, 26})
    void holdsWhatTheModelSaysWithMemoryForFewKeys(long seed) throws IOException {
        play(seed, 4096);
    }

    private void play(long seed, long memoryBytes) throws IOException {
        SplittableRandom random = new SplittableRandom(seed);
        LogOptions options =
                TestLog.smallOptions()
                        .with("log.cleaner.interval.ms", -1)
                        .with("log.cleaner.memory.bytes", memoryBytes)
                        .with("log.read.mode", random.nextBoolean() ? "mapped" : "positional");
        open(options);
        log.createTopic(
                TopicSpec.named(STATE.topic())
                        .config("cleanup.policy", "compact,delete")
                        .config("segment.bytes", "4096")
                        .config("index.interval.bytes", "200")
                        .config("delete.retention.ms", Long.toString(DELETE_RETENTION)));
        int keys = memoryBytes < 1 << 16 ? 400 : random.nextInt(2, 60);
        try {
            for (int step = 0; step < STEPS; step++) {
                step(random, options, keys);
                check(random);
            }
            finishFollowers();
        } catch (AssertionError | RuntimeException e) {
            throw new AssertionError("seed " + seed + ": " + e, e);
        } finally {
            log.close();
        }
    }

    private void open(LogOptions options) {
        log = LogEngine.open(storage, DIRECTORY, options, clock);
    }

    private void step(SplittableRandom random, LogOptions options, int keys) throws IOException {
        int choice = random.nextInt(100);
        if (choice < 60) {
            for (int i = random.nextInt(1, 12); i > 0; i--) {
                append(random, keys);
            }
        } else if (choice < 80) {
            clean();
        } else if (choice < 88) {
            now += random.nextLong(2 * DELETE_RETENTION);
        } else if (choice < 92) {
            finishFollowers();
            log.close();
            open(options);
        } else if (choice < 95) {
            long before = random.nextLong(earliest, appended.size() + 1);
            earliest = log.deleteRecords(STATE, before);
            assertThat(earliest).isEqualTo(before);
            present.headSet(before).clear();
        } else {
            long from = random.nextLong(earliest, appended.size() + 1);
            followers.add(new Follower(log.read(STATE, from), from));
        }
    }

    private void append(SplittableRandom random, int keys) {
        List<LogRecord> records = new ArrayList<>();
        for (int i = random.nextInt(1, 6); i > 0; i--) {
            byte[] key = ("key-" + random.nextInt(keys)).getBytes(StandardCharsets.UTF_8);
            byte[] value = random.nextInt(5) == 0 ? null : new byte[random.nextInt(60)];
            List<Header> headers =
                    random.nextInt(6) == 0
                            ? List.of(new Header("h", null), new Header("i", new byte[3]))
                            : List.of();
            records.add(new LogRecord(now + random.nextInt(-300, 300), key, value, headers));
        }
        Compression codec =
                random.nextInt(3) == 0
                        ? Compression.values()[random.nextInt(Compression.values().length)]
                        : Compression.NONE;
        long base = log.append(STATE, RecordBatch.of(records, codec)).join().baseOffset();
        assertThat(base).isEqualTo(appended.size());
        for (LogRecord record : records) {
            present.add((long) appended.size());
            appended.add(record);
        }
    }

    private void clean() throws IOException {
        log.clean(STATE.topic());
        cleanedEnd = Math.max(cleanedEnd, lastBase());
        Set<String> later = new HashSet<>();
        for (long offset : List.copyOf(present.headSet(cleanedEnd, false).descendingSet())) {
            LogRecord record = appended.get((int) offset);
            boolean due = horizons.getOrDefault(offset, Long.MAX_VALUE) <= now;
            if (!later.add(key(record)) || due) {
                present.remove(offset);
            } else if (record.value() == null) {
                horizons.putIfAbsent(offset, now + DELETE_RETENTION);
            }
        }
    }

    private long lastBase() throws IOException {
        return storage.list(DIRECTORY.resolve("log/default").resolve(STATE.toString())).stream()
                .filter(name -> name.endsWith(".log"))
                .mapToLong(name -> Long.parseLong(name, 0, 20, 10))
                .max()
                .orElseThrow();
    }

    private static String key(LogRecord record) {
        return new String(record.key(), StandardCharsets.UTF_8);
    }

    // ---- what there is to be seen

    private void check(SplittableRandom random) {
        assertThat(log.earliestOffset(STATE)).isEqualTo(earliest);
        assertThat(log.latestOffset(STATE)).isEqualTo(appended.size());
        requireReads(earliest);
        for (int i = 0; i < 4; i++) {
            long offset = random.nextLong(earliest, appended.size() + 1);
            requireReads(offset);
            if (offset < appended.size()) {
                assertThat(log.get(STATE, offset).map(r -> TestLog.text(offset, r)))
                        .isEqualTo(
                                present.contains(offset)
                                        ? java.util.Optional.of(text(offset))
                                        : java.util.Optional.empty());
            }
            requireFindsTime(now + random.nextInt(-3000, 400));
        }
        for (Follower follower : List.copyOf(followers)) {
            for (int i = random.nextInt(30); i > 0 && followers.contains(follower); i--) {
                follow(follower);
            }
        }
        assertThat(log.verify(progress -> {})).isEmpty();
        assertThat(log.recovery().damage()).isEmpty();
    }

    private void requireReads(long from) {
        List<String> expected = new ArrayList<>();
        present.tailSet(from).forEach(offset -> expected.add(text(offset)));
        List<String> read = new ArrayList<>();
        try (Cursor cursor = log.read(STATE, from)) {
            while (cursor.next()) {
                read.add(TestLog.text(cursor.record().offset(), cursor.record().copy()));
            }
            assertThat(cursor.position()).isEqualTo(appended.size());
        }
        assertThat(read).isEqualTo(expected);
    }

    private void requireFindsTime(long time) {
        assertThat(log.offsetForTime(STATE, time).stream().boxed().toList())
                .as("the first record at %d or later", time)
                .isEqualTo(
                        present.stream()
                                .filter(o -> appended.get(o.intValue()).timestampMillis() >= time)
                                .limit(1)
                                .toList());
    }

    /// One step of a cursor that began some time ago: what it shows was appended there, if it is
    /// there still or not.
    private void follow(Follower follower) {
        try {
            if (follower.cursor.next()) {
                RecordView record = follower.cursor.record();
                assertThat(TestLog.text(record.offset(), record.copy()))
                        .isEqualTo(text(record.offset()));
                follower.seen.add(record.offset());
            }
        } catch (OffsetOutOfRangeException e) {
            assertThat(e.earliest()).isEqualTo(earliest);
            follower.cursor.close();
            followers.remove(follower);
        }
    }

    private void finishFollowers() {
        for (Follower follower : List.copyOf(followers)) {
            while (followers.contains(follower) && follower.cursor.position() < appended.size()) {
                follow(follower);
            }
            if (followers.remove(follower)) {
                follower.cursor.close();
                assertThat(follower.seen).isSorted().doesNotHaveDuplicates();
                assertThat(new TreeSet<>(follower.seen))
                        .as("what is there is seen by whoever passed it")
                        .containsAll(present.tailSet(Math.max(follower.from, earliest)));
            }
        }
    }

    private String text(long offset) {
        return TestLog.text(offset, appended.get((int) offset));
    }

    // ---- every key

    @ParameterizedTest
    @ValueSource(longs = {31, 32, 33})
    void theLastRecordOfEveryKeyIsThere(long seed) throws IOException {
        play(seed, 1 << 20);
        Map<String, Long> last = new TreeMap<>();
        for (int i = 0; i < appended.size(); i++) {
            last.put(key(appended.get(i)), (long) i);
        }
        last.forEach(
                (key, offset) -> {
                    if (offset >= earliest && appended.get(offset.intValue()).value() != null) {
                        assertThat(present).as(key).contains(offset);
                    }
                });
    }
}
