package dev.millrace.log;

import java.time.Duration;

/// How a [View] is run. Immutable; `ViewOptions.defaults().onPoison(OnFailure.PARK)`.
///
/// A checkpoint is saved as soon as one of the three bounds is reached and something has changed,
/// and when the view is closed; but saving takes at most a tenth of the time, so that a large state
/// is saved less often.
///
/// @param checkpointRecords records folded since the last checkpoint, at least 1
/// @param checkpointBytes bytes of their keys and values, at least 1
/// @param checkpointInterval time since the last checkpoint
/// @param onPoison what a record does that the fold throws at
/// @param onDamage what records do that are damaged in the log
/// @param maxParked how many stretches may be parked before the view stops after all, from 0
/// @param threads how many partitions fold side by side at most; 0 for the number of processors
public record ViewOptions(
        long checkpointRecords,
        long checkpointBytes,
        Duration checkpointInterval,
        OnFailure onPoison,
        OnFailure onDamage,
        int maxParked,
        int threads) {

    private static final ViewOptions DEFAULTS =
            new ViewOptions(
                    10_000_000,
                    1L << 30,
                    Duration.ofSeconds(30),
                    OnFailure.STOP,
                    OnFailure.STOP,
                    1000,
                    0);

    /// What a record does that cannot be folded.
    public enum OnFailure {
        /// The partition stops before it, and the status names the place; other partitions go on.
        /// Running the view again tries again.
        STOP,
        /// Its place and the error go to a list in the checkpoint, and the fold goes on behind it.
        PARK
    }

    public ViewOptions {
        if (checkpointRecords < 1 || checkpointBytes < 1 || maxParked < 0 || threads < 0) {
            throw new IllegalArgumentException(
                    "view options out of range: %d records and %d bytes (from 1), %d parked and %d threads (from 0)"
                            .formatted(checkpointRecords, checkpointBytes, maxParked, threads));
        }
    }

    /// A checkpoint every 10,000,000 records, 1 GiB or 30 seconds; stop at poison and at damage;
    /// 1,000 parked stretches; as many threads as processors.
    public static ViewOptions defaults() {
        return DEFAULTS;
    }

    /// As the component.
    public ViewOptions checkpointRecords(long records) {
        return new ViewOptions(
                records,
                checkpointBytes,
                checkpointInterval,
                onPoison,
                onDamage,
                maxParked,
                threads);
    }

    /// As the component.
    public ViewOptions checkpointBytes(long bytes) {
        return new ViewOptions(
                checkpointRecords,
                bytes,
                checkpointInterval,
                onPoison,
                onDamage,
                maxParked,
                threads);
    }

    /// As the component.
    public ViewOptions checkpointInterval(Duration interval) {
        return new ViewOptions(
                checkpointRecords,
                checkpointBytes,
                interval,
                onPoison,
                onDamage,
                maxParked,
                threads);
    }

    /// As the component.
    public ViewOptions onPoison(OnFailure what) {
        return new ViewOptions(
                checkpointRecords,
                checkpointBytes,
                checkpointInterval,
                what,
                onDamage,
                maxParked,
                threads);
    }

    /// As the component.
    public ViewOptions onDamage(OnFailure what) {
        return new ViewOptions(
                checkpointRecords,
                checkpointBytes,
                checkpointInterval,
                onPoison,
                what,
                maxParked,
                threads);
    }

    /// As the component.
    public ViewOptions maxParked(int stretches) {
        return new ViewOptions(
                checkpointRecords,
                checkpointBytes,
                checkpointInterval,
                onPoison,
                onDamage,
                stretches,
                threads);
    }

    /// As the component.
    public ViewOptions threads(int count) {
        return new ViewOptions(
                checkpointRecords,
                checkpointBytes,
                checkpointInterval,
                onPoison,
                onDamage,
                maxParked,
                count);
    }
}
