package dev.millrace.log;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/// A [View] that is being run: its folds follow the log on threads of their own until [#close].
///
/// For any number of threads.
///
/// @param <V> what answers queries
public interface RunningView<V extends View> extends AutoCloseable {

    /// The view that serves: the one that was run, and behind a [#replace] the new one.
    V current();

    /// How far it is.
    ViewStatus status();

    /// Waits until the view has passed the record at `offset`, so that [#current] knows it: a
    /// caller reads its own writes.
    ///
    /// @return whether it has
    /// @throws LogException `unknown-topic` where the partition is none of its sources,
    ///   `view-stopped` where the partition has stopped before it, `closed`
    boolean awaitOffset(TopicPartition partition, long offset, Duration timeout);

    /// Waits until the view has passed everything that is in the log now.
    ///
    /// @return whether it has
    /// @throws LogException as [#awaitOffset]
    boolean awaitPresent(Duration timeout);

    /// Saves a checkpoint now, where anything has changed since the last.
    ///
    /// @throws LogException `disk-full` or `io`; the view goes on, and tries again when it is time
    void checkpoint();

    /// Replays another code version beside this one, which serves meanwhile, and puts it in this
    /// one's place when it has passed everything that this one has. The replay has checkpoints of
    /// its own: after a crash the same call goes on from there.
    ///
    /// @return completes behind the swap; fails with `view-stopped` where the new version stops,
    ///   and with `closed` where this handle is closed before: then this version goes on
    /// @throws LogException `invalid-view` where it has another name or the same code version, or
    ///   where a replacement is under way
    CompletableFuture<Void> replace(V newVersion);

    /// Stops folding behind the record that it is at, saves a checkpoint, and lets go of the folds.
    /// A checkpoint that cannot be saved is logged: nothing is lost but the time of a replay.
    /// Idempotent.
    @Override
    void close();
}
