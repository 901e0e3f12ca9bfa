package dev.millrace.log.internal;

import static dev.millrace.log.TestLog.EVENTS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.log.AppendResult;
import dev.millrace.log.Durability;
import dev.millrace.log.LocalLog;
import dev.millrace.log.LogException;
import dev.millrace.log.LogException.Code;
import dev.millrace.log.LogOptions;
import dev.millrace.log.TestLog;
import dev.millrace.log.TopicSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// The journal has as many files as it may have, all of them needed, and the disk has no room for
/// the file that a checkpoint would go to: appends fail with `disk-full`, and go on by themselves.
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class FullJournalDiskTest {
    private static final LogOptions OPTIONS =
            LogOptions.defaults()
                    .with("log.min-free-bytes", 0)
                    .with("log.journal.file.bytes", 8 << 10)
                    .with("log.journal.max.bytes", 16 << 10);

    @TempDir Path directory;
    private final InterceptedStorage storage = new InterceptedStorage();

    /// The segments are forced only once the journal is full.
    private final CountDownLatch journalIsFull = new CountDownLatch(1);

    private void withoutRoomForAnotherFile(String operation, Path path) throws IOException {
        if (operation.equals("write") && path.endsWith("0002.journal")) {
            throw new IOException("No space left on device");
        }
        if (operation.equals("force") && path.toString().endsWith(".log")) {
            try {
                journalIsFull.await();
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
        }
    }

    /// Appends one batch for each file that the journal may have, and then some more.
    private void overfill(LocalLog log) throws Exception {
        log.createTopic(TopicSpec.named("events").durability(Durability.FSYNC));
        storage.before(this::withoutRoomForAnotherFile);
        assertThat(codeOf(log.append(EVENTS, TestLog.batch(0, 300)))).isNull();
        assertThat(codeOf(log.append(EVENTS, TestLog.batch(300, 300)))).isNull();
        List<CompletableFuture<AppendResult>> waiting = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            waiting.add(log.append(EVENTS, TestLog.numbered(600)));
        }
        assertThat(waiting).noneMatch(CompletableFuture::isDone);
        journalIsFull.countDown();
        for (CompletableFuture<AppendResult> future : waiting) {
            assertThat(codeOf(future)).isEqualTo(Code.DISK_FULL);
        }
    }

    @Test
    void appendsFailAndGoOnByThemselves() throws Exception {
        try (LocalLog log = LogEngine.open(storage, directory, OPTIONS)) {
            overfill(log);
            assertThat(codeOf(log.append(EVENTS, TestLog.numbered(600)))).isEqualTo(Code.DISK_FULL);
            assertThat(TestLog.read(log, EVENTS)).isEqualTo(TestLog.numberedTexts(0, 600));

            storage.before((operation, path) -> {});
            while (codeOf(log.append(EVENTS, TestLog.numbered(600))) != null) {
                Thread.onSpinWait();
            }
            TestLog.fill(log, EVENTS, 1000, 7);
        }
        try (LocalLog log = LocalLog.open(directory, OPTIONS)) {
            assertThat(log.recovery().clean()).isTrue();
            assertThat(TestLog.read(log, EVENTS)).isEqualTo(TestLog.numberedTexts(0, 1000));
        }
    }

    @Test
    void closingDoesNotWaitForSpace() throws Exception {
        LocalLog log = LogEngine.open(storage, directory, OPTIONS);
        overfill(log);
        List<CompletableFuture<AppendResult>> waiting = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            waiting.add(log.append(EVENTS, TestLog.numbered(600)));
        }
        assertThatThrownBy(log::close)
                .isInstanceOf(LogException.class)
                .hasMessageContaining("what was acknowledged is safe");
        for (CompletableFuture<AppendResult> future : waiting) {
            assertThat(codeOf(future)).isIn(Code.DISK_FULL, Code.CLOSED);
        }
        try (LocalLog again = LocalLog.open(directory, OPTIONS)) {
            assertThat(TestLog.read(again, EVENTS)).isEqualTo(TestLog.numberedTexts(0, 600));
        }
    }

    /// Null where it was acknowledged.
    private static @Nullable Code codeOf(CompletableFuture<AppendResult> future) throws Exception {
        try {
            future.get(20, TimeUnit.SECONDS);
            return null;
        } catch (ExecutionException e) {
            return ((LogException) e.getCause()).code();
        }
    }
}
