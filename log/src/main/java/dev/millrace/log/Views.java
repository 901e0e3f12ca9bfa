package dev.millrace.log;

import dev.millrace.log.internal.LocalViews;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;

/// The views over a log: runs them, and keeps their checkpoints.
///
/// ```java
/// try (RunningView<Totals> totals = log.views().run(new Totals())) {
///     AppendResult appended = log.append("orders", order).join();
///     totals.awaitOffset(appended.partition(), appended.baseOffset(), Duration.ofSeconds(1));
///     use(totals.current().total());
/// }
/// ```
///
/// For any number of threads.
public interface Views extends AutoCloseable {

    /// Runs a view: loads its last checkpoint and folds what has come since, or replays from the
    /// earliest record where there is no checkpoint that fits log and code.
    ///
    /// @throws LogException `invalid-view` for a name or code version that it may not have, and
    ///   where one of its name is being run; `unknown-topic`
    <V extends View> RunningView<V> run(V view);

    /// What is stored of views, in order of name.
    List<StoredView> stored();

    /// Deletes what is stored of a view, so that it replays when it is run again.
    ///
    /// @throws LogException `unknown-view`; `invalid-view` where it is being run
    void delete(String name);

    /// Closes every view that is being run. Idempotent.
    @Override
    void close();

    /// Views over any engine, with their checkpoints in a directory of this machine, which one
    /// process uses at a time. Whoever calls it closes it before the log. A [LocalLog] has views of
    /// its own: [LocalLog#views].
    ///
    /// @param logId tells this log from others
    static Views over(EventLog log, UUID logId, Path directory) {
        return LocalViews.over(log, logId, directory);
    }
}
