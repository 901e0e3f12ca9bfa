package dev.millrace.log.internal;

import static dev.millrace.log.TestLog.EVENTS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.log.AppendResult;
import dev.millrace.log.Durability;
import dev.millrace.log.LocalLog;
import dev.millrace.log.TestLog;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PendingAppendTest {
    @TempDir Path directory;

    @ParameterizedTest
    @EnumSource(
            value = Durability.class,
            names = {"OS", "FSYNC"})
    void aFutureThatIsKeptDoesNotKeepTheRecords(Durability durability) throws Exception {
        try (LocalLog log = TestLog.open(directory)) {
            log.createTopic(TestLog.events(durability));
            CompletableFuture<AppendResult> future = log.append(EVENTS, TestLog.batch(0, 100));
            future.get(30, TimeUnit.SECONDS);
            log.append(EVENTS, TestLog.numbered(100)).get(30, TimeUnit.SECONDS);

            assertThat(future).isInstanceOf(PendingAppend.class);
            assertThatThrownBy(((PendingAppend) future)::batch)
                    .isInstanceOf(IllegalStateException.class);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Durability.class,
            names = {"OS", "FSYNC"})
    void whatACallerMakesOfAFutureChangesNothing(Durability durability) throws Exception {
        try (LocalLog log = TestLog.open(directory)) {
            log.createTopic(TestLog.events(durability));
            for (int i = 0; i < 100; i++) {
                CompletableFuture<AppendResult> future = log.append(EVENTS, TestLog.numbered(i));
                if (i % 3 == 0) {
                    future.cancel(true);
                } else if (i % 3 == 1) {
                    future.completeExceptionally(new IllegalStateException("the caller's"));
                }
            }
            log.append(EVENTS, TestLog.numbered(100)).get(30, TimeUnit.SECONDS);
            assertThat(TestLog.read(log, EVENTS)).isEqualTo(TestLog.numberedTexts(0, 101));
        }
    }
}
