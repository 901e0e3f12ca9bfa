package dev.millrace.testkit.crash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.millrace.log.Compression;
import dev.millrace.log.CorruptRecordException;
import dev.millrace.log.Cursor;
import dev.millrace.log.Damage;
import dev.millrace.log.Durability;
import dev.millrace.log.LocalLog;
import dev.millrace.log.LogException;
import dev.millrace.log.LogOptions;
import dev.millrace.log.LogRecord;
import dev.millrace.log.RecordBatch;
import dev.millrace.log.RecoveryReport;
import dev.millrace.log.TopicDescription;
import dev.millrace.log.TopicPartition;
import dev.millrace.log.TopicSpec;
import dev.millrace.log.internal.LogEngine;
import dev.millrace.testkit.crash.DamagePlaces.Place;
import dev.millrace.testkit.storage.FaultStorage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Bits flip and files are cut on the disk, at every byte of a small log in turn: the log opens, or
/// refuses and names the file; a wrong record is never given out; what is lost is reported, and is
/// no more than the batch or frame group that was hit.
@Timeout(value = 20, unit = TimeUnit.MINUTES)
class FlippedBitTest {
    private static final LogOptions OPTIONS =
            LogOptions.defaults()
                    .with("log.journal.file.bytes", 4 << 10)
                    .with("log.journal.max.bytes", 64 << 10)
                    .with("log.min-free-bytes", 0)
                    .with("log.direct-force-bytes", 1500);

    private static final String SECOND_SEGMENT = "00000000000000000006.log";

    /// How the log ended before the damage.
    enum Ended {
        CLOSED,
        KILLED,
        POWER_LOST
    }

    private final long seed = Seeds.seed(getClass());
    private final SplittableRandom random = new SplittableRandom(seed);
    private FaultStorage sound = new FaultStorage();
    private DamagePlaces places;
    private final Map<Place, Long> expected = new HashMap<>();
    private int states;
    private int refused;
    private int lossy;
    private final List<String> problems = new ArrayList<>();

    @ParameterizedTest
    @EnumSource(Ended.class)
    void someBytesFlipped(Ended ended) throws IOException {
        prepare(ended);
        flipEvery(29, ended);
        tell(ended);
    }

    @ParameterizedTest
    @EnumSource(Ended.class)
    void someLengthsCut(Ended ended) throws IOException {
        prepare(ended);
        cutEvery(31, ended);
        tell(ended);
    }

    @ParameterizedTest
    @EnumSource(Ended.class)
    @Tag("slow")
    void everyByteFlipped(Ended ended) throws IOException {
        prepare(ended);
        flipEvery(1, ended);
        tell(ended);
    }

    @ParameterizedTest
    @EnumSource(Ended.class)
    @Tag("slow")
    void everyLengthCut(Ended ended) throws IOException {
        prepare(ended);
        cutEvery(1, ended);
        tell(ended);
    }

    // ---- the log

    private void prepare(Ended ended) throws IOException {
        FaultStorage storage = new FaultStorage();
        LocalLog log = open(storage);
        write(log);
        FaultStorage killed = storage.afterProcessKill();
        log.close();
        sound =
                switch (ended) {
                    case CLOSED -> storage.afterProcessKill();
                    case KILLED -> killed;
                    case POWER_LOST -> killed.dropAllUnforced();
                };
        try (LocalLog pristine = open(sound.afterProcessKill())) {
            assertThat(pristine.recovery().damage()).isEmpty();
            places = new DamagePlaces(sound, pristine);
            for (TopicPartition partition : partitions(pristine)) {
                long[] ids = CrashLedger.ids(pristine, partition);
                for (int offset = 0; offset < ids.length; offset++) {
                    expected.put(new Place(partition, offset), ids[offset]);
                }
            }
        }
        assertThat(expected).hasSizeGreaterThan(10);
        assertThat(sound.files().keySet()).anyMatch(file -> file.endsWith(SECOND_SEGMENT));
    }

    private static LocalLog open(FaultStorage storage) {
        return LogEngine.open(storage, CrashSuite.DIRECTORY, OPTIONS);
    }

    private static List<TopicPartition> partitions(LocalLog log) {
        return log.topics().stream()
                .filter(topic -> !topic.internal())
                .map(TopicDescription::name)
                .map(name -> new TopicPartition(name, 0))
                .toList();
    }

    private static void write(LocalLog log) {
        TopicPartition fsync = create(log, Durability.FSYNC);
        long id = append(log, fsync, 0, 1, 20);
        id = append(log, fsync, id, 3, 20);
        id = append(log, fsync, id, 2, 900); // bypasses the journal
        id = append(log, fsync, id, 4, 500); // and so does this, in a new segment
        id = append(log, fsync, id, 1, 30);
        TopicPartition os = create(log, Durability.OS);
        for (int count : new int[] {1, 3, 2}) {
            id = append(log, os, id, count, 12);
        }
        append(log, fsync, id, 2, 12);
    }

    private static TopicPartition create(LocalLog log, Durability durability) {
        log.createTopic(
                TopicSpec.named(durability.key())
                        .durability(durability)
                        .config("segment.bytes", "4096")
                        .config("index.interval.bytes", "200"));
        return new TopicPartition(durability.key(), 0);
    }

