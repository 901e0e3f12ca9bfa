package dev.millrace.cli.bench;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.SplittableRandom;
import org.HdrHistogram.Histogram;

/// How long the disk takes to force 4 KiB that overwrite what is there: what a durable append
/// cannot be quicker than.
final class DiskProbe {
    private static final int PAGE_BYTES = 4096;
    private static final int PAGES = 1024;
    private static final int MOST_FORCES = 5_000;

    private DiskProbe() {}

    /// @param folder where it makes a file and deletes it
    /// @return nanoseconds of each force, with its write
    static Histogram run(Path folder, Duration probe) throws IOException {
        Path file = folder.resolve("probe");
        Histogram nanos = new Histogram(3);
        SplittableRandom random = new SplittableRandom(1);
        byte[] page = new byte[PAGE_BYTES];
        random.nextBytes(page);
        try (FileChannel channel =
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            for (int i = 0; i < PAGES; i++) {
                channel.write(ByteBuffer.wrap(page), (long) i * PAGE_BYTES);
            }
            channel.force(true);
            long end = System.nanoTime() + probe.toNanos();
            for (int i = 0; i < MOST_FORCES; i++) {
                long start = System.nanoTime();
                if (start - end > 0 && i > 10) {
                    break;
                }
                channel.write(ByteBuffer.wrap(page), (long) (i % PAGES) * PAGE_BYTES);
                channel.force(false);
                nanos.recordValue(System.nanoTime() - start);
            }
        } finally {
            Files.deleteIfExists(file);
        }
        return nanos;
    }
}
