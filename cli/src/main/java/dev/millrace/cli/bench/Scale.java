package dev.millrace.cli.bench;

import java.time.Duration;

/// How long and how much.
///
/// @param probe of the disk, before the first row
/// @param warmUp before the clock runs
/// @param measured while it runs
/// @param sustained while it runs, in the rows of `--full`
/// @param readRecords in the topics that are read
/// @param openBytes of record batches in the logs that are opened
public record Scale(
        Duration probe,
        Duration warmUp,
        Duration measured,
        Duration sustained,
        long readRecords,
        long openBytes) {

    /// What `millrace bench log` does within 50 seconds.
    public static Scale standard() {
        return new Scale(
                Duration.ofMillis(300),
                Duration.ofMillis(700),
                Duration.ofMillis(1500),
                Duration.ofSeconds(30),
                3_000_000,
                1L << 30);
    }

    /// As [#standard], and 10 GB to open.
    public static Scale full() {
        return standard().withOpenBytes(10L << 30);
    }

    public Scale withMeasured(Duration duration) {
        return new Scale(probe, warmUp, duration, sustained, readRecords, openBytes);
    }

    public Scale withWarmUp(Duration duration) {
        return new Scale(probe, duration, measured, sustained, readRecords, openBytes);
    }

    private Scale withOpenBytes(long bytes) {
        return new Scale(probe, warmUp, measured, sustained, readRecords, bytes);
    }
}
