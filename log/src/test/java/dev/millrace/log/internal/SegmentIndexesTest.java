package dev.millrace.log.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.log.LogFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Index files are believed where their checksums agree with each other and with the segment, and
/// nowhere else.
class SegmentIndexesTest {
    private static final long BASE = 1000;
    private static final int INTERVAL = 300;

    @TempDir Path directory;
    private final Storage storage = new FileStorage();
    private final SegmentIndexes indexes = new SegmentIndexes(BASE, INTERVAL);
    private long size;

    /// One batch as it was added.
    private record Batch(long position, long lastOffset, long maxTimestamp) {}

    private final List<Batch> batches = new ArrayList<>();

    @BeforeEach
    void fill() throws IOException {
        add(indexes, 100, new Random(5));
        indexes.seal();
        indexes.save(storage, directory, size);
    }

    private void add(SegmentIndexes into, int count, Random random) {
        long offset = batches.isEmpty() ? BASE : batches.getLast().lastOffset + 1;
        for (int i = 0; i < count; i++) {
            int bytes = BatchFormat.MIN_BATCH_BYTES + random.nextInt(200);
            long last = offset + random.nextInt(5);
            long time = 5000 + 10 * i + random.nextInt(100);
            into.add(size, bytes, last, time);
            batches.add(new Batch(size, last, time));
            size += bytes;
            offset = last + 1;
        }
    }

    private void requireRight(SegmentIndexes found) {
        long latest = batches.stream().mapToLong(Batch::maxTimestamp).max().orElseThrow();
        assertThat(found.maxTimestamp()).isEqualTo(latest);
        for (long offset = BASE; offset <= batches.getLast().lastOffset + 5; offset++) {
            long wanted = offset;
            int entry = found.entryBefore(offset);
            long position = entry < 0 ? 0 : found.position(entry);
            Batch at = batches.stream().filter(b -> b.position == position).findAny().orElseThrow();
            if (position > 0) {
                assertThat(at.lastOffset).isLessThanOrEqualTo(wanted);
                assertThat(found.lastOffset(entry)).isEqualTo(at.lastOffset);
            } else {
                assertThat(entry).isEqualTo(-1);
            }
            long batch =
                    batches.stream()
                            .filter(b -> b.lastOffset >= wanted)
                            .findFirst()
                            .orElse(batches.getLast())
                            .position;
            assertThat(batch - position).as("bytes to hop over").isBetween(0L, 4L * INTERVAL);
        }
        for (long time = 4990; time < latest + 10; time += 7) {
            long from = found.offsetBefore(time);
            for (Batch batch : batches) {
                if (batch.lastOffset < from) {
                    assertThat(batch.maxTimestamp).as("passed over at %d", time).isLessThan(time);
                }
            }
        }
    }

    @Test
    void areRightInMemory() {
        requireRight(indexes);
    }

    @Test
    void comeBackFromTheirFiles() throws IOException {
        SegmentIndexes loaded = new SegmentIndexes(BASE, INTERVAL);
        assertThat(loaded.load(storage, directory, size)).isTrue();
        requireRight(loaded);
    }

    @Test
    void goOnBehindWhatWasLoaded() throws IOException {
        SegmentIndexes loaded = new SegmentIndexes(BASE, INTERVAL);
        assertThat(loaded.load(storage, directory, size)).isTrue();
        add(loaded, 100, new Random(6));
        loaded.seal();
        requireRight(loaded);

        loaded.save(storage, directory, size);
        SegmentIndexes again = new SegmentIndexes(BASE, INTERVAL);
        assertThat(again.load(storage, directory, size)).isTrue();
        requireRight(again);
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, 1, -300, 4096})
    void ofASegmentOfAnotherSizeAreStale(long difference) throws IOException {
        SegmentIndexes loaded = new SegmentIndexes(BASE, INTERVAL);
        assertThat(loaded.load(storage, directory, size + difference)).isFalse();
        requireEmpty(loaded);
    }

    @ParameterizedTest
    @ValueSource(strings = {".index", ".timeindex", ".sums"})
    void anyFlippedBitIsFound(String suffix) throws IOException {
        Path file = directory.resolve(Segment.fileName(BASE, suffix));
        for (int at = 0; at < LogFiles.size(file); at++) {
            LogFiles.flip(file, at, 1 << at % 8);
            SegmentIndexes loaded = new SegmentIndexes(BASE, INTERVAL);
            assertThat(loaded.load(storage, directory, size)).as("byte %d", at).isFalse();
            requireEmpty(loaded);
            LogFiles.flip(file, at, 1 << at % 8);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {".index", ".timeindex", ".sums"})
    void anyCutIsFound(String suffix) throws IOException {
        Path file = directory.resolve(Segment.fileName(BASE, suffix));
        byte[] whole = Files.readAllBytes(file);
        for (int end = 0; end < whole.length; end++) {
            Files.write(file, java.util.Arrays.copyOf(whole, end));
            SegmentIndexes loaded = new SegmentIndexes(BASE, INTERVAL);
            assertThat(loaded.load(storage, directory, size)).as("cut at %d", end).isFalse();
        }
        Files.write(file, java.util.Arrays.copyOf(whole, whole.length + 8));
        assertThat(new SegmentIndexes(BASE, INTERVAL).load(storage, directory, size)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {".index", ".timeindex", ".sums"})
    void aMissingFileIsNoIndex(String suffix) throws IOException {
        Files.delete(directory.resolve(Segment.fileName(BASE, suffix)));
        SegmentIndexes loaded = new SegmentIndexes(BASE, INTERVAL);
        assertThat(loaded.load(storage, directory, size)).isFalse();
        requireEmpty(loaded);
    }

    @Test
    void ofAnEmptySegmentComeBackToo() throws IOException {
        SegmentIndexes empty = new SegmentIndexes(0, INTERVAL);
        empty.seal();
        empty.save(storage, directory, 0);
        SegmentIndexes loaded = new SegmentIndexes(0, INTERVAL);
        assertThat(loaded.load(storage, directory, 0)).isTrue();
        requireEmpty(loaded);
    }

    private static void requireEmpty(SegmentIndexes loaded) {
        assertThat(loaded.entries()).isZero();
        assertThat(loaded.entryBefore(Long.MAX_VALUE)).isEqualTo(-1);
        assertThat(loaded.maxTimestamp()).isEqualTo(Long.MIN_VALUE);
    }
}
