package dev.millrace.kafka.internal.data;

import dev.millrace.log.BatchReader;
import dev.millrace.log.LeaderEpoch;
import dev.millrace.log.LocalLog;
import dev.millrace.log.TopicPartition;
import java.util.List;

/// The batches of a log in a directory, byte for byte.
record StoredBatches(LocalLog log) implements BatchSource {
    @Override
    public BatchReader readBatches(TopicPartition partition, long offset) {
        return log.readBatches(partition, offset);
    }

    @Override
    public AutoCloseable whenAdvanced(TopicPartition partition, Runnable listener) {
        return log.whenAdvanced(partition, listener);
    }

    @Override
    public List<LeaderEpoch> leaderEpochs(TopicPartition partition) {
        return log.leaderEpochs(partition);
    }
}
