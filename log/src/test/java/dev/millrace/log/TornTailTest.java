package dev.millrace.log;

import static dev.millrace.log.TestLog.EVENTS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.log.RecoveryReport.TornTail;
import dev.millrace.log.SegmentBatches.Place;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// A process is killed while it writes the end of a segment: what is not whole is cut and kept
/// aside, and the log goes on from there under a new leader epoch.
class TornTailTest {
    private static final int RECORDS = 200;
    private static final LogOptions OPTIONS =
            LogOptions.defaults()
                    .with("log.min-free-bytes", 0)
                    .with("log.journal.file.bytes", 1 << 20);

    @TempDir Path root;
    private Path killed;

    @BeforeEach
    void place() {
        killed = root.resolve("killed");
    }

    /// One segment, and a journal with room for all, so that there is no checkpoint behind which
    /// nothing would be recovered.
    private void kill(Durability durability) {
        Path directory = root.resolve("log");
        try (LocalLog log = LocalLog.open(directory, OPTIONS)) {
            log.createTopic(TestLog.events(durability).config("segment.bytes", "1000000"));
            TestLog.fill(log, EVENTS, RECORDS, 10);
            LogFiles.killed(directory, killed);
        }
    }

    @Test
    void theLastBatchCutAnywhereIsCutOffAndNothingElse() throws IOException {
        kill(Durability.OS);
        Place last = SegmentBatches.of(killed, EVENTS).getLast();
        byte[] whole = Files.readAllBytes(last.file());
        for (int bytes = 1; bytes < last.sizeInBytes(); bytes += 3) {
            Path torn = LogFiles.killed(killed, root.resolve("cut-at-" + bytes));
            Path file = torn.resolve(killed.relativize(last.file()).toString());
            LogFiles.truncate(file, last.position() + bytes);
            try (LocalLog log = LocalLog.open(torn, OPTIONS)) {
                requireCut(log, last, bytes, file);
                goOn(log, RECORDS - 10);
            }
            assertThat(cutFiles(torn).getFirst())
                    .hasBinaryContent(
                            Arrays.copyOfRange(
                                    whole, (int) last.position(), (int) last.position() + bytes));
            requireClean(torn);
        }
    }

    private static void requireCut(LocalLog log, Place last, long bytes, Path file) {
        assertThat(log.recovery().clean()).isFalse();
        assertThat(log.recovery().damage()).isEmpty();
        assertThat(log.recovery().tornTails())
                .containsExactly(
                        new TornTail(
                                EVENTS,
                                last.baseOffset(),
                                file.toString(),
                                last.position(),
                                bytes));
        assertThat(log.latestOffset(EVENTS)).isEqualTo(last.baseOffset());
        assertThat(TestLog.read(log, EVENTS))
                .isEqualTo(TestLog.numberedTexts(0, last.baseOffset()));
    }

    private static void goOn(LocalLog log, long from) {
        assertThat(log.latestOffset(EVENTS)).isEqualTo(from);
        TestLog.fill(log, EVENTS, RECORDS + 20, 7);
        assertThat(TestLog.read(log, EVENTS)).isEqualTo(TestLog.numberedTexts(0, RECORDS + 20));
        TestLog.requireSound(log);
    }

    private static void requireClean(Path directory) {
        try (LocalLog log = LocalLog.open(directory, OPTIONS)) {
            assertThat(log.recovery().clean()).isTrue();
            assertThat(log.recovery().tornTails()).isEmpty();
            assertThat(TestLog.read(log, EVENTS)).isEqualTo(TestLog.numberedTexts(0, RECORDS + 20));
        }
    }

    private static List<Path> cutFiles(Path directory) {
        return LogFiles.files(directory, EVENTS, ".cut");
    }

