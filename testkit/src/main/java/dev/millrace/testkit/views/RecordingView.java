package dev.millrace.testkit.views;

import dev.millrace.log.CheckpointReader;
import dev.millrace.log.CheckpointWriter;
import dev.millrace.log.Cursor;
import dev.millrace.log.EventLog;
import dev.millrace.log.Fold;
import dev.millrace.log.RecordView;
import dev.millrace.log.TopicPartition;
import dev.millrace.log.View;
import dev.millrace.log.ViewOptions;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// A view that keeps a fingerprint of every record that it has folded, in their order: whatever is
/// missed, doubled or out of order shows beside [#expected], which reads the log by itself.
///
/// It saves two files, and maps one of them when it loads them.
public final class RecordingView implements View {
    private static final ValueLayout.OfLong LONG =
            ValueLayout.JAVA_LONG_UNALIGNED.withOrder(java.nio.ByteOrder.BIG_ENDIAN);

    private final String name;
    private final String codeVersion;
    private final List<String> topics;
    private final Map<TopicPartition, Recording> folds = new ConcurrentHashMap<>();
    private volatile ViewOptions options = ViewOptions.defaults();
    private volatile Predicate<RecordView> poison = _ -> false;
    private volatile boolean refusesToLoad;

    public RecordingView(String name, String codeVersion, String... topics) {
        this.name = name;
        this.codeVersion = codeVersion;
        this.topics = List.of(topics);
    }

    public RecordingView with(ViewOptions changed) {
        options = changed;
        return this;
    }

    /// Has it throw at these records.
    public RecordingView poisonedBy(Predicate<RecordView> records) {
        poison = records;
        return this;
    }

    /// Has it understand nothing of what it saved.
    public RecordingView refusingToLoad() {
        refusesToLoad = true;
        return this;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public String codeVersion() {
        return codeVersion;
    }

    @Override
    public List<String> topics() {
        return topics;
    }

    @Override
    public ViewOptions options() {
        return options;
    }

    @Override
    public Fold fold(TopicPartition partition) {
        Recording fold = new Recording();
        folds.put(partition, fold);
        return fold;
    }

    /// The fingerprints of what has been folded, as last shown to queries.
    public long[] recorded(TopicPartition partition) {
        Recording fold = folds.get(partition);
        return fold == null ? new long[0] : fold.shown;
    }

    /// How many records were folded since this object was made, loaded ones not counted.
    public long foldedHere() {
        return folds.values().stream().mapToLong(fold -> fold.folded).sum();
    }

    /// How many folds have been closed.
    public long closedFolds() {
        return folds.values().stream().filter(fold -> fold.closed).count();
    }

    /// What a view must have recorded that has seen all of a partition.
    public static long[] expected(EventLog log, TopicPartition partition) {
        return expected(log, partition, log.earliestOffset(partition), _ -> false);
    }

    /// As [#expected(EventLog,TopicPartition)], of the records from an offset on, without those
    /// that are poison.
    public static long[] expected(
            EventLog log, TopicPartition partition, long from, Predicate<RecordView> poison) {
        Fingerprints prints = new Fingerprints();
        try (Cursor cursor = log.read(partition, from)) {
            while (cursor.next()) {
                if (!poison.test(cursor.record())) {
                    prints.add(fingerprint(cursor.record()));
                }
            }
        }
        return prints.toArray();
    }

    private static long fingerprint(RecordView record) {
        long hash = record.offset() * 31 + record.timestampMillis();
        hash = hash * 31 + hash(record.key());
        return hash * 31 + hash(record.value());
    }

    private static int hash(@Nullable ByteBuffer bytes) {
        return bytes == null ? 7 : bytes.hashCode();
    }

    /// A growing list of longs.
    private static final class Fingerprints {
        private long[] prints = new long[16];
        private int count;

        void add(long print) {
            if (count == prints.length) {
                prints = Arrays.copyOf(prints, 2 * count);
            }
            prints[count++] = print;
        }

        long[] toArray() {
            return Arrays.copyOf(prints, count);
        }
    }

    private final class Recording implements Fold {
        private Fingerprints prints = new Fingerprints();
        private long last = -1;
        private volatile long[] shown = new long[0];
        private volatile long folded;
        private volatile boolean closed;

        @Override
        public void fold(RecordView record) {
            if (closed) {
                throw new IllegalStateException("folded behind its close");
            }
            if (record.offset() <= last) {
                throw new IllegalStateException(
                        "offset %d behind %d".formatted(record.offset(), last));
            }
            if (poison.test(record)) {
                throw new IllegalArgumentException("poison at " + record.offset());
            }
            last = record.offset();
            prints.add(fingerprint(record));
            long before = folded;
            folded = before + 1;
        }

        @Override
        public void reached(long nextOffset) {
            shown = prints.toArray();
        }

        @Override
        public void save(CheckpointWriter to) throws IOException {
            DataOutputStream numbers = new DataOutputStream(to.stream("numbers"));
            numbers.writeInt(prints.count);
            numbers.writeLong(last);
            WritableByteChannel channel = to.channel("fingerprints");
            ByteBuffer bytes = ByteBuffer.allocate(prints.count * Long.BYTES);
            bytes.asLongBuffer().put(prints.prints, 0, prints.count);
            channel.write(bytes);
        }

        @Override
        public void load(CheckpointReader from) throws IOException {
            if (refusesToLoad) {
                throw new IOException("not understood");
            }
            DataInputStream numbers = new DataInputStream(from.stream("numbers"));
            int count = numbers.readInt();
            last = numbers.readLong();
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment mapped = from.map("fingerprints", arena);
                Fingerprints loaded = new Fingerprints();
                for (int i = 0; i < count; i++) {
                    loaded.add(mapped.get(LONG, (long) i * Long.BYTES));
                }
                prints = loaded;
            }
            shown = prints.toArray();
        }

        @Override
        public void close() {
            closed = true;
        }
    }
}
