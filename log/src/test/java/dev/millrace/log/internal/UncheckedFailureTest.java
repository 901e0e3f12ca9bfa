package dev.millrace.log.internal;

import static dev.millrace.log.TestLog.EVENTS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.log.AppendResult;
import dev.millrace.log.Durability;
import dev.millrace.log.LocalLog;
import dev.millrace.log.LogException;
import dev.millrace.log.LogException.Code;
import dev.millrace.log.TestLog;
import dev.millrace.log.TopicPartition;
import dev.millrace.log.TopicSpec;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// A bug of ours, or no memory, in the middle of writing: who waits is told, and nothing is
/// invented.
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class UncheckedFailureTest {
    @TempDir Path directory;

    @ParameterizedTest
    @EnumSource(
            value = Durability.class,
            names = {"OS", "FSYNC"})
    void aPartitionWhoseWriteThrowsIsPoisonedAndTheOthersGoOn(Durability durability)
            throws Exception {
        InterceptedStorage storage = new InterceptedStorage();
        try (LocalLog log = LogEngine.open(storage, directory, TestLog.smallOptions())) {
            log.createTopic(TestLog.events(durability));
            log.createTopic(TopicSpec.named("other").durability(durability));
            TestLog.fill(log, EVENTS, 10, 5);
            storage.before(
                    (operation, path) -> {
                        if (operation.equals("write") && path.toString().contains("events-0")) {
                            throw new OutOfMemoryError("for the test");
                        }
                    });

            List<CompletableFuture<AppendResult>> sent = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                sent.add(log.append(EVENTS, TestLog.numbered(10)));
            }
            sent.forEach(future -> assertThat(codeOf(future)).isEqualTo(Code.POISONED));

            storage.before((operation, path) -> {});
            TopicPartition other = new TopicPartition("other", 0);
            TestLog.fill(log, other, 10, 5);
            assertThat(codeOf(log.append(EVENTS, TestLog.numbered(10)))).isEqualTo(Code.POISONED);
            assertThat(TestLog.read(log, EVENTS)).isEqualTo(TestLog.numberedTexts(0, 10));
        }
        try (LocalLog log = TestLog.open(directory)) {
            assertThat(TestLog.read(log, EVENTS)).isEqualTo(TestLog.numberedTexts(0, 10));
            TestLog.fill(log, EVENTS, 20, 5);
            TestLog.requireSound(log);
        }
    }

    @Test
    void aJournalWhoseForceThrowsTakesNoMore() throws Exception {
        InterceptedStorage storage = new InterceptedStorage();
        try (LocalLog log = LogEngine.open(storage, directory, TestLog.smallOptions())) {
            log.createTopic(TestLog.events(Durability.FSYNC));
            TestLog.fill(log, EVENTS, 10, 5);
            storage.before(
                    (operation, path) -> {
                        if (operation.equals("force") && path.toString().endsWith(".journal")) {
                            throw new IllegalStateException("for the test");
                        }
                    });
            assertThat(codeOf(log.append(EVENTS, TestLog.numbered(10)))).isEqualTo(Code.POISONED);
            storage.before((operation, path) -> {});
            assertThat(codeOf(log.append(EVENTS, TestLog.numbered(10)))).isEqualTo(Code.POISONED);
            assertThatThrownBy(() -> log.createTopic(TopicSpec.named("more")))
                    .isInstanceOf(LogException.class)
                    .hasMessageContaining("Close the log and open it again");
        }
        try (LocalLog log = TestLog.open(directory)) {
            assertThat(log.recovery().orphans()).isEmpty();
            assertThat(TestLog.read(log, EVENTS)).isEqualTo(TestLog.numberedTexts(0, 10));
            log.createTopic(TopicSpec.named("more"));
            TestLog.requireSound(log);
        }
    }

    private static Code codeOf(CompletableFuture<AppendResult> future) {
        try {
            future.get(30, TimeUnit.SECONDS);
            throw new AssertionError("it was acknowledged");
        } catch (ExecutionException e) {
            return ((LogException) e.getCause()).code();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }
}
