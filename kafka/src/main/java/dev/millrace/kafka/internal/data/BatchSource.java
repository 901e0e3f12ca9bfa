package dev.millrace.kafka.internal.data;

import dev.millrace.log.BatchReader;
import dev.millrace.log.Capability;
import dev.millrace.log.EventLog;
import dev.millrace.log.LeaderEpoch;
import dev.millrace.log.LocalLog;
import dev.millrace.log.TopicPartition;
import java.util.List;

/// Where fetch takes whole batches from. For any number of threads.
public interface BatchSource {
    /// As [LocalLog#readBatches].
    BatchReader readBatches(TopicPartition partition, long offset);

    /// As [LocalLog#whenAdvanced].
    AutoCloseable whenAdvanced(TopicPartition partition, Runnable listener);

    /// As [LocalLog#leaderEpochs].
    List<LeaderEpoch> leaderEpochs(TopicPartition partition);

    /// The epoch under which the partition's next record will be written.
    default int leaderEpoch(TopicPartition partition) {
        return leaderEpochs(partition).getLast().epoch();
    }

    /// The batches of a log: as they are stored where it keeps them, else made of its records.
    static BatchSource of(EventLog log) {
        return log instanceof LocalLog local
                        && log.capabilities().contains(Capability.STORES_BATCHES_UNCHANGED)
                ? new StoredBatches(local)
                : new RecordBatches(log);
    }
}
