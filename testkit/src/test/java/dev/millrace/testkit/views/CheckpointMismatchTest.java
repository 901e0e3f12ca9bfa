package dev.millrace.testkit.views;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.log.Durability;
import dev.millrace.log.LocalLog;
import dev.millrace.log.LogOptions;
import dev.millrace.log.RecordBatch;
import dev.millrace.log.RunningView;
import dev.millrace.log.TopicPartition;
import dev.millrace.log.TopicSpec;
import dev.millrace.log.internal.LogEngine;
import dev.millrace.log.internal.StorageFile;
import dev.millrace.testkit.storage.FaultStorage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Whatever a checkpoint does not fit, the view says so, replays, and comes to what it must.
@Timeout(120)
class CheckpointMismatchTest {
    private static final Duration SOON = Duration.ofSeconds(30);
    private static final Path DIRECTORY = Path.of("/data/log");
    private static final Path VIEW = DIRECTORY.resolve("views").resolve("recording");
    private static final Path CHECKPOINT = VIEW.resolve("1").resolve("checkpoint");
    private static final TopicPartition P0 = new TopicPartition("events", 0);
    private static final Logger LOGGER = Logger.getLogger("dev.millrace");

    private FaultStorage storage = new FaultStorage();

    @BeforeAll
    static void hush() {
        LOGGER.setLevel(Level.OFF);
    }

    @AfterAll
    static void speak() {
        LOGGER.setLevel(null);
    }

    private static LocalLog open(FaultStorage storage) {
        return LogEngine.open(
                storage,
                DIRECTORY,
                LogOptions.defaults()
                        .with("log.journal.file.bytes", 32 << 10)
                        .with("log.journal.max.bytes", 128 << 10)
                        .with("log.min-free-bytes", 0));
    }

    private static RecordingView view() {
        return new RecordingView("recording", "1", "events");
    }

    private static void append(LocalLog log, String what, int count) {
        for (int i = 0; i < count; i++) {
            byte[] value = (what + " " + i).getBytes(StandardCharsets.UTF_8);
            log.append(P0, RecordBatch.builder().add(i, null, value).build()).join();
        }
    }

    private static void fold(LocalLog log) {
        try (RunningView<RecordingView> running = log.views().run(view())) {
            running.awaitPresent(SOON);
        }
    }

    /// A log with 20 records, and a view that has folded them.
    private void prepare(Durability durability) {
        try (LocalLog log = open(storage)) {
            log.createTopic(TopicSpec.named("events").durability(durability));
            append(log, "first", 20);
            fold(log);
        }
    }

    /// Runs the view, and compares what it comes to.
    ///
    /// @return why it replayed, or an empty text where it did not
    private static String runAndCompare(LocalLog log) {
        try (RunningView<RecordingView> running = log.views().run(view())) {
            running.awaitPresent(SOON);
            assertThat(running.current().recorded(P0)).isEqualTo(RecordingView.expected(log, P0));
            String reason = running.status().replayReason();
            assertThat(running.current().foldedHere())
                    .as("replayed: %s", reason)
                    .isEqualTo(
                            reason == null
                                    ? log.latestOffset(P0) - 20
                                    : log.latestOffset(P0) - log.earliestOffset(P0));
            return reason == null ? "" : reason;
        }
    }

    private String reopenAndCompare() {
        try (LocalLog log = open(storage)) {
            return runAndCompare(log);
        }
    }

    private void overwrite(Path path, byte[] bytes) throws IOException {
        try (StorageFile file = storage.open(path)) {
            file.truncate(0);
            file.write(ByteBuffer.wrap(bytes), 0);
            file.force();
        }
    }

    @Test
    void nothingIsReplayedWhereAllFits() {
        prepare(Durability.FSYNC);
        assertThat(reopenAndCompare()).isEmpty();
    }

    @Test
    void anotherLog() throws IOException {
        prepare(Durability.FSYNC);
        FaultStorage first = storage;
        storage = new FaultStorage();
        prepare(Durability.FSYNC);
        for (Path path : List.copyOf(storage.files().keySet())) {
            if (path.startsWith(VIEW)) {
                overwrite(path, first.bytes(path));
            }
        }
        assertThat(reopenAndCompare()).contains("it is of log ");
    }

    @Test
    void aTopicThatWasCreatedAgain() {
        prepare(Durability.FSYNC);
        try (LocalLog log = open(storage)) {
            log.deleteTopic("events");
            log.createTopic(TopicSpec.named("events"));
            append(log, "second", 30);
            assertThat(runAndCompare(log)).contains("deleted and created again");
        }
    }

    @Test
    void anotherView() throws IOException {
        prepare(Durability.FSYNC);
        try (LocalLog log = open(storage);
                RunningView<RecordingView> other =
                        log.views().run(new RecordingView("other", "1", "events"))) {
            other.awaitPresent(SOON);
        }
        Path others = VIEW.resolveSibling("other").resolve("1").resolve("checkpoint");
        overwrite(CHECKPOINT, storage.bytes(others));
        assertThat(reopenAndCompare()).contains("it is of view 'other'");
    }

    @Test
    void anOffsetBeyondTheEndOfALogThatHasLostItsSuffix() {
        prepare(Durability.OS);
        try (LocalLog log = open(storage)) {
            append(log, "lost", 10);
            fold(log);
            storage = storage.dropAllUnforced();
        }
        try (LocalLog log = open(storage)) {
            assertThat(log.latestOffset(P0)).isLessThan(30);
            assertThat(runAndCompare(log))
                    .contains("it is at offset 30 of events-0, which ends at");
        }
    }