    private static long append(
            LocalLog log, TopicPartition partition, long id, int count, int valueBytes) {
        List<LogRecord> records = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            records.add(Payload.record(id + i, valueBytes));
        }
        log.append(partition, RecordBatch.of(records, Compression.NONE)).join();
        return id + count;
    }

    // ---- the damage

    private interface Damaging {
        void damage(FaultStorage storage) throws IOException;
    }

    private void flipEvery(int stride, Ended ended) throws IOException {
        for (Map.Entry<Path, Integer> file : sound.files().entrySet()) {
            Path path = file.getKey();
            for (int at = random.nextInt(stride);
                    at < file.getValue();
                    at += stride * sparse(path, at)) {
                int position = at;
                int mask = random.nextInt(4) == 0 ? random.nextInt(1, 256) : 1 << random.nextInt(8);
                attempt(
                        path,
                        "mask %02x at byte %d".formatted(mask, position),
                        inJournalOfWholeSegments(path, ended)
                                ? Set.of()
                                : places.at(path, position),
                        storage -> storage.corrupt(path, position, mask));
            }
        }
    }

    private void cutEvery(int stride, Ended ended) throws IOException {
        for (Map.Entry<Path, Integer> file : sound.files().entrySet()) {
            Path path = file.getKey();
            for (int at = random.nextInt(stride);
                    at < file.getValue();
                    at += stride * sparse(path, at)) {
                int size = at;
                if (isSilent(path, size, ended)) {
                    continue;
                }
                attempt(
                        path,
                        "cut to %d bytes".formatted(size),
                        inJournalOfWholeSegments(path, ended) ? Set.of() : places.from(path, size),
                        storage -> storage.truncate(path, size));
            }
        }
    }

    /// The zeros behind the journal's groups are all alike.
    private int sparse(Path file, int position) throws IOException {
        byte[] bytes = sound.bytes(file);
        int to = Math.min(position + 128, bytes.length);
        boolean zeros =
                file.toString().endsWith(".journal")
                        && Arrays.equals(bytes, position, to, new byte[128], 0, to - position);
        return zeros ? 13 : 1;
    }

    /// What was never forced and ends behind a batch looks like all that was ever written.
    private boolean isSilent(Path file, int size, Ended ended) {
        return ended != Ended.CLOSED
                && file.toString().contains("/" + Durability.OS.key() + "-")
                && places.isBoundary(file, size);
    }

    /// Where the power was not lost, all that the journal holds is in the segments as well.
    private static boolean inJournalOfWholeSegments(Path file, Ended ended) {
        return file.toString().endsWith(".journal") && ended != Ended.POWER_LOST;
    }

    private void attempt(Path file, String what, Set<Place> mayGo, Damaging damaging)
            throws IOException {
        FaultStorage damaged = sound.afterProcessKill();
        damaging.damage(damaged);
        states++;
        try {
            look(damaged, file, mayGo);
        } catch (AssertionError | RuntimeException e) {
            problems.add("%s, %s: %s".formatted(file, what, e));
        }
    }

    private void look(FaultStorage damaged, Path file, Set<Place> mayGo) {
        LocalLog log;
        try {
            log = open(damaged);
        } catch (LogException e) {
            assertThat(e.getMessage()).contains(file.getFileName().toString());
            refused++;
            return;
        }
        try (log) {
            List<Damage> reported = new ArrayList<>(log.recovery().damage());
            Set<Place> lost = new HashSet<>(expected.keySet());
            for (TopicPartition partition : partitions(log)) {
                lost.removeAll(read(log, partition, reported));
            }
            reported.addAll(log.verify(progress -> {}));
            lost.stream()
                    .filter(place -> !isReported(place, reported, log.recovery()))
                    .findAny()
                    .ifPresent(
                            place ->
                                    fail(
                                            "%s is lost, and nobody says so: %s",
                                            place, log.recovery()));
            assertThat(lost).as("lost; %s; %s", log.recovery(), reported).isSubsetOf(mayGo);
            lossy += lost.isEmpty() ? 0 : 1;
        }
    }

    /// Reads what can be read, and goes on behind every damage.
    private Set<Place> read(LocalLog log, TopicPartition partition, List<Damage> reported) {
        Set<Place> found = new HashSet<>();
        try (Cursor cursor = log.read(partition, log.earliestOffset(partition))) {
            boolean more = true;
            while (more) {
                try {
                    more = cursor.next();
                    if (more) {
                        Place place = new Place(partition, cursor.record().offset());
                        assertThat(Payload.idOf(cursor.record()))
                                .as("%s", place)
                                .isEqualTo(expected.get(place));
                        found.add(place);
                    }
                } catch (CorruptRecordException e) {
                    reported.add(e.damage());
                    assertThat(e.nextReadableOffset()).isGreaterThan(cursor.position() - 1);
                    assertThat(e.damage().fromOffset()).isLessThan(e.nextReadableOffset());
                    cursor.seek(e.nextReadableOffset());
                }
            }
        }
        return found;
    }

    private static boolean isReported(Place place, List<Damage> damage, RecoveryReport recovery) {
        return damage.stream()
                        .anyMatch(
                                each ->
                                        each.partition().equals(place.partition())
                                                && each.fromOffset() <= place.offset()
                                                && each.nextReadableOffset() > place.offset())
                || recovery.tornTails().stream()
                        .anyMatch(
                                tail ->
                                        tail.partition().equals(place.partition())
                                                && tail.offset() <= place.offset())
                || recovery.orphans().stream()
                        .anyMatch(orphan -> orphan.contains("/" + place.partition()))
                || !recovery.journalDamage().isEmpty();
    }

    private void tell(Ended ended) {
        System.out.printf(
                "FlippedBitTest: %s, %,d states, %,d refused, %,d with loss%n",
                ended, states, refused, lossy);
        assertThat(problems)
                .as("MILLRACE_SEED=%d: %d of %d states", seed, problems.size(), states)
                .isEmpty();
    }
}
