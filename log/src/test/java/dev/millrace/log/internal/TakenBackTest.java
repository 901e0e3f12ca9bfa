package dev.millrace.log.internal;

import static dev.millrace.log.TestLog.EVENTS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.log.AppendListener;
import dev.millrace.log.Durability;
import dev.millrace.log.LocalLog;
import dev.millrace.log.LogException;
import dev.millrace.log.LogException.Code;
import dev.millrace.log.PartitionAppend;
import dev.millrace.log.Precondition;
import dev.millrace.log.RecordBatch;
import dev.millrace.log.TestLog;
import dev.millrace.log.TopicPartition;
import dev.millrace.log.TopicSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Appends fail after their conditions were asked and they were shown to listeners: these are told,
/// and nothing that was admitted behind them comes through.
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class TakenBackTest {
    private static final TopicPartition OTHER = new TopicPartition("other", 0);

    @TempDir Path directory;
    private final InterceptedStorage storage = new InterceptedStorage();
    private final CountDownLatch mayWrite = new CountDownLatch(1);

    /// Follows the end of a partition.
    private static final class End implements AppendListener {
        private final List<Long> takenBack = new ArrayList<>();
        private long end;

        @Override
        public void appended(long baseOffset, RecordBatch batch) {
            assertThat(baseOffset).isEqualTo(end);
            end += batch.count();
        }

        @Override
        public void takenBack(long nextOffset) {
            assertThat(nextOffset).isLessThan(end);
            end = nextOffset;
            takenBack.add(nextOffset);
        }
    }

    private static @Nullable Code codeOf(CompletableFuture<?> future) {
        try {
            future.join();
            return null;
        } catch (CompletionException e) {
            return ((LogException) e.getCause()).code();
        }
    }

    private LocalLog open(Durability durability) {
        LocalLog log = LogEngine.open(storage, directory, TestLog.smallOptions());
        log.createTopic(TestLog.events(durability));
        log.createTopic(TopicSpec.named("other").durability(durability));
        return log;
    }

    /// Holds the writer in its first write, and has those to `events` fail.
    private void fullDiskFor(String topic) {
        storage.before(
                (operation, path) -> {
                    if (operation.equals("write") && path.toString().endsWith(".log")) {
                        await();
                        if (path.toString().contains(topic)) {
                            throw new IOException("No space left on device");
                        }
                    }
                });
    }

    private void await() throws IOException {
        try {
            mayWrite.await();
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"OS", "FSYNC"})
    void whatStoodOnAFailedAppendFailsWithItAndListenersAreTold(Durability durability) {
        try (LocalLog log = open(durability)) {
            TestLog.fill(log, EVENTS, 5, 1);
            End end = new End();
            end.end = log.listen(EVENTS, end).fromOffset();
            fullDiskFor("events-0");
            List<CompletableFuture<?>> sent = new ArrayList<>();
            Thread sender =
                    Thread.ofPlatform()
                            .start(
                                    () -> {
                                        for (int i = 0; i < 40; i++) {
                                            RecordBatch batch = TestLog.batch(i, 40);
                                            sent.add(
                                                    log.append(
                                                            EVENTS,
                                                            batch,
                                                            Precondition.endsAt(5 + 40 * i)));
                                        }
                                    });
            mayWrite.countDown();
            join(sender);
            sent.forEach(
                    future ->
                            assertThat(codeOf(future))
                                    .isIn(Code.DISK_FULL, Code.PRECONDITION_FAILED));
            storage.before((operation, path) -> {});

            assertThat(log.latestOffset(EVENTS)).isEqualTo(5);
            assertThat(log.append(EVENTS, TestLog.batch(5, 1), Precondition.endsAt(5)).join())
                    .matches(result -> result.baseOffset() == 5);
            assertThat(end.takenBack).isNotEmpty().containsOnly(5L);
            assertThat(end.end).isEqualTo(6);
        }
    }

    @Test
    void aPartThatCannotBeWrittenTakesTheOthersWithItAndNobodyElse() {
        try (LocalLog log = open(Durability.FSYNC)) {
            log.createTopic(TopicSpec.named("bystander"));
            TopicPartition bystander = new TopicPartition("bystander", 0);
            End end = new End();
            log.listen(OTHER, end);
            fullDiskFor("events-0");
            // the first holds the writer, so that the rest comes into one group
            CompletableFuture<?> first = log.append(bystander, TestLog.batch(0, 1));
            CompletableFuture<?> tied =
                    log.appendAtomically(
                            List.of(
                                    new PartitionAppend(OTHER, TestLog.batch(0, 2)),
                                    new PartitionAppend(EVENTS, TestLog.batch(2, 2))));
            CompletableFuture<?> alone = log.append(bystander, TestLog.batch(1, 1));
            mayWrite.countDown();

            assertThat(codeOf(first)).isNull();
            assertThat(codeOf(tied)).isEqualTo(Code.DISK_FULL);
            assertThat(codeOf(alone)).isNull();
            assertThat(log.latestOffset(OTHER)).isZero();
            assertThat(log.latestOffset(EVENTS)).isZero();
            assertThat(end.end).isZero();

            storage.before((operation, path) -> {});
            assertThat(
                            codeOf(
                                    log.appendAtomically(
                                            List.of(
                                                    new PartitionAppend(OTHER, TestLog.batch(0, 2)),
                                                    new PartitionAppend(
                                                            EVENTS, TestLog.batch(2, 2))))))
                    .isNull();
        }
        try (LocalLog log = TestLog.open(directory)) {
            assertThat(log.latestOffset(OTHER)).isEqualTo(2);
            assertThat(log.latestOffset(EVENTS)).isEqualTo(2);
            assertThat(log.verify(progress -> {})).isEmpty();
        }
    }

    @Test
    void aFailedForceFailsAllPartsAndReopeningFindsAllOrNone() {
        try (LocalLog log = open(Durability.FSYNC)) {
            storage.before(
                    (operation, path) -> {
                        if (operation.equals("force") && path.toString().endsWith(".journal")) {
                            throw new IOException("Input/output error");
                        }
                    });

            assertThat(
                            codeOf(
                                    log.appendAtomically(
                                            List.of(
                                                    new PartitionAppend(OTHER, TestLog.batch(0, 2)),
                                                    new PartitionAppend(
                                                            EVENTS, TestLog.batch(2, 2))))))
                    .isEqualTo(Code.POISONED);
            storage.before((operation, path) -> {});
        }
        try (LocalLog log = TestLog.open(directory)) {
            assertThat(log.latestOffset(OTHER)).isEqualTo(log.latestOffset(EVENTS));
        }
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
