package dev.millrace.log.internal;

import dev.millrace.log.EventLog;
import dev.millrace.log.TopicPartition;
import java.nio.file.Path;
import java.util.UUID;

/// What views stand on: a log, whichever engine keeps it, and a place for their checkpoints.
interface ViewHome {
    EventLog log();

    /// Tells this log from others.
    UUID logId();

    Storage storage();

    /// The folder with a folder for each view.
    Path directory();

    /// The leader epoch under which the record at `offset` was written; [ViewCheckpoint#NO_EPOCH]
    /// where the engine does not tell.
    int epochAt(TopicPartition partition, long offset);

    /// Has `wake` run whenever the partition's high-water mark has moved, on the thread that
    /// writes.
    ///
    /// @return false where the engine cannot, so that it must be asked again and again
    boolean whenAdvanced(TopicPartition partition, Runnable wake);

    /// Ends [#whenAdvanced].
    void forget(TopicPartition partition, Runnable wake);

    /// Any engine, through its interface alone.
    record OfAnyLog(EventLog log, UUID logId, Storage storage, Path directory) implements ViewHome {
        @Override
        public int epochAt(TopicPartition partition, long offset) {
            return ViewCheckpoint.NO_EPOCH;
        }

        @Override
        public boolean whenAdvanced(TopicPartition partition, Runnable wake) {
            return false;
        }

        @Override
        public void forget(TopicPartition partition, Runnable wake) {
            // it was never remembered
        }
    }
}