    @ParameterizedTest
    @EnumSource(
            value = Durability.class,
            names = {"OS", "FSYNC"})
    void bytesBehindTheEndAreCutOff(Durability durability) throws IOException {
        kill(durability);
        Place last = SegmentBatches.of(killed, EVENTS).getLast();
        byte[] rubbish = new byte[1000];
        Arrays.fill(rubbish, (byte) 2);
        long end = last.position() + last.sizeInBytes();
        LogFiles.write(last.file(), end, rubbish);
        try (LocalLog log = LocalLog.open(killed, OPTIONS)) {
            assertThat(log.recovery().tornTails())
                    .containsExactly(
                            new TornTail(EVENTS, RECORDS, last.file().toString(), end, 1000));
            goOn(log, RECORDS);
        }
        assertThat(cutFiles(killed).getFirst()).hasBinaryContent(rubbish);
        requireClean(killed);
    }

    @ParameterizedTest
    @EnumSource(
            value = Durability.class,
            names = {"OS", "FSYNC"})
    void aSegmentBegunButEmptyIsNoTornTail(Durability durability) {
        kill(durability);
        Place last = SegmentBatches.of(killed, EVENTS).getLast();
        LogFiles.write(last.file().resolveSibling("00000000000000000200.log"), 0, new byte[0]);
        try (LocalLog log = LocalLog.open(killed, OPTIONS)) {
            assertThat(log.recovery().tornTails()).isEmpty();
            goOn(log, RECORDS);
        }
        requireClean(killed);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 70, 400, 4000})
    void whatTheJournalHasComesBackWhateverTheSegmentsLost(int keptBytes) {
        kill(Durability.FSYNC);
        for (Path file : LogFiles.files(killed, EVENTS, ".log")) {
            LogFiles.truncate(file, Math.min(LogFiles.size(file), keptBytes));
        }
        try (LocalLog log = LocalLog.open(killed, OPTIONS)) {
            assertThat(log.recovery().journalFrames())
                    .as("frames of records and of the definition")
                    .isEqualTo(RECORDS / 10 + 1);
            assertThat(log.recovery().tornTails()).isEmpty();
            assertThat(log.recovery().damage()).isEmpty();
            goOn(log, RECORDS);
        }
        requireClean(killed);
    }

    @Test
    void theEpochGoesUpWithEveryCut() throws IOException {
        kill(Durability.OS);
        Path current = killed;
        for (int epoch = 1; epoch <= 3; epoch++) {
            Place last = SegmentBatches.of(current, EVENTS).getLast();
            LogFiles.truncate(last.file(), last.position() + last.sizeInBytes() - 1);
            Path next = root.resolve("killed-" + epoch);
            try (LocalLog log = LocalLog.open(current, OPTIONS)) {
                assertThat(log.latestOffset(EVENTS)).isEqualTo(last.baseOffset());
                TestLog.fill(log, EVENTS, RECORDS, 10);
                LogFiles.killed(current, next);
            }
            current = next;
        }
        assertThat(
                        Files.readString(
                                LogFiles.partition(current, EVENTS)
                                        .resolve("leader-epoch-checkpoint")))
                .isEqualTo("0\n2\n0 0\n3 190\n");
        try (LocalLog log = LocalLog.open(current, OPTIONS)) {
            assertThat(TestLog.read(log, EVENTS)).isEqualTo(TestLog.numberedTexts(0, RECORDS));
            TestLog.requireSound(log);
        }
    }

    /// The last opening cut nothing and wrote its checkpoint; nothing of it is left to do again.
    @ParameterizedTest
    @EnumSource(
            value = Durability.class,
            names = {"OS", "FSYNC"})
    void recoveringTwiceComesToTheSame(Durability durability) {
        kill(durability);
        Place last = SegmentBatches.of(killed, EVENTS).getLast();
        LogFiles.write(last.file(), last.position() + last.sizeInBytes(), (byte) 1);
        Path again = root.resolve("killed-again");
        try (LocalLog log = LocalLog.open(killed, OPTIONS)) {
            assertThat(log.recovery().tornTails()).hasSize(1);
            LogFiles.killed(killed, again);
        }
        try (LocalLog log = LocalLog.open(again, OPTIONS)) {
            assertThat(log.recovery().tornTails()).isEmpty();
            assertThat(log.recovery().damage()).isEmpty();
            goOn(log, RECORDS);
        }
    }
}
