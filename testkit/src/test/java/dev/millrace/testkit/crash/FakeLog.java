package dev.millrace.testkit.crash;

import dev.millrace.log.AppendResult;
import dev.millrace.log.Appender;
import dev.millrace.log.Capability;
import dev.millrace.log.Cursor;
import dev.millrace.log.EventLog;
import dev.millrace.log.Header;
import dev.millrace.log.LogRecord;
import dev.millrace.log.RecordBatch;
import dev.millrace.log.RecordView;
import dev.millrace.log.TopicConfig;
import dev.millrace.log.TopicDescription;
import dev.millrace.log.TopicPartition;
import dev.millrace.log.TopicSpec;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;

/// A log that holds what a test puts into it, right or wrong.
final class FakeLog implements EventLog {
    final Map<String, TopicDescription> topics = new TreeMap<>();
    final Map<TopicPartition, List<LogRecord>> records =
            new TreeMap<>(java.util.Comparator.comparing(TopicPartition::toString));

    void holds(TopicPartition partition, long... ids) {
        List<LogRecord> held = new ArrayList<>();
        for (long id : ids) {
            held.add(Payload.record(id, 20));
        }
        records.put(partition, held);
    }

    @Override
    public TopicDescription createTopic(TopicSpec spec) {
        TopicDescription description =
                new TopicDescription(
                        spec.name(),
                        UUID.randomUUID(),
                        spec.partitions(),
                        TopicConfig.of(spec.config()));
        topics.put(spec.name(), description);
        for (int i = 0; i < spec.partitions(); i++) {
            records.put(new TopicPartition(spec.name(), i), new ArrayList<>());
        }
        return description;
    }

    @Override
    public List<TopicDescription> topics() {
        return List.copyOf(topics.values());
    }

    @Override
    public long earliestOffset(TopicPartition partition) {
        return 0;
    }

    @Override
    public long latestOffset(TopicPartition partition) {
        return records.get(partition).size();
    }

    @Override
    public Cursor read(TopicPartition partition, long offset) {
        List<LogRecord> all = records.get(partition);
        return new Cursor() {
            private int at = (int) offset - 1;

            @Override
            public boolean next() {
                return ++at < all.size();
            }

            @Override
            public boolean next(Duration timeout) {
                return next();
            }

            @Override
            public RecordView record() {
                return new FakeView(at, all.get(at));
            }

            @Override
            public long position() {
                return at + 1;
            }

            @Override
            public void seek(long to) {
                at = (int) to - 1;
            }

            @Override
            public void close() {
                // nothing to let go of
            }
        };
    }

    private record FakeView(long offset, LogRecord copy) implements RecordView {
        @Override
        public long timestampMillis() {
            return copy.timestampMillis();
        }

        @Override
        public int keyLength() {
            return copy.key() == null ? -1 : copy.key().length;
        }

        @Override
        public int valueLength() {
            return copy.value() == null ? -1 : copy.value().length;
        }

        @Override
        public ByteBuffer key() {
            return copy.key() == null ? null : ByteBuffer.wrap(copy.key());
        }

        @Override
        public ByteBuffer value() {
            return copy.value() == null ? null : ByteBuffer.wrap(copy.value());
        }

        @Override
        public List<Header> headers() {
            return copy.headers();
        }
    }

    @Override
    public TopicDescription describeTopic(String topic) {
        throw new UnsupportedOperationException();
    }

    @Override
    public TopicDescription alterTopic(
            String topic, Map<String, String> changes, Set<String> toDefault) {
        TopicDescription now = topics.get(topic);
        TopicDescription altered =
                new TopicDescription(
                        topic, now.id(), now.partitions(), now.config().with(changes, toDefault));
        topics.put(topic, altered);
        return altered;
    }

    @Override
    public TopicDescription addPartitions(String topic, int totalCount) {
        TopicDescription now = topics.get(topic);
        TopicDescription grown = new TopicDescription(topic, now.id(), totalCount, now.config());
        topics.put(topic, grown);
        for (int i = now.partitions(); i < totalCount; i++) {
            records.put(new TopicPartition(topic, i), new ArrayList<>());
        }
        return grown;
    }

    @Override
    public void deleteTopic(String topic) {
        topics.remove(topic);
    }

    @Override
    public CompletableFuture<AppendResult> append(String topic, LogRecord record) {
        throw new UnsupportedOperationException();
    }

    @Override
    public CompletableFuture<AppendResult> append(TopicPartition partition, LogRecord record) {
        throw new UnsupportedOperationException();
    }

    @Override
    public CompletableFuture<AppendResult> append(TopicPartition partition, RecordBatch batch) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Appender appender(String topic) {
        throw new UnsupportedOperationException();
    }

    @Override
    public OptionalLong offsetForTime(TopicPartition partition, long timestampMillis) {
        throw new UnsupportedOperationException();
    }

    @Override
    public long deleteRecords(TopicPartition partition, long beforeOffset) {
        throw new UnsupportedOperationException();
    }

    @Override
    public boolean awaitOffset(TopicPartition partition, long offset, Duration timeout) {
        throw new UnsupportedOperationException();
    }

    @Override
    public long sizeInBytes(TopicPartition partition) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Set<Capability> capabilities() {
        return Set.of();
    }

    @Override
    public void close() {
        // nothing to let go of
    }
}
