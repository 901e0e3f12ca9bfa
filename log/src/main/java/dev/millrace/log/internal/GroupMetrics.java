package dev.millrace.log.internal;

import dev.millrace.log.Distribution;
import dev.millrace.log.Durability;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Measures the groups of one [GroupWriter]: how long each append took from its call to its answer,
/// and, where one force stands for the group, how much it stood for. The clock is asked once for a
/// group.
///
/// For whoever has the turn in the [WriteLoop]; any thread reads.
final class GroupMetrics {
    private static final double NANOS_IN_MICRO = 1e3;
    private static final Durability[] DURABILITIES = Durability.values();

    private final boolean journaled;

    /// By durability, in nanoseconds; null where there was no append yet.
    private final @Nullable Recorder[] latency = new Recorder[DURABILITIES.length];

    private volatile @Nullable Recorder batches;
    private volatile @Nullable Recorder bytes;
    private @Nullable AppendEvent event;

    /// @param journaled whether a force stands for each group
    GroupMetrics(boolean journaled) {
        this.journaled = journaled;
    }

    void begin() {
        event = AppendEvent.beginIfEnabled();
    }

    /// The group is published, and its callers are about to be told.
    void published(List<PartitionWriter> group) {
        long now = System.nanoTime();
        int groupBatches = 0;
        long groupBytes = 0;
        for (int i = 0; i < group.size(); i++) {
            PartitionWriter writer = group.get(i);
            List<PendingAppend> share = writer.share();
            Recorder recorder = latencyOf(writer.log().config().durability());
            for (int j = 0; j < share.size(); j++) {
                recorder.record(now - share.get(j).submittedNanos());
            }
            groupBatches += share.size();
            groupBytes += share.isEmpty() ? 0 : writer.shareBytes();
        }
        if (journaled && groupBatches > 0) {
            recordGroup(groupBatches, groupBytes);
        }
        AppendEvent begun = event;
        if (begun != null) {
            tell(begun, group, groupBatches, groupBytes);
        }
    }

    private Recorder latencyOf(Durability durability) {
        Recorder recorder = latency[durability.ordinal()];
        if (recorder == null) {
            recorder = new Recorder();
            synchronized (latency) {
                latency[durability.ordinal()] = recorder;
            }
        }
        return recorder;
    }

    private void recordGroup(int groupBatches, long groupBytes) {
        Recorder ofBatches = batches;
        Recorder ofBytes = bytes;
        if (ofBatches == null || ofBytes == null) {
            ofBatches = new Recorder();
            ofBytes = new Recorder();
            batches = ofBatches;
            bytes = ofBytes;
        }
        ofBatches.record(groupBatches);
        ofBytes.record(groupBytes);
    }

    private void tell(
            AppendEvent begun, List<PartitionWriter> group, int groupBatches, long groupBytes) {
        event = null;
        begun.end();
        if (groupBatches == 0 || !begun.shouldCommit()) {
            return;
        }
        PartitionWriter first = group.getFirst();
        begun.durability = first.log().config().durability().key();
        begun.partitions = group.size();
        begun.batches = groupBatches;
        begun.bytes = groupBytes;
        for (PartitionWriter writer : group) {
            begun.records += writer.share().isEmpty() ? 0 : writer.shareRecords();
        }
        if (group.size() == 1) {
            begun.topic = first.log().id().topic();
            begun.partition = first.log().id().partition();
        }
        begun.commit();
    }

    boolean journaled() {
        return journaled;
    }

    /// Latencies by durability, in microseconds.
    Map<Durability, Distribution> latencies() {
        Map<Durability, Distribution> found = new EnumMap<>(Durability.class);
        for (Durability durability : DURABILITIES) {
            Recorder recorder;
            synchronized (latency) {
                recorder = latency[durability.ordinal()];
            }
            if (recorder != null) {
                found.put(durability, recorder.read(NANOS_IN_MICRO));
            }
        }
        return found;
    }

    /// Batches that a force stood for.
    Distribution batches() {
        Recorder recorder = batches;
        return recorder == null ? Distribution.NONE : recorder.read(1);
    }

    /// Bytes of record batches that a force stood for.
    Distribution bytes() {
        Recorder recorder = bytes;
        return recorder == null ? Distribution.NONE : recorder.read(1);
    }
}
