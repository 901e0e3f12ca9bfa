package dev.millrace.log;

import static dev.millrace.log.TestLog.EVENTS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class CursorTest {
    private static final Duration LONG = Duration.ofMillis(Long.MAX_VALUE);

    @TempDir Path directory;
    private LocalLog log;

    @BeforeEach
    void open() {
        log = TestLog.open(directory);
        log.createTopic(TestLog.events(Durability.OS));
    }

    @AfterEach
    void close() {
        TestLog.requireSound(log);
        log.close();
    }

    @Test
    void readsFromAnyOffsetToTheEnd() {
        TestLog.fill(log, EVENTS, 300, 7);
        for (long from = 0; from <= 300; from++) {
            try (Cursor cursor = log.read(EVENTS, from)) {
                assertThat(cursor.position()).isEqualTo(from);
                for (long offset = from; offset < 300; offset++) {
                    assertThat(cursor.next()).isTrue();
                    assertThat(cursor.record().offset()).isEqualTo(offset);
                    assertThat(cursor.position()).isEqualTo(offset + 1);
                }
                assertThat(cursor.next()).isFalse();
                assertThat(cursor.position()).isEqualTo(300);
            }
        }
    }

    @Test
    void seeksBackAndForth() {
        TestLog.fill(log, EVENTS, 1000, 9);
        Random random = new Random(11);
        try (Cursor cursor = log.read(EVENTS, 0)) {
            for (int i = 0; i < 2000; i++) {
                long offset = random.nextInt(1000);
                cursor.seek(offset);
                for (long next = offset;
                        next < Math.min(1000, offset + random.nextInt(4));
                        next++) {
                    assertThat(cursor.next()).isTrue();
                    assertThat(TestLog.text(cursor.record().offset(), cursor.record().copy()))
                            .as("seed 11")
                            .isEqualTo(TestLog.text(next, TestLog.numbered(next)));
                }
            }
        }
    }

    @Test
    void goesOnWhereItStoodWhenThereIsMore() {
        try (Cursor cursor = log.read(EVENTS, 0)) {
            for (long end = 1; end < 400; end++) {
                assertThat(cursor.next()).isFalse();
                TestLog.fill(log, EVENTS, end, 1);
                assertThat(cursor.next()).isTrue();
                assertThat(cursor.record().offset()).isEqualTo(end - 1);
            }
        }
    }

    @Test
    void waitsForTheNextRecord() throws Exception {
        try (ExecutorService threads = Executors.newSingleThreadExecutor();
                Cursor cursor = log.read(EVENTS, 0)) {
            for (long offset = 0; offset < 200; offset++) {
                Future<Boolean> next = threads.submit(() -> cursor.next(LONG));
                TestLog.fill(log, EVENTS, offset + 1, 1);
                assertThat(next.get(30, TimeUnit.SECONDS)).isTrue();
                assertThat(cursor.record().offset()).isEqualTo(offset);
            }
        }
    }

    @Test
    void waitsNoLongerThanItMay() {
        try (Cursor cursor = log.read(EVENTS, 0)) {
            assertThat(cursor.next(Duration.ofMillis(5))).isFalse();
            assertThat(cursor.next(Duration.ZERO)).isFalse();
            assertThat(cursor.next(Duration.ofNanos(-5))).isFalse();
        }
        assertThat(log.awaitOffset(EVENTS, 0, Duration.ofMillis(5))).isFalse();
        assertThat(log.awaitOffset(EVENTS, -1, Duration.ZERO)).isTrue();
    }

    @Test
    void everyoneWhoWaitsIsWoken() throws Exception {
        try (ExecutorService threads = Executors.newFixedThreadPool(16)) {
            List<Future<Boolean>> waiting =
                    java.util.stream.IntStream.range(0, 16)
                            .mapToObj(i -> threads.submit(() -> log.awaitOffset(EVENTS, i, LONG)))
                            .toList();
            for (int i = 0; i < 16; i++) {
                TestLog.fill(log, EVENTS, i + 1, 1);
                assertThat(waiting.get(i).get(30, TimeUnit.SECONDS)).isTrue();
            }
        }
    }

    @Test
    void anInterruptEndsTheWait() {
        try (Cursor cursor = log.read(EVENTS, 0)) {
            Thread.currentThread().interrupt();
            assertThat(cursor.next(LONG)).isFalse();
            assertThat(Thread.interrupted()).isTrue();
        }
    }

    @Test
    void anOffsetOutOfRangeIsRefusedWithEarliestAndLatest() {
        TestLog.fill(log, EVENTS, 20, 5);
        for (long offset : new long[] {-1, 21, Long.MAX_VALUE, Long.MIN_VALUE}) {
            OffsetOutOfRangeException e =
                    catchThrowableOfType(
                            OffsetOutOfRangeException.class, () -> log.read(EVENTS, offset));
            assertThat(e)
                    .hasMessage(
                            "offset %d of events-0 is out of range: earliest 0, latest 20"
                                    .formatted(offset));
            assertThat(e.earliest()).isZero();
            assertThat(e.latest()).isEqualTo(20);
        }
        try (Cursor cursor = log.read(EVENTS, 20)) {
            assertThatThrownBy(() -> cursor.seek(21)).isInstanceOf(OffsetOutOfRangeException.class);
            assertThat(cursor.position()).isEqualTo(20);
            cursor.seek(19);
            assertThat(cursor.next()).isTrue();
        }
        assertThatThrownBy(() -> log.get(EVENTS, 20)).isInstanceOf(OffsetOutOfRangeException.class);
        assertThatThrownBy(() -> log.get(EVENTS, -1)).isInstanceOf(OffsetOutOfRangeException.class);
    }

    @Test
    void getsAnyRecordByItsOffset() {
        TestLog.fill(log, EVENTS, 500, 13);
        Random random = new Random(3);
        for (int i = 0; i < 1000; i++) {
            long offset = random.nextInt(500);
            assertThat(log.get(EVENTS, offset))
                    .hasValueSatisfying(
                            record ->
                                    assertThat(TestLog.text(offset, record))
                                            .isEqualTo(
                                                    TestLog.text(
                                                            offset, TestLog.numbered(offset))));
        }
    }

    @Test
    void theViewIsReadOnlyAndACopyStays() {
        TestLog.fill(log, EVENTS, 2, 2);
        try (Cursor cursor = log.read(EVENTS, 0)) {
            assertThat(cursor.next()).isTrue();
            RecordView view = cursor.record();
            ByteBuffer value = view.value();
            assertThat(value).isNotNull();
            assertThat(value.isReadOnly()).isTrue();
            assertThat(value.remaining()).isEqualTo(view.valueLength());
            LogRecord copy = view.copy();
            assertThat(cursor.next()).isTrue();
            assertThat(cursor.record()).isSameAs(view);
            assertThat(TestLog.text(0, copy)).isEqualTo(TestLog.text(0, TestLog.numbered(0)));
        }
    }

    @Test
    void aClosedCursorSaysSo() {
        TestLog.fill(log, EVENTS, 20, 5);
        Cursor cursor = log.read(EVENTS, 0);
        assertThat(cursor.next()).isTrue();
        cursor.close();
        cursor.close();
        assertThatThrownBy(cursor::next)
                .isInstanceOf(LogException.class)
                .hasMessageContaining("closed");
    }

    @Test
    void readersSeeNothingAboveTheMarkAndAllBelowItWhileOthersAppend() throws Exception {
        try (ExecutorService threads = Executors.newFixedThreadPool(2)) {
            Future<?> reader =
                    threads.submit(
                            () -> {
                                long expected = 0;
                                try (Cursor cursor = log.read(EVENTS, 0)) {
                                    while (expected < 5000 && cursor.next(LONG)) {
                                        assertThat(cursor.record().offset()).isEqualTo(expected);
                                        expected++;
                                        assertThat(log.latestOffset(EVENTS))
                                                .isGreaterThanOrEqualTo(expected);
                                    }
                                }
                                return expected;
                            });
            for (int i = 0; i < 5000; i += 10) {
                log.append(EVENTS, TestLog.batch(i, 10));
            }
            assertThat(reader.get(50, TimeUnit.SECONDS)).isEqualTo(5000L);
        }
    }
}