    @Test
    void otherRecordsAtTheOffsetsThatWereLostBehindACleanClose() {
        prepare(Durability.OS);
        loseAndWriteOthers();
    }

    @Test
    void otherRecordsAtTheOffsetsThatWereLostBehindACrash() {
        prepare(Durability.OS);
        try (LocalLog log = open(storage)) {
            append(log, "kept", 3);
            storage = storage.keepAll();
        }
        loseAndWriteOthers();
    }

    private void loseAndWriteOthers() {
        try (LocalLog log = open(storage)) {
            append(log, "lost", 10);
            fold(log);
            storage = storage.dropAllUnforced();
        }
        try (LocalLog log = open(storage)) {
            append(log, "other", 40);
        }
        assertThat(reopenAndCompare()).contains("leader epoch");
    }

    @Test
    void aNewerFormat() throws IOException {
        prepare(Durability.FSYNC);
        byte[] bytes = storage.bytes(CHECKPOINT);
        bytes[11] = 2;
        overwrite(CHECKPOINT, bytes);
        assertThat(reopenAndCompare()).contains("it has format 2, and this Millrace knows");
    }

    @Test
    void aBitFlippedAnywhere() throws IOException {
        prepare(Durability.FSYNC);
        FaultStorage sound = storage;
        int replays = 0;
        for (Path path : filesOfTheView()) {
            for (int i = 0; i < sound.bytes(path).length; i++) {
                storage = sound.afterProcessKill();
                storage.corrupt(path, i, 1 << (i % 8));
                replays += reopenAndCompare().isEmpty() ? 0 : 1;
            }
        }
        assertThat(replays).isGreaterThan(300);
    }

    @Test
    void aFileCutAtAnyLength() throws IOException {
        prepare(Durability.FSYNC);
        FaultStorage sound = storage;
        for (Path path : filesOfTheView()) {
            for (int size = 0; size < sound.bytes(path).length; size++) {
                storage = sound.afterProcessKill();
                storage.truncate(path, size);
                String reason = reopenAndCompare();
                if (!path.endsWith("CURRENT")) { // without its line's end it says the same
                    assertThat(reason).as("%s cut to %d", path, size).isNotEmpty();
                }
            }
        }
    }

    @Test
    void aMissingFile() throws IOException {
        prepare(Durability.FSYNC);
        FaultStorage sound = storage;
        for (Path path : filesOfTheView()) {
            storage = sound.afterProcessKill();
            storage.delete(path);
            if (path.endsWith("CURRENT")) {
                try (LocalLog log = open(storage);
                        RunningView<RecordingView> running = log.views().run(view())) {
                    running.awaitPresent(SOON);
                    assertThat(running.current().foldedHere()).isEqualTo(20);
                }
            } else {
                assertThat(reopenAndCompare()).as(path.toString()).contains("is missing");
            }
        }
    }

    private List<Path> filesOfTheView() {
        List<Path> files =
                storage.files().keySet().stream().filter(path -> path.startsWith(VIEW)).toList();
        assertThat(files).hasSize(4);
        return files;
    }

    // ---- what is no mismatch

    @Test
    void newPartitionsBeginAtTheirBeginning() {
        prepare(Durability.FSYNC);
        TopicPartition second = new TopicPartition("events", 1);
        try (LocalLog log = open(storage)) {
            log.addPartitions("events", 2);
            log.append(second, RecordBatch.builder().add(1, null, new byte[3]).build()).join();
            try (RunningView<RecordingView> running = log.views().run(view())) {
                assertThat(running.awaitPresent(SOON)).isTrue();
                assertThat(running.status().replayReason()).isNull();
                assertThat(running.current().foldedHere()).isEqualTo(1);
                log.addPartitions("events", 3);
                TopicPartition third = new TopicPartition("events", 2);
                log.append(third, RecordBatch.builder().add(1, null, new byte[3]).build()).join();
                assertThat(running.awaitPresent(SOON)).isTrue();
                for (TopicPartition partition : List.of(P0, second, third)) {
                    assertThat(running.current().recorded(partition))
                            .isEqualTo(RecordingView.expected(log, partition));
                }
                assertThat(running.current().foldedHere()).isEqualTo(2);
            }
        }
    }

    @Test
    void recordsThatWereTakenBeforeTheyWereFoldedAreSkippedAndSaid() {
        prepare(Durability.FSYNC);
        try (LocalLog log = open(storage)) {
            append(log, "more", 30);
            log.deleteRecords(P0, 35);
            try (RunningView<RecordingView> running = log.views().run(view())) {
                running.awaitPresent(SOON);
                assertThat(running.status().replayReason()).isNull();
                assertThat(running.status().sources().getFirst().skippedOffsets()).isEqualTo(15);
                assertThat(running.current().recorded(P0)).hasSize(20 + 15);
            }
        }
        try (LocalLog log = open(storage);
                RunningView<RecordingView> running = log.views().run(view())) {
            assertThat(running.status().sources().getFirst().skippedOffsets())
                    .as("remembered")
                    .isEqualTo(15);
        }
    }

    @Test
    void aReplayBeginsAtTheEarliestRecord() {
        prepare(Durability.FSYNC);
        try (LocalLog log = open(storage)) {
            log.deleteRecords(P0, 5);
            log.views().delete("recording");
            try (RunningView<RecordingView> running = log.views().run(view())) {
                running.awaitPresent(SOON);
                assertThat(running.status().sources().getFirst().skippedOffsets()).isZero();
                assertThat(running.current().recorded(P0))
                        .isEqualTo(RecordingView.expected(log, P0))
                        .hasSize(15);
            }
        }
    }
}
