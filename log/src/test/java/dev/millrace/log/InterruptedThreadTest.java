package dev.millrace.log;

import static dev.millrace.log.TestLog.EVENTS;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Java closes a file under everybody when a thread is interrupted in it. Nobody may notice.
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class InterruptedThreadTest {
    @TempDir Path directory;

    @Test
    void aReaderThatIsInterruptedAgainAndAgainDisturbsNobody() throws Exception {
        LogOptions options = TestLog.smallOptions().with("log.read.mode", "positional");
        try (LocalLog log = LocalLog.open(directory, options)) {
            log.createTopic(TestLog.events(Durability.OS));
            TestLog.fill(log, EVENTS, 100, 10);
            AtomicBoolean done = new AtomicBoolean();
            Thread reader = Thread.ofPlatform().start(() -> readUntil(log, done));
            try {
                for (int i = 100; i < 3000; i += 10) {
                    reader.interrupt();
                    log.append(EVENTS, TestLog.batch(i, 10)).join();
                }
                assertThat(reader.isAlive()).as("the reader goes on").isTrue();
            } finally {
                done.set(true);
                reader.join();
            }
            assertThat(TestLog.read(log, EVENTS)).isEqualTo(TestLog.numberedTexts(0, 3000));
        }
        requireClean(3000);
    }

    private static void readUntil(LocalLog log, AtomicBoolean done) {
        while (!done.get()) {
            assertThat(TestLog.read(log, EVENTS)).hasSizeGreaterThanOrEqualTo(100);
        }
    }

    @Test
    void anInterruptedThreadDoesItsWorkAndStaysInterrupted() {
        Thread.currentThread().interrupt();
        try (LocalLog log = TestLog.open(directory)) {
            log.createTopic(TestLog.events(Durability.OS));
            log.append(EVENTS, TestLog.batch(0, 100)).join();
            assertThat(TestLog.read(log, EVENTS)).isEqualTo(TestLog.numberedTexts(0, 100));
            log.createTopic(TopicSpec.named("another"));
            log.deleteTopic("another");
        }
        assertThat(Thread.interrupted()).isTrue();
        requireClean(100);
    }

    private void requireClean(long records) {
        try (LocalLog log = TestLog.open(directory)) {
            assertThat(log.recovery().clean()).isTrue();
            assertThat(log.recovery().tornTails()).isEmpty();
            assertThat(TestLog.read(log, EVENTS)).isEqualTo(TestLog.numberedTexts(0, records));
        }
    }
}
