package dev.millrace.log.internal;

import dev.millrace.log.EventLog;
import dev.millrace.log.LogException;
import dev.millrace.log.LogException.Code;
import dev.millrace.log.RunningView;
import dev.millrace.log.TopicDescription;
import dev.millrace.log.TopicPartition;
import dev.millrace.log.View;
import dev.millrace.log.ViewStatus;
import dev.millrace.log.ViewStatus.Failure;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// What callers hold of a view that is being run: the [ViewRunner] that serves, and beside it at
/// times the one that is to replace it.
///
/// The swap: when the new version has caught up, the old one stands still for the moment in which
/// the new one passes the last records that the old one has. So nobody sees the view go back.
final class LiveView<V extends View> implements RunningView<V> {
    private static final System.Logger LOG = System.getLogger("dev.millrace.log");

    /// Offsets that the new version may be behind when the old one is made to stand still.
    private static final long NEAR = 1 << 16;

    private record Version<V extends View>(V view, ViewRunner runner) {}

    private final ViewHome home;
    private final ViewDirectory directory;
    private final Runnable whenClosed;
    private final ViewClock clock;
    private volatile Version<V> serving;
    private volatile @Nullable Replacement<V> replacement;
    private volatile boolean closed;

    /// A version that catches up.
    private record Replacement<V extends View>(
            Version<V> version, CompletableFuture<Void> swapped) {}

    private LiveView(
            ViewHome home, ViewDirectory directory, Version<V> version, Runnable whenClosed) {
        this.home = home;
        this.directory = directory;
        this.serving = version;
        this.whenClosed = whenClosed;
        this.clock = new ViewClock(version.runner, this::advance);
    }

    static <V extends View> LiveView<V> open(ViewHome home, V view, Runnable whenClosed)
            throws IOException {
        ViewDirectory directory =
                new ViewDirectory(home.storage(), home.directory().resolve(view.name()));
        ViewRunner runner = ViewRunner.open(home, view, directory, false);
        LiveView<V> live = new LiveView<>(home, directory, new Version<>(view, runner), whenClosed);
        live.clock.start();
        return live;
    }

    ViewDirectory directory() {
        return directory;
    }

    @Override
    public V current() {
        return serving.view;
    }

    @Override
    public ViewStatus status() {
        Replacement<V> next = replacement;
        return serving.runner.status(next == null ? null : next.version.runner.status(null));
    }

