package dev.millrace.kafka.internal.data;

import dev.millrace.kafka.internal.protocol.KafkaErrors;
import dev.millrace.kafka.internal.protocol.ProtocolException;
import dev.millrace.kafka.internal.protocol.RequestHeader;
import dev.millrace.kafka.internal.protocol.Response;
import dev.millrace.kafka.internal.protocol.WireOut;
import dev.millrace.log.AppendResult;
import dev.millrace.log.EventLog;
import dev.millrace.log.LogException;
import dev.millrace.log.TopicPartition;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/// The answer to Produce, written by hand once all its appends are over:
///
/// | field | type | versions |
/// |---|---|---|
/// | topics | array of: name string, partitions | |
/// | partitions: index, error, base offset | int32, int16, int64 | |
/// | log append time | int64, always -1: timestamps are the producer's | |
/// | log start offset | int64 | 5 and above |
/// | errors of records | array, always empty: a batch is refused whole | 8 and above |
/// | error message | nullable string | 8 and above |
/// | throttle time | int32, always 0 | |
final class ProduceResponse implements Response {
    private static final int FIRST_WITH_START = 5;
    private static final int FIRST_WITH_MESSAGE = 8;
    private static final int BYTES_PER_PARTITION = 64;

    /// What was brought to the partitions of a topic.
    record Topic(String name, List<Partition> partitions) {}

    /// A batch that was brought to a partition.
    record Partition(TopicPartition id, CompletableFuture<AppendResult> append) {}

    private final EventLog log;
    private final RequestHeader header;
    private final boolean wanted;
    private final List<Topic> topics;

    ProduceResponse(EventLog log, RequestHeader header, boolean wanted, List<Topic> topics) {
        this.log = log;
        this.header = header;
        this.wanted = wanted;
        this.topics = topics;
    }

    @Override
    public boolean isReady() {
        for (Topic topic : topics) {
            for (Partition partition : topic.partitions) {
                if (!partition.append.isDone()) {
                    return false;
                }
            }
        }
        return true;
    }

    /// Waits until all appends are over: together, so that the thread is woken once.
    private void await() {
        if (!isReady()) {
            CompletableFuture<?>[] all =
                    topics.stream()
                            .flatMap(topic -> topic.partitions.stream())
                            .map(Partition::append)
                            .toArray(CompletableFuture[]::new);
            CompletableFuture.allOf(all).exceptionally(failure -> null).join();
        }
    }

    @Override
    public ByteBuffer[] buffers() {
        await();
        if (!wanted) {
            requireAppended();
            return new ByteBuffer[0];
        }
        boolean compact = header.version() >= ProduceWork.FIRST_COMPACT;
        WireOut out = new WireOut(compact, BYTES_PER_PARTITION * (topics.size() + 1));
        out.begin(header.correlationId()).length(topics.size());
        for (Topic topic : topics) {
            out.string(topic.name).length(topic.partitions.size());
            for (Partition partition : topic.partitions) {
                write(out, partition);
            }
            out.endStructure();
        }
        out.int32(0).endStructure();
        return new ByteBuffer[] {out.finish(0)};
    }

    private void write(WireOut out, Partition partition) {
        Throwable failure = failure(partition);
        Errors error = failure == null ? Errors.NONE : KafkaErrors.of(failure);
        long offset = failure == null ? partition.append.resultNow().baseOffset() : -1;
        out.int32(partition.id.partition()).int16(error.code()).int64(offset).int64(-1);
        if (header.version() >= FIRST_WITH_START) {
            out.int64(startOffset(partition.id));
        }
        if (header.version() >= FIRST_WITH_MESSAGE) {
            out.length(0).string(failure == null ? null : KafkaErrors.message(failure));
        }
        out.endStructure();
    }

    /// Why the append failed; null where it did not.
    private static @Nullable Throwable failure(Partition partition) {
        return partition.append.isCompletedExceptionally() ? partition.append.exceptionNow() : null;
    }

    /// -1 where it is not known.
    private long startOffset(TopicPartition partition) {
        try {
            return log.earliestOffset(partition);
        } catch (LogException e) {
            return -1;
        }
    }

    /// A client that wants no answer learns of a failure from the end of its connection.
    private void requireAppended() {
        for (Topic topic : topics) {
            for (Partition partition : topic.partitions) {
                Throwable failure = failure(partition);
                if (failure != null) {
                    throw new ProtocolException(
                            "records for %s that want no acknowledgement were not appended"
                                    .formatted(partition.id),
                            failure);
                }
            }
        }
    }

    /// Nothing of the request may go before the log is done with it.
    @Override
    public void close() {
        await();
    }
}
