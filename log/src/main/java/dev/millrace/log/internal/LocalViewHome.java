package dev.millrace.log.internal;

import dev.millrace.log.EventLog;
import dev.millrace.log.LogException;
import dev.millrace.log.TopicPartition;
import java.nio.file.Path;
import java.util.UUID;
import java.util.function.Function;

/// The home of a [LogEngine]'s views: the log's own directory, and what its partitions can tell
/// beyond the common ground of engines.
record LocalViewHome(
        EventLog log,
        Storage storage,
        LogDirectory logDirectory,
        Function<TopicPartition, PartitionLog> partitions)
        implements ViewHome {

    @Override
    public UUID logId() {
        return logDirectory.logId();
    }

    @Override
    public Path directory() {
        return logDirectory.views();
    }

    @Override
    public int epochAt(TopicPartition partition, long offset) {
        return partitions.apply(partition).epochs().at(offset);
    }

    @Override
    public boolean whenAdvanced(TopicPartition partition, Runnable wake) {
        partitions.apply(partition).whenAdvanced(wake);
        return true;
    }

    @Override
    public void forget(TopicPartition partition, Runnable wake) {
        try {
            partitions.apply(partition).forget(wake);
        } catch (LogException e) {
            // the topic was deleted, and its partitions with it
        }
    }
}
