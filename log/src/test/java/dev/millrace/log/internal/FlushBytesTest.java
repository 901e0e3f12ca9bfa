package dev.millrace.log.internal;

import static dev.millrace.log.TestLog.EVENTS;
import static dev.millrace.log.TestLog.batch;
import static dev.millrace.log.TestLog.numberedTexts;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.log.AppendResult;
import dev.millrace.log.Durability;
import dev.millrace.log.LocalLog;
import dev.millrace.log.LogException;
import dev.millrace.log.LogException.Code;
import dev.millrace.log.Precondition;
import dev.millrace.log.TestLog;
import dev.millrace.log.TopicPartition;
import dev.millrace.log.TopicSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// An append that would take its partition beyond `flush.bytes` is answered when the segment has
/// been forced, not before, and nobody else waits for it.
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class FlushBytesTest {
    private static final TopicPartition OTHER = new TopicPartition("other", 0);

    @TempDir Path directory;
    private final InterceptedStorage storage = new InterceptedStorage();
    private final CountDownLatch forcing = new CountDownLatch(1);
    private final CountDownLatch mayForce = new CountDownLatch(1);

    private LocalLog open() {
        LocalLog log = LogEngine.open(storage, directory, TestLog.smallOptions());
        log.createTopic(TestLog.events(Durability.OS).config("flush.bytes", "1"));
        log.createTopic(
                TopicSpec.named("other").durability(Durability.OS).config("flush.bytes", "100000"));
        storage.before(this::beforeForce);
        return log;
    }

    private void beforeForce(String operation, Path path) throws IOException {
        if (operation.equals("force") && path.toString().contains("events-0")) {
            forcing.countDown();
            try {
                mayForce.await();
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
            if (path.toString().endsWith(".log") && failing) {
                throw new IOException("Input/output error");
            }
        }
    }

    private volatile boolean failing;

    @Test
    void waitsForTheForceAndNobodyElseDoes() throws Exception {
        try (LocalLog log = open()) {
            CompletableFuture<AppendResult> held = log.append(EVENTS, batch(0, 3));
            CompletableFuture<AppendResult> behind = log.append(EVENTS, batch(3, 2));
            forcing.await();
            for (int i = 0; i < 20; i++) {
                log.append(OTHER, batch(i, 1)).get(30, TimeUnit.SECONDS);
            }
            assertThat(held).isNotDone();
            assertThat(behind).isNotDone();
            assertThat(log.latestOffset(EVENTS)).isZero();
            mayForce.countDown();
            assertThat(held.join().baseOffset()).isZero();
            assertThat(behind.join().baseOffset()).isEqualTo(3);
            assertThat(TestLog.read(log, EVENTS)).isEqualTo(numberedTexts(0, 5));
        }
    }

    @Test
    void offsetsAreRightForWhatIsAdmittedMeanwhile() throws Exception {
        try (LocalLog log = open()) {
            CompletableFuture<AppendResult> held = log.append(EVENTS, batch(0, 3));
            forcing.await();
            CompletableFuture<Long> asked = new CompletableFuture<>();
            Precondition condition =
                    offset -> {
                        asked.complete(offset);
                        return null;
                    };
            CompletableFuture<AppendResult> behind = log.append(EVENTS, batch(3, 2), condition);
            assertThat(asked.join()).isEqualTo(3);
            mayForce.countDown();
            assertThat(held.join().baseOffset()).isZero();
            assertThat(behind.join().baseOffset()).isEqualTo(3);
        }
    }

    @Test
    void aFailedForceFailsItAndAllBehindIt() throws Exception {
        failing = true;
        LocalLog log = open();
        CompletableFuture<AppendResult> held = log.append(EVENTS, batch(0, 3));
        CompletableFuture<AppendResult> behind = log.append(EVENTS, batch(3, 2));
        forcing.await();
        mayForce.countDown();
        for (CompletableFuture<AppendResult> each : List.of(held, behind)) {
            assertThatThrownBy(each::join)
                    .isInstanceOf(CompletionException.class)
                    .hasCauseInstanceOf(LogException.class)
                    .satisfies(
                            e ->
                                    assertThat(((LogException) e.getCause()).code())
                                            .isEqualTo(Code.POISONED));
        }
        assertThat(log.append(OTHER, batch(0, 1)).join().baseOffset()).isZero();
        assertThat(log.latestOffset(EVENTS)).isZero();
        failing = false;
        log.close();
        try (LocalLog again = LogEngine.open(storage, directory, TestLog.smallOptions())) {
            assertThat(again.append(EVENTS, batch(0, 1)).join().baseOffset()).isZero();
        }
    }

    @Test
    void closingWaitsForIt() throws Exception {
        LocalLog log = open();
        CompletableFuture<AppendResult> held = log.append(EVENTS, batch(0, 3));
        forcing.await();
        Thread closing = Thread.ofPlatform().start(log::close);
        while (closing.getState() == Thread.State.NEW) {
            Thread.onSpinWait();
        }
        mayForce.countDown();
        closing.join();
        assertThat(held.join().baseOffset()).isZero();
    }

    @Test
    void alteringItHoldsFromTheNextAppendOn() throws Exception {
        try (LocalLog log = open()) {
            log.alterTopic("events", Map.of("flush.bytes", "-1"));
            log.append(EVENTS, batch(0, 3)).join();
            log.alterTopic("events", Map.of("flush.bytes", "100"));
            CompletableFuture<AppendResult> held = log.append(EVENTS, batch(3, 1));
            forcing.await();
            assertThat(held).isNotDone();
            mayForce.countDown();
            held.join();
        }
    }
}
