package dev.millrace.log;

import static dev.millrace.log.TestLog.EVENTS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.management.UnixOperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Whatever a log opens it closes.
class OpenFilesTest {
    @TempDir Path directory;

    @BeforeEach
    void canCount() {
        assumeTrue(
                ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean,
                "open files cannot be counted here");
    }

    static long openFiles() {
        return ((UnixOperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
                .getOpenFileDescriptorCount();
    }

    @Test
    void openingAndClosingLeavesNoFileOpen() {
        try (LocalLog log = TestLog.open(directory)) {
            log.createTopic(TestLog.events(Durability.FSYNC));
            TestLog.fill(log, EVENTS, 500, 10);
        }
        long before = openFiles();
        for (int i = 0; i < 20; i++) {
            try (LocalLog log = TestLog.open(directory);
                    Cursor cursor = log.read(EVENTS, 100)) {
                assertThat(cursor.next()).isTrue();
                TestLog.fill(log, EVENTS, log.latestOffset(EVENTS) + 20, 10);
            }
        }
        assertThat(openFiles()).isLessThan(before + 10);
    }

    @Test
    void aDeletedTopicLeavesNoFileOpen() {
        try (LocalLog log = TestLog.open(directory)) {
            long before = openFiles();
            for (int i = 0; i < 20; i++) {
                log.createTopic(TestLog.events(Durability.OS).partitions(3));
                TestLog.fill(log, EVENTS, 500, 10);
                log.deleteTopic("events");
            }
            assertThat(openFiles()).isLessThan(before + 10);
        }
    }
}
