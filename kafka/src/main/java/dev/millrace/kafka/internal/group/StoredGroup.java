package dev.millrace.kafka.internal.group;

import dev.millrace.log.TopicPartition;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// What the records of `__consumer_offsets` say of one group. Changed by the view's fold alone, and
/// read by any number of threads beside it.
final class StoredGroup {
    private final Map<TopicPartition, CommittedOffset> offsets = new ConcurrentHashMap<>();
    private volatile @Nullable GroupMetadata metadata;

    /// Null for a group that has committed offsets and never had members.
    @Nullable GroupMetadata metadata() {
        return metadata;
    }

    /// By partition; changes under the reader.
    Map<TopicPartition, CommittedOffset> offsets() {
        return offsets;
    }

    void metadata(@Nullable GroupMetadata now) {
        metadata = now;
    }

    void offset(TopicPartition partition, @Nullable CommittedOffset now) {
        if (now == null) {
            offsets.remove(partition);
        } else {
            offsets.put(partition, now);
        }
    }

    boolean isGone() {
        return metadata == null && offsets.isEmpty();
    }
}
