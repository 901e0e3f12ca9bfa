package dev.millrace.log.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SegmentCloseTest {
    private static final int BYTES = 4 << 20;
    private static final int READERS = 4;

    @TempDir Path directory;

    private Segment filled() throws IOException {
        Segment segment = Segment.create(new FileStorage(), directory, 0, 4096);
        segment.file().write(ByteBuffer.allocate(BYTES), 0);
        segment.commit(BYTES);
        return segment;
    }

    /// A mapping cannot be closed while a checksum runs over it: closing waits those moments.
    @RepeatedTest(20)
    void closingUnderRunningChecksumsEndsThem() throws Exception {
        Segment segment = filled();
        CountDownLatch running = new CountDownLatch(READERS);
        try (ExecutorService threads = Executors.newFixedThreadPool(READERS)) {
            List<Future<?>> readers = new ArrayList<>();
            for (int i = 0; i < READERS; i++) {
                readers.add(threads.submit(() -> checksumUntilClosed(segment, running)));
            }
            running.await();
            segment.close();
            for (Future<?> reader : readers) {
                reader.get(30, TimeUnit.SECONDS);
            }
        }
    }

    private static void checksumUntilClosed(Segment segment, CountDownLatch running) {
        BatchChecksum checksum = new BatchChecksum();
        try {
            while (true) {
                ByteBuffer mapping = segment.mapping(BYTES);
                assertThat(mapping).isNotNull();
                checksum.of(mapping, 0, BYTES);
                running.countDown();
            }
        } catch (IllegalStateException | IOException e) {
            // closed
        }
    }

    @Test
    void indexesOfAClosedSegmentAreNotWritten() throws IOException {
        Segment segment = filled();
        segment.close();
        segment.saveIndexes();
        assertThat(new FileStorage().list(directory)).containsExactly(segment.name());
    }

    @Test
    void closingTwiceIsClosingOnce() throws IOException {
        Segment segment = filled();
        segment.close();
        segment.close();
    }
}
