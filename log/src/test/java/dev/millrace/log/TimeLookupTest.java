package dev.millrace.log;

import static dev.millrace.log.TestLog.EVENTS;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The first record that is not older than a timestamp, held against looking at every record.
class TimeLookupTest {
    @TempDir Path root;
    private Path directory;
    private final List<Long> timestamps = new ArrayList<>();

    @BeforeEach
    void place() {
        directory = root.resolve("log");
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void findsWhatAFullScanFinds(long seed) {
        Random random = new Random(seed);
        Path killed = root.resolve("killed");
        try (LocalLog log = TestLog.open(directory)) {
            log.createTopic(TestLog.events(Durability.OS));
            for (int i = 0; i < 3; i++) {
                append(log, random);
                requireLikeScan(log, seed, random);
            }
            LogFiles.killed(directory, killed);
        }
        int killedAt = timestamps.size();
        try (LocalLog log = TestLog.open(directory)) {
            requireLikeScan(log, seed, random);
            append(log, random);
            requireLikeScan(log, seed, random);
        }
        timestamps.subList(killedAt, timestamps.size()).clear();
        try (LocalLog log = TestLog.open(killed)) {
            requireLikeScan(log, seed, random);
        }
    }

    /// Times that mostly go forward, sometimes leap, and sometimes lie before 1970.
    private void append(LocalLog log, Random random) {
        long time = timestamps.isEmpty() ? random.nextInt(2000) - 1000 : timestamps.getLast();
        for (int batch = 0; batch < 60; batch++) {
            List<LogRecord> records = new ArrayList<>();
            for (int i = random.nextInt(8); i >= 0; i--) {
                time += random.nextInt(20) == 0 ? random.nextInt(400) - 200 : random.nextInt(4);
                records.add(new LogRecord(time, null, new byte[random.nextInt(30)], List.of()));
                timestamps.add(time);
            }
            Compression compression = Compression.values()[random.nextInt(5)];
            log.append(EVENTS, RecordBatch.of(records, compression)).join();
        }
    }

    private void requireLikeScan(LocalLog log, long seed, Random random) {
        long least = timestamps.stream().mapToLong(t -> t).min().orElse(0) - 5;
        long most = timestamps.stream().mapToLong(t -> t).max().orElse(0) + 5;
        for (int i = 0; i < 300; i++) {
            long time = i == 0 ? Long.MIN_VALUE : random.nextLong(least, most);
            time = i == 1 ? Long.MAX_VALUE : time;
            assertThat(log.offsetForTime(EVENTS, time))
                    .as("seed %d, time %d", seed, time)
                    .isEqualTo(scan(time));
        }
    }

    private OptionalLong scan(long time) {
        for (int i = 0; i < timestamps.size(); i++) {
            if (timestamps.get(i) >= time) {
                return OptionalLong.of(i);
            }
        }
        return OptionalLong.empty();
    }

    @Test
    void anEmptyPartitionHasNone() {
        try (LocalLog log = TestLog.open(directory)) {
            log.createTopic(TestLog.events(Durability.OS));
            assertThat(log.offsetForTime(EVENTS, 0)).isEmpty();
            assertThat(log.offsetForTime(EVENTS, Long.MIN_VALUE)).isEmpty();
        }
    }

    @Test
    void recordsOfOneTimeAreFoundFromTheFirst() {
        try (LocalLog log = TestLog.open(directory)) {
            log.createTopic(TestLog.events(Durability.OS));
            for (int i = 0; i < 500; i++) {
                log.append(EVENTS, new LogRecord(i / 100, null, new byte[20], List.of())).join();
            }
            for (int time = 0; time < 5; time++) {
                assertThat(log.offsetForTime(EVENTS, time)).hasValue(time * 100L);
            }
            assertThat(log.offsetForTime(EVENTS, 5)).isEmpty();
        }
    }
}
