package dev.millrace.server;

import dev.millrace.log.CheckpointReader;
import dev.millrace.log.CheckpointWriter;
import dev.millrace.log.Fold;
import dev.millrace.log.RecordView;
import dev.millrace.log.TopicPartition;
import dev.millrace.log.View;
import dev.millrace.log.ViewOptions;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// Counts the records of a topic and their bytes, per partition.
public final class CountingView implements View {
    private final String topic;
    private final ViewOptions options;
    private final Map<TopicPartition, Counting> folds = new ConcurrentHashMap<>();

    public CountingView(String topic, ViewOptions options) {
        this.topic = topic;
        this.options = options;
    }

    @Override
    public String name() {
        return "count-" + topic;
    }

    @Override
    public String codeVersion() {
        return "1";
    }

    @Override
    public List<String> topics() {
        return List.of(topic);
    }

    @Override
    public ViewOptions options() {
        return options;
    }

    @Override
    public Fold fold(TopicPartition partition) {
        Counting fold = new Counting();
        folds.put(partition, fold);
        return fold;
    }

    /// What has been counted of a partition so far.
    public TopicCount.Counts counts(TopicPartition partition) {
        Counting fold = folds.get(partition);
        return fold == null ? TopicCount.Counts.NONE : fold.shown;
    }

    private static final class Counting implements Fold {
        private long records;
        private long keyed;
        private long tombstones;
        private long keyBytes;
        private long valueBytes;
        private long largestBytes;
        private volatile TopicCount.Counts shown = TopicCount.Counts.NONE;

        @Override
        public void fold(RecordView record) {
            int key = record.keyLength();
            int value = record.valueLength();
            int size = Math.max(0, key) + Math.max(0, value);
            records++;
            keyed += key < 0 ? 0 : 1;
            tombstones += value < 0 ? 1 : 0;
            keyBytes += Math.max(0, key);
            valueBytes += Math.max(0, value);
            largestBytes = Math.max(largestBytes, size);
        }

        @Override
        public void reached(long nextOffset) {
            shown =
                    new TopicCount.Counts(
                            records, keyed, tombstones, keyBytes, valueBytes, largestBytes);
        }

        @Override
        public void save(CheckpointWriter to) throws IOException {
            DataOutputStream out = new DataOutputStream(to.stream("counts"));
            out.writeLong(records);
            out.writeLong(keyed);
            out.writeLong(tombstones);
            out.writeLong(keyBytes);
            out.writeLong(valueBytes);
            out.writeLong(largestBytes);
        }

        @Override
        public void load(CheckpointReader from) throws IOException {
            DataInputStream in = new DataInputStream(from.stream("counts"));
            records = in.readLong();
            keyed = in.readLong();
            tombstones = in.readLong();
            keyBytes = in.readLong();
            valueBytes = in.readLong();
            largestBytes = in.readLong();
            reached(0);
        }
    }
}
