package dev.millrace.log.internal;

import dev.millrace.log.Durability;
import dev.millrace.log.LogException;
import dev.millrace.log.LogException.Code;
import dev.millrace.log.TopicPartition;
import dev.millrace.log.internal.JournalFormat.PartitionKey;
import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/// Closes a log whose threads have ended: what [LogOpening] opened, in order. Everything is forced,
/// and a checkpoint in the journal says that there is nothing to recover.
final class LogClosing {
    private final LogDirectory directory;
    private final Journal journal;
    private final WriteLoop fsyncLoop;

    LogClosing(LogDirectory directory, Journal journal, WriteLoop fsyncLoop) {
        this.directory = directory;
        this.journal = journal;
        this.fsyncLoop = fsyncLoop;
    }

    /// @throws LogException where what was acknowledged at `os` may not be on stable storage, or
    ///   files could not be closed; they are let go of all the same
    void close(Collection<PartitionLog> partitions) {
        try {
            closePartitions(partitions);
        } catch (IOException e) {
            throw new LogException(
                    Code.IO,
                    "closing the log in %s failed (%s): what was acknowledged is safe, and opening it again recovers it"
                            .formatted(directory.root(), e.getMessage()),
                    e);
        } finally {
            closeFiles();
        }
    }

    private void closePartitions(Collection<PartitionLog> partitions) throws IOException {
        Map<PartitionKey, PartitionEnd> forced = Checkpointer.force(partitions, fsyncLoop);
        boolean sound =
                fsyncLoop.broken() == null
                        && partitions.stream().allMatch(p -> p.refusal() == null);
        IOException failure = null;
        for (PartitionLog partition : partitions) {
            try {
                partition.close(sound);
            } catch (IOException e) {
                failure = e;
            }
        }
        if (failure != null) {
            throw failure;
        }
        if (sound) {
            journal.checkpoint(forced, journal.lastSequence() + 1, true);
        } else {
            requireForced(partitions);
        }
    }

    /// Says so where records that were acknowledged at `os` could not be forced.
    private void requireForced(Collection<PartitionLog> partitions) {
        List<TopicPartition> unforced =
                partitions.stream()
                        .filter(p -> p.config().durability() == Durability.OS)
                        .filter(p -> p.end().offset() != p.forced().offset())
                        .map(PartitionLog::id)
                        .toList();
        if (!unforced.isEmpty()) {
            throw new LogException(
                    Code.IO,
                    "the log in %s was closed, but %s could not be forced: the last records acknowledged there at os are in the page cache only"
                            .formatted(directory.root(), unforced));
        }
    }

    private void closeFiles() {
        try (directory) {
            journal.close();
        } catch (IOException e) {
            // everything that matters has been forced
        }
    }
}