    @Override
    public boolean awaitOffset(TopicPartition partition, long offset, Duration timeout) {
        long deadline = deadline(timeout);
        EventLog log = home.log();
        try {
            while (true) {
                requireOpen();
                ViewSource source = serving.runner.source(partition);
                if (source.progress().nextOffset() > offset) {
                    return true;
                }
                if (!log.awaitOffset(partition, offset, left(deadline))) {
                    return false;
                }
                serving.runner.wake();
                if (source.awaitAbove(offset, left(deadline))) {
                    return true;
                }
                Failure failure = source.failures().failure();
                if (failure != null) {
                    throw source.failures().stopped(failure);
                }
                if (!source.hasEnded()) {
                    return false; // the time is over
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private static long deadline(Duration timeout) {
        return System.nanoTime()
                + Math.clamp(TimeUnit.NANOSECONDS.convert(timeout), 0, Long.MAX_VALUE / 2);
    }

    private static Duration left(long deadline) {
        return Duration.ofNanos(Math.max(0, deadline - System.nanoTime()));
    }

    @Override
    public boolean awaitPresent(Duration timeout) {
        long deadline = deadline(timeout);
        for (String name : serving.view.topics()) {
            TopicDescription topic = home.log().describeTopic(name);
            for (int i = 0; i < topic.partitions(); i++) {
                TopicPartition partition = new TopicPartition(name, i);
                long last = home.log().latestOffset(partition) - 1;
                if (last >= 0 && !awaitOffset(partition, last, left(deadline))) {
                    return false;
                }
            }
        }
        return true;
    }

    @Override
    public void checkpoint() {
        requireOpen();
        try {
            serving.runner.checkpoint();
        } catch (IOException e) {
            throw failed(serving.view.name(), "a checkpoint could not be saved", e);
        }
    }

    static LogException failed(String view, String what, IOException e) {
        String text = "view '%s': %s (%s)".formatted(view, what, e);
        return DiskSpace.isFull(e)
                ? DiskSpace.full(text, e)
                : new LogException(Code.IO, text + "; it goes on, and tries again", e);
    }

    private void requireOpen() {
        if (closed) {
            throw closed();
        }
    }

    private LogException closed() {
        return new LogException(Code.CLOSED, "view '%s' is closed".formatted(serving.view.name()));
    }

    // ---- another version

    @Override
    public synchronized CompletableFuture<Void> replace(V newVersion) {
        requireOpen();
        ViewOpening.check(newVersion);
        View present = serving.view;
        if (!newVersion.name().equals(present.name())
                || newVersion.codeVersion().equals(present.codeVersion())
                || replacement != null) {
            throw ViewOpening.invalid(
                    "view '%s' of version '%s' cannot be replaced by '%s' of version '%s': the name stays, the version changes, one replacement at a time"
                            .formatted(
                                    present.name(),
                                    present.codeVersion(),
                                    newVersion.name(),
                                    newVersion.codeVersion()));
        }
        try {
            ViewRunner runner = ViewRunner.open(home, newVersion, directory, true);
            Replacement<V> next =
                    new Replacement<>(new Version<>(newVersion, runner), new CompletableFuture<>());
            replacement = next;
            clock.alsoWatch(runner);
            return next.swapped.copy();
        } catch (IOException e) {
            throw failed(newVersion.name(), "its replacement could not be opened", e);
        }
    }

    /// What the clock has done regularly beside checkpoints.
    private void advance() {
        Replacement<V> next = replacement;
        if (next != null) {
            ViewRunner runner = next.version.runner;
            for (ViewSource source : runner.sources()) {
                Failure failure = source.failures().failure();
                if (failure != null) {
                    giveUp(next, source.failures().stopped(failure));
                    return;
                }
            }
            if (runner.caughtUp() && isNear(runner) && trySwap(next)) {
                next.swapped.complete(null);
            }
        } else if (serving.runner.isBesideAnother() && serving.runner.caughtUp()) {
            promote(serving);
        }
    }

    /// Whether it is worth to have the old one stand still for it.
    private boolean isNear(ViewRunner runner) {
        return serving.runner.sources().stream()
                .allMatch(
                        old ->
                                runner.nextOffset(old.partition()) + NEAR
                                        >= old.progress().nextOffset());
    }

    /// @return false where it did not come past the old one soon enough, and must try again
    private boolean trySwap(Replacement<V> next) {
        Version<V> old = serving;
        List<ViewSource> still = List.copyOf(old.runner.sources());
        still.forEach(ViewSource::standStill);
        try {
            for (ViewSource source : still) {
                if (!hasPassed(next.version.runner, source)) {
                    return false;
                }
            }
            serving = next.version;
            replacement = null;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } finally {
            still.forEach(ViewSource::goOn);
        }
        clock.watch(next.version.runner);
        old.runner.replaced();
        old.runner.stop();
        promote(next.version);
        old.runner.letGo();
        LOG.log(
                System.Logger.Level.INFO,
                "view {0}: version {1} has replaced {2}",
                old.view.name(),
                next.version.view.codeVersion(),
                old.view.codeVersion());
        return true;
    }

    private static boolean hasPassed(ViewRunner runner, ViewSource old)
            throws InterruptedException {
        TopicPartition partition = old.partition();
        if (runner.nextOffset(partition) >= old.progress().nextOffset()) {
            return true;
        }
        runner.wake();
        return runner.source(partition).awaitAbove(old.progress().nextOffset() - 1, ViewClock.TICK);
    }

    private static <V extends View> void promote(Version<V> version) {
        try {
            version.runner.promote();
        } catch (IOException | RuntimeException e) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "view {0}: version {1} serves, and its checkpoint could not take the other''s place: {2}",
                    version.view.name(),
                    version.view.codeVersion(),
                    e);
        }
    }

    private void giveUp(Replacement<V> next, LogException why) {
        replacement = null;
        clock.watch(serving.runner);
        end(next.version.runner);
        next.swapped.completeExceptionally(why);
    }

    // ---- the end

    private static void end(ViewRunner runner) {
        runner.stop();
        try {
            runner.checkpoint();
        } catch (IOException | RuntimeException e) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "view {0} ends without a last checkpoint, and will fold again what came since: {1}",
                    runner.view().name(),
                    e);
        }
        runner.letGo();
    }

    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        clock.close();
        Replacement<V> next = replacement;
        if (next != null) {
            replacement = null;
            end(next.version.runner);
            next.swapped.completeExceptionally(closed());
        }
        end(serving.runner);
        whenClosed.run();
    }
}
