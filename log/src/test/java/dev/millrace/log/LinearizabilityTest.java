package dev.millrace.log;

import static dev.millrace.log.TestLog.EVENTS;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Writers with conditions on one partition: each sets the next version of an entity if it still
/// has the one that the writer believes in. The history that they record must be one that a single
/// thread could have made, with every call somewhere between its beginning and its end.
@Timeout(120)
class LinearizabilityTest {
    private static final int ENTITIES = 3;
    private static final int CALLS = 400;

    @TempDir Path directory;

    /// A call, in nanoseconds of one clock.
    ///
    /// @param seen the version that the condition saw
    /// @param set whether it held, so that the version is now one more
    private record Call(int entity, long begun, long ended, long seen, boolean set) {}

    /// Knows the version of every entity: the index that an event store would keep.
    private static final class Versions implements AppendListener {
        private final Map<Integer, Long> versions = new HashMap<>();

        @Override
        public void appended(long baseOffset, RecordBatch batch) {
            for (LogRecord record : batch.records()) {
                byte[] key = record.key();
                if (key != null) {
                    versions.merge(
                            Integer.valueOf(new String(key, StandardCharsets.UTF_8)),
                            1L,
                            Long::sum);
                }
            }
        }

        @Override
        public void takenBack(long nextOffset) {
            throw new IllegalStateException("nothing fails here");
        }

        @Nullable Object conflict(int entity, long expected) {
            long version = versions.getOrDefault(entity, 0L);
            return version == expected ? null : version;
        }
    }

    @ParameterizedTest
    @CsvSource({"FSYNC, 2", "FSYNC, 16", "OS, 8"})
    void theHistoryOfConcurrentWritersIsThatOfSomeSingleOne(Durability durability, int writers)
            throws InterruptedException {
        long seed = System.nanoTime();
        ConcurrentLinkedQueue<Call> history = new ConcurrentLinkedQueue<>();
        try (LocalLog log = TestLog.open(directory)) {
            log.createTopic(TestLog.events(durability));
            Versions versions = new Versions();
            log.listen(EVENTS, versions);
            List<Thread> threads = new ArrayList<>();
            for (int i = 0; i < writers; i++) {
                SplittableRandom random = new SplittableRandom(seed + i);
                threads.add(Thread.ofPlatform().start(() -> write(log, versions, random, history)));
            }
            for (Thread thread : threads) {
                thread.join();
            }
            assertThat(history).as("seed %d", seed).hasSize(writers * CALLS);
            long set = history.stream().filter(Call::set).count();
            assertThat(log.latestOffset(EVENTS)).as("seed %d", seed).isEqualTo(set);
        }
        for (int entity = 0; entity < ENTITIES; entity++) {
            requireLinearizable(entity, history, seed);
        }
    }

    private static void write(
            LocalLog log,
            Versions versions,
            SplittableRandom random,
            ConcurrentLinkedQueue<Call> history) {
        long[] believed = new long[ENTITIES];
        for (int i = 0; i < CALLS; i++) {
            int entity = random.nextInt(ENTITIES);
            long expected = believed[entity];
            RecordBatch batch =
                    RecordBatch.of(LogRecord.of(Integer.toString(entity), "version " + expected));
            long begun = System.nanoTime();
            long seen = expected;
            try {
                log.append(EVENTS, batch, next -> versions.conflict(entity, expected)).join();
                believed[entity] = expected + 1;
            } catch (CompletionException e) {
                seen = (Long) ((PreconditionFailedException) e.getCause()).seen();
                believed[entity] = seen;
            }
            boolean set = seen == expected;
            history.add(new Call(entity, begun, System.nanoTime(), seen, set));
        }
    }

    /// Calls that saw one version come in any order, the one that set the next comes behind them;
    /// each gets the earliest moment that is left, which must not be behind its end.
    private static void requireLinearizable(
            int entity, ConcurrentLinkedQueue<Call> history, long seed) {
        List<Call> calls =
                history.stream()
                        .filter(call -> call.entity == entity)
                        .sorted(
                                Comparator.comparingLong(Call::seen)
                                        .thenComparing(Call::set)
                                        .thenComparing(Call::begun))
                        .toList();
        long version = 0;
        long moment = Long.MIN_VALUE;
        for (Call call : calls) {
            moment = Math.max(moment, call.begun);
            assertThat(call.seen).as("seed %d: nobody set %s", seed, call).isEqualTo(version);
            assertThat(moment)
                    .as("seed %d: too late for %s", seed, call)
                    .isLessThanOrEqualTo(call.ended);
            version += call.set ? 1 : 0;
        }
        assertThat(version).as("seed %d", seed).isPositive();
    }
}
