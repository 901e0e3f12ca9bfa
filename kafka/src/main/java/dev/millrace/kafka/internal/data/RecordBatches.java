package dev.millrace.kafka.internal.data;

import dev.millrace.log.BatchReader;
import dev.millrace.log.Cursor;
import dev.millrace.log.EventLog;
import dev.millrace.log.LeaderEpoch;
import dev.millrace.log.LogRecord;
import dev.millrace.log.RecordBatch;
import dev.millrace.log.TopicPartition;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;

/// Makes batches of the records of a log that does not hand out its own: records at consecutive
/// offsets make a batch.
record RecordBatches(EventLog log) implements BatchSource {
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    /// Such a log does not say when it has more; so it is looked after this often.
    private static final Duration LOOK_EVERY = Duration.ofMillis(20);

    private static final List<LeaderEpoch> NONE = List.of(new LeaderEpoch(0, 0));

    @Override
    public BatchReader readBatches(TopicPartition partition, long offset) {
        return new Reader(log.read(partition, offset));
    }

    @Override
    public AutoCloseable whenAdvanced(TopicPartition partition, Runnable listener) {
        Thread looking =
                Thread.ofVirtual()
                        .start(
                                () -> {
                                    long seen = log.latestOffset(partition);
                                    while (!Thread.currentThread().isInterrupted()) {
                                        if (log.awaitOffset(partition, seen, LOOK_EVERY)) {
                                            seen = log.latestOffset(partition);
                                            listener.run();
                                        }
                                    }
                                });
        return looking::interrupt;
    }

    @Override
    public List<LeaderEpoch> leaderEpochs(TopicPartition partition) {
        log.describeTopic(partition.topic());
        return NONE;
    }

    private static final class Reader implements BatchReader {
        private final Cursor cursor;
        private final RecordBatch.Builder builder = RecordBatch.builder();
        private ByteBuffer batches = NOTHING;

        Reader(Cursor cursor) {
            this.cursor = cursor;
        }

        @Override
        public boolean next(int maxBytes) {
            batches = NOTHING;
            long base = -1;
            while (cursor.next()) {
                long offset = cursor.record().offset();
                boolean follows = base < 0 || offset == base + builder.count();
                if (!follows || base >= 0 && builder.sizeInBytes() >= maxBytes) {
                    cursor.seek(offset);
                    break;
                }
                base = base < 0 ? offset : base;
                LogRecord record = cursor.record().copy();
                builder.add(record);
            }
            if (base < 0) {
                return false;
            }
            ByteBuffer built = builder.build().buffer();
            ByteBuffer stamped = ByteBuffer.allocate(built.remaining()).put(built).flip();
            // base offset and leader epoch stand outside of the checksum
            batches = stamped.putLong(0, base).putInt(12, 0);
            return true;
        }

        @Override
        public ByteBuffer batches() {
            return batches;
        }

        @Override
        public long position() {
            return cursor.position();
        }

        @Override
        public void close() {
            cursor.close();
        }
    }
}
