package dev.millrace.log.internal;

import static dev.millrace.log.TestLog.EVENTS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.log.Durability;
import dev.millrace.log.LocalLog;
import dev.millrace.log.RecordBatch;
import dev.millrace.log.TestLog;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a flight recording tells of a log is what was done to it.
class FlightRecorderTest {
    @TempDir Path directory;

    @FunctionalInterface
    private interface Work {
        void run() throws IOException;
    }

    /// Events of Millrace while `work` ran.
    private List<RecordedEvent> record(Work work) throws IOException {
        Path file = directory.resolve("recording.jfr");
        try (Recording recording = new Recording()) {
            for (String name : List.of("Append", "Force", "Checkpoint", "Recovery")) {
                recording.enable("millrace." + name).withoutThreshold();
            }
            recording.start();
            work.run();
            recording.stop();
            recording.dump(file);
        }
        return RecordingFile.readAllEvents(file);
    }

    private static List<RecordedEvent> named(List<RecordedEvent> events, String name) {
        return events.stream()
                .filter(event -> event.getEventType().getName().equals("millrace." + name))
                .toList();
    }

    @Test
    void tellsOfEveryGroupAndForce() throws IOException {
        try (LocalLog log = TestLog.open(directory.resolve("log"))) {
            log.createTopic(TestLog.events(Durability.FSYNC));
            RecordBatch batch = TestLog.batch(0, 7);

            List<RecordedEvent> events = record(() -> log.append(EVENTS, batch).join());

            RecordedEvent append = named(events, "Append").getFirst();
            assertThat(append.getString("topic")).isEqualTo("events");
            assertThat(append.getInt("partition")).isZero();
            assertThat(append.getInt("partitions")).isEqualTo(1);
            assertThat(append.getInt("batches")).isEqualTo(1);
            assertThat(append.getLong("records")).isEqualTo(7);
            assertThat(append.getLong("bytes")).isEqualTo(batch.sizeInBytes());
            assertThat(append.getString("durability")).isEqualTo("fsync");
            RecordedEvent force = named(events, "Force").getFirst();
            assertThat(force.getString("kind")).isEqualTo("journal");
            assertThat(force.getString("file")).endsWith(".journal");
            assertThat(force.getLong("bytes")).isGreaterThan(batch.sizeInBytes());
            assertThat(force.getBoolean("succeeded")).isTrue();
            assertThat(force.getDuration()).isLessThanOrEqualTo(append.getDuration());
        }
    }

    @Test
    void makesNoEventWhereNothingIsRecorded() {
        assertThat(AppendEvent.beginIfEnabled()).isNull();
        assertThat(ForceEvent.beginIfEnabled()).isNull();
    }

    @Test
    void tellsOfRecoveryAndCheckpoints() throws IOException {
        Path root = directory.resolve("log");
        try (LocalLog log = TestLog.open(root)) {
            log.createTopic(TestLog.events(Durability.FSYNC));
        }
        List<RecordedEvent> events =
                record(
                        () -> {
                            try (LocalLog log = TestLog.open(root)) {
                                TestLog.fill(log, EVENTS, 2_000, 10);
                            }
                        });

        RecordedEvent recovery = named(events, "Recovery").getFirst();
        assertThat(recovery.getString("directory")).isEqualTo(root.toString());
        assertThat(recovery.getBoolean("clean")).isTrue();
        assertThat(recovery.getInt("partitions")).isEqualTo(2);
        assertThat(named(events, "Checkpoint"))
                .isNotEmpty()
                .allSatisfy(event -> assertThat(event.getInt("partitions")).isEqualTo(2));
        assertThat(named(events, "Force"))
                .extracting(event -> event.getString("kind"))
                .contains("journal", "segment");
    }
}
