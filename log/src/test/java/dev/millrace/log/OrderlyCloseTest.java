package dev.millrace.log;

import static dev.millrace.log.TestLog.EVENTS;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Opening says whether the log was closed in order, and only then is there nothing to recover.
class OrderlyCloseTest {
    @TempDir Path root;
    private Path directory;

    @BeforeEach
    void place() {
        directory = root.resolve("log");
    }

    @ParameterizedTest
    @EnumSource(
            value = Durability.class,
            names = {"OS", "FSYNC"})
    void aClosedLogIsCleanAndScansNothing(Durability durability) {
        try (LocalLog log = TestLog.open(directory)) {
            log.createTopic(TestLog.events(durability));
            TestLog.fill(log, EVENTS, 300, 10);
        }
        for (int i = 0; i < 3; i++) {
            try (LocalLog log = TestLog.open(directory)) {
                assertThat(log.recovery().clean()).isTrue();
                assertThat(log.recovery().bytesScanned()).isZero();
                assertThat(log.recovery().journalFrames()).isZero();
                assertThat(TestLog.read(log, EVENTS)).isEqualTo(TestLog.numberedTexts(0, 300));
            }
        }
    }

    @Test
    void aNewLogIsClean() {
        try (LocalLog log = TestLog.open(directory)) {
            assertThat(log.recovery().clean()).isTrue();
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Durability.class,
            names = {"OS", "FSYNC"})
    void aLogThatWasKilledAfterAnAppendIsNotClean(Durability durability) {
        Path killed = root.resolve("killed");
        try (LocalLog log = TestLog.open(directory)) {
            log.createTopic(TestLog.events(durability));
        }
        try (LocalLog log = TestLog.open(directory)) {
            assertThat(log.recovery().clean()).isTrue();
            TestLog.fill(log, EVENTS, 10, 10);
            LogFiles.killed(directory, killed);
        }
        Path again = root.resolve("again");
        try (LocalLog log = TestLog.open(killed)) {
            assertThat(log.recovery().clean()).isFalse();
            assertThat(TestLog.read(log, EVENTS)).isEqualTo(TestLog.numberedTexts(0, 10));
            LogFiles.killed(killed, again);
        }
        try (LocalLog log = TestLog.open(again)) {
            assertThat(log.recovery().bytesScanned())
                    .as("what was recovered once is not looked at again")
                    .isZero();
            assertThat(TestLog.read(log, EVENTS)).isEqualTo(TestLog.numberedTexts(0, 10));
        }
    }

    @Test
    void aLogThatWasOpenedAndKilledHasNothingToRecover() {
        Path killed = root.resolve("killed");
        try (LocalLog log = TestLog.open(directory)) {
            log.createTopic(TestLog.events(Durability.OS));
            TestLog.fill(log, EVENTS, 10, 10);
        }
        try (LocalLog log = TestLog.open(directory)) {
            assertThat(log.latestOffset(EVENTS)).isEqualTo(10);
            LogFiles.killed(directory, killed);
        }
        try (LocalLog log = TestLog.open(killed)) {
            assertThat(log.recovery().bytesScanned()).isZero();
            assertThat(TestLog.read(log, EVENTS)).isEqualTo(TestLog.numberedTexts(0, 10));
        }
    }
}
