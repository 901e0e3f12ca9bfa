package dev.millrace.testkit.views;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.log.Durability;
import dev.millrace.log.LocalLog;
import dev.millrace.log.LogOptions;
import dev.millrace.log.RecordBatch;
import dev.millrace.log.RunningView;
import dev.millrace.log.TopicPartition;
import dev.millrace.log.TopicSpec;
import dev.millrace.log.ViewOptions;
import dev.millrace.log.internal.LogEngine;
import dev.millrace.testkit.crash.Seeds;
import dev.millrace.testkit.storage.FaultStorage;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Anything, in any order, with crashes between: whenever a view has passed what is in the log, its
/// state is what folding the log by brute force gives.
@Timeout(300)
class ViewModelTest {
    private static final Duration SOON = Duration.ofSeconds(30);
    private static final Path DIRECTORY = Path.of("/data/log");
    private static final Logger LOGGER = Logger.getLogger("dev.millrace");
    private static final LogOptions OPTIONS =
            LogOptions.defaults()
                    .with("log.journal.file.bytes", 32 << 10)
                    .with("log.journal.max.bytes", 128 << 10)
                    .with("log.direct-force-bytes", 2 << 10)
                    .with("log.min-free-bytes", 0);

    private final long seed = Seeds.seed(getClass());
    private final TreeMap<String, Integer> done = new TreeMap<>();
    private FaultStorage storage = new FaultStorage();
    private SplittableRandom random = new SplittableRandom(seed);
    private LocalLog log;
    private @Nullable RunningView<RecordingView> running;
    private int version;

    @BeforeAll
    static void hush() {
        LOGGER.setLevel(Level.OFF);
    }

    @AfterAll
    static void speak() {
        LOGGER.setLevel(null);
    }

    @Test
    void theStateIsThatOfFoldingTheLog() throws Exception {
        SplittableRandom seeds = new SplittableRandom(seed);
        for (int work = 0; work < Seeds.states(60); work++) {
            random = new SplittableRandom(seeds.nextLong());
            storage = new FaultStorage();
            version = 1;
            running = null;
            log = LogEngine.open(storage, DIRECTORY, OPTIONS);
            log.createTopic(TopicSpec.named("sure").partitions(2));
            log.createTopic(TopicSpec.named("cached").durability(Durability.OS));
            int step = 0;
            try {
                for (; step < 40; step++) {
                    step();
                }
                compare();
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError(
                        "MILLRACE_SEED=%d, work %d, step %d: %s".formatted(seed, work, step, e), e);
            } finally {
                log.close();
            }
        }
        System.out.println("ViewModelTest: " + done);
        assertThat(done).hasSizeGreaterThanOrEqualTo(10);
    }

    private void step() throws Exception {
        int kind = random.nextInt(100);
        if (kind < 45) {
            append();
        } else if (kind < 55) {
            compare();
        } else if (kind < 65) {
            count("checkpoint");
            view().checkpoint();
        } else if (kind < 72) {
            closeView();
        } else if (kind < 75) {
            count("delete");
            closeView();
            if (!log.views().stored().isEmpty()) {
                log.views().delete("recording");
            }
        } else if (kind < 79) {
            replace();
        } else if (kind < 82) {
            count("other version, started anew");
            closeView();
            version++;
        } else if (kind < 85) {
            count("roll back");
            closeView();
            version = Math.max(1, version - 1);
        } else if (kind < 88) {
            morePartitions();
        } else if (kind < 90) {
            createAgain();
        } else if (kind < 93) {
            count("reopen");
            log.close();
            reopen(storage);
        } else {
            crash();
        }
    }

    private void count(String what) {
        done.merge(what, 1, Integer::sum);
    }

    private List<TopicPartition> partitions() {
        return log.topics().stream()
                .filter(topic -> !topic.internal())
                .flatMap(
                        topic ->
                                IntStream.range(0, topic.partitions())
                                        .mapToObj(i -> new TopicPartition(topic.name(), i)))
                .toList();
    }

    private void append() {
        count("append");
        List<TopicPartition> all = partitions();
        TopicPartition partition = all.get(random.nextInt(all.size()));
        RecordBatch.Builder batch = RecordBatch.builder();
        for (int left = random.nextInt(1, 40); left > 0; left--) {
            byte[] value = new byte[random.nextInt(30)];
            random.nextBytes(value);
            batch.add(random.nextLong(1L << 40), null, value);
        }
        log.append(partition, batch.build()).join();
    }

    private RecordingView version() {
        ViewOptions options =
                ViewOptions.defaults()
                        .threads(random.nextInt(4))
                        .checkpointInterval(
                                random.nextBoolean() ? Duration.ZERO : Duration.ofDays(1));
        return new RecordingView("recording", "v" + version, "sure", "cached").with(options);
    }

    private RunningView<RecordingView> view() {
        RunningView<RecordingView> present = running;
        if (present == null) {
            present = log.views().run(version());
            running = present;
        }
        return present;
    }

    private void compare() {
        count("compare");
        RunningView<RecordingView> view = view();
        assertThat(view.awaitPresent(SOON)).isTrue();
        for (TopicPartition partition : partitions()) {
            assertThat(view.current().recorded(partition))
                    .as("%s, %s", partition, view.status())
                    .isEqualTo(RecordingView.expected(log, partition));
        }
    }

    private void closeView() {
        count("close");
        if (running != null) {
            running.close();
            running = null;
        }
    }

    private void replace() throws Exception {
        count("replace");
        RunningView<RecordingView> view = view();
        version++;
        var swapped = view.replace(version());
        if (random.nextBoolean()) {
            swapped.get(30, TimeUnit.SECONDS);
        } else {
            append();
            closeView(); // and goes on, or not, when it is run again
        }
    }

    private void morePartitions() {
        count("more partitions");
        int now = log.describeTopic("sure").partitions();
        if (now < 6) {
            log.addPartitions("sure", now + 1);
        }
    }

    private void createAgain() {
        count("create again");
        closeView();
        log.deleteTopic("cached");
        log.createTopic(TopicSpec.named("cached").durability(Durability.OS));
    }

    private void crash() {
        int point =
                random.nextInt(5) == 0
                        ? storage.operations()
                        : random.nextInt(storage.operations() / 2, storage.operations() + 1);
        FaultStorage left = storage.snapshotAt(point);
        switch (random.nextInt(4)) {
            case 0 -> count("kill");
            case 1 -> {
                count("lose everything unforced");
                left = left.dropAllUnforced();
            }
            default -> {
                count("lose power");
                left = left.afterPowerLoss(random);
            }
        }
        LocalLog dying = log;
        dying.close();
        reopen(left);
    }

    private void reopen(FaultStorage left) {
        storage = left;
        running = null;
        log = LogEngine.open(storage, DIRECTORY, OPTIONS);
        for (String topic : List.of("sure", "cached")) {
            if (log.topics().stream().noneMatch(t -> t.name().equals(topic))) {
                log.createTopic(TopicSpec.named(topic).durability(Durability.OS));
            }
        }
    }
}
