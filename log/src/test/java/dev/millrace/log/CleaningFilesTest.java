package dev.millrace.log;

import static dev.millrace.log.TestLog.EVENTS;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What cleaning leaves on the disk, damaged from outside: `cleaning-checkpoint`, or the journal
/// that it does not need.
class CleaningFilesTest {
    @TempDir Path root;
    private Path killed;
    private List<String> compacted;
    private final CompactedLog.TestClock clock = new CompactedLog.TestClock();

    /// Leaves a log that was compacted, whose process was killed, and whose journal still holds
    /// frames of what was compacted.
    @BeforeEach
    void compactAndKill() {
        Path directory = root.resolve("log");
        try (LocalLog log = CompactedLog.open(directory, clock)) {
            log.createTopic(CompactedLog.topic("compact,delete"));
            CompactedLog.appendRounds(log, 60, 5);
            log.clean("events");
            log.deleteRecords(EVENTS, 7);
            log.append(EVENTS, CompactedLog.record(9, "after")).join();
            compacted = TestLog.read(log, EVENTS);
            assertThat(compacted).hasSizeLessThan(200);
            killed = LogFiles.killed(directory, root.resolve("killed"));
        }
    }

    private Path state(Path directory) {
        return LogFiles.partition(directory, EVENTS).resolve("cleaning-checkpoint");
    }

    @Test
    void everyFlippedByteOfTheStateIsFoundAndNothingIsLost() throws IOException {
        long size = LogFiles.size(state(killed));
        for (long at = 0; at < size; at++) {
            Path copy = LogFiles.killed(killed, root.resolve("copy-" + at));
            LogFiles.flip(state(copy), at, 1 << at % 8);
            requireReported(copy, "byte " + at);
        }
        for (long cut = 0; cut < size; cut += 3) {
            Path copy = LogFiles.killed(killed, root.resolve("cut-" + cut));
            LogFiles.truncate(state(copy), cut);
            requireReported(copy, "cut at " + cut);
        }
    }

    private void requireReported(Path directory, String what) {
        try (LocalLog log = CompactedLog.open(directory, clock)) {
            assertThat(log.recovery().damage()).as(what).hasSize(1);
            assertThat(TestLog.read(log, EVENTS)).as(what).endsWith(tail());
            assertThat(log.verify(progress -> {})).as(what).isEmpty();
        }
        try (LocalLog log = CompactedLog.open(directory, clock)) {
            assertThat(log.recovery().damage()).as("%s: reported once", what).isEmpty();
            assertThat(TestLog.read(log, EVENTS)).as(what).endsWith(tail());
            log.clean("events");
            // what had not been forced when it was cleaned first may go now
            assertThat(TestLog.read(log, EVENTS)).as(what).containsAll(latestOfEachKey());
            assertThat(compacted).as(what).containsAll(TestLog.read(log, EVENTS));
        }
    }

    private Collection<String> latestOfEachKey() {
        Map<String, String> latest = new TreeMap<>();
        for (String record : compacted) {
            latest.put(record.replaceAll(".*key '(.*?)'.*", "$1"), record);
        }
        assertThat(latest).hasSize(6);
        return latest.values();
    }

    /// What is there still, but for what may be back from before the start.
    private String[] tail() {
        return compacted.toArray(String[]::new);
    }

    /// The first compacted segment, with its gaps and empty batches: base offsets, lengths and
    /// epochs are under no CRC.
    @Test
    @Tag("slow")
    void everyFlippedByteOfACompactedSegmentIsFound() throws IOException {
        try (LocalLog log = CompactedLog.open(killed, clock)) {
            assertThat(log.recovery().damage()).isEmpty(); // and from here on it is closed in order
        }
        Path segment = LogFiles.files(killed, EVENTS, ".log").getFirst();
        byte[] sound = Files.readAllBytes(segment);
        assertThat(sound.length).isBetween(61, 4096);
        for (int at = 0; at < sound.length; at++) {
            LogFiles.flip(segment, at, 1 << at % 8);
            try (LocalLog log = CompactedLog.open(killed, clock)) {
                assertThat(log.verify(progress -> {})).as("byte %d", at).isNotEmpty();
                assertThat(compacted).as("byte %d", at).containsAll(readAround(log));
            }
            Files.write(segment, sound);
        }
    }

    private static List<String> readAround(LocalLog log) {
        List<String> read = new ArrayList<>();
        try (Cursor cursor = log.read(EVENTS, log.earliestOffset(EVENTS))) {
            while (cursor.position() < log.latestOffset(EVENTS)) {
                try {
                    if (cursor.next()) {
                        read.add(TestLog.text(cursor.record().offset(), cursor.record().copy()));
                    }
                } catch (CorruptRecordException e) {
                    cursor.seek(e.nextReadableOffset());
                }
            }
        }
        return read;
    }

    @Test
    void aJournalThatIsGoneDoesNoHarm() throws IOException {
        try (Stream<Path> files = Files.list(killed.resolve("journal"))) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        try (LocalLog log = CompactedLog.open(killed, clock)) {
            assertThat(TestLog.read(log, EVENTS)).isEqualTo(compacted);
            assertThat(log.recovery().damage()).isEmpty();
        }
    }

    @Test
    void framesOfTheJournalAreNotWrittenIntoCompactedSegments() {
        try (LocalLog log = CompactedLog.open(killed, clock)) {
            assertThat(TestLog.read(log, EVENTS)).isEqualTo(compacted);
            assertThat(log.verify(progress -> {})).isEmpty();
            assertThat(log.recovery().damage()).isEmpty();
        }
    }

    @Test
    void aMissingSegmentIsReported() throws IOException {
        Path first = LogFiles.files(killed, EVENTS, ".log").getFirst();
        Files.delete(first);
        try (LocalLog log = CompactedLog.open(killed, clock)) {
            assertThat(log.recovery().damage())
                    .singleElement()
                    .satisfies(d -> assertThat(d.fromOffset()).isEqualTo(7));
        }
    }
}
