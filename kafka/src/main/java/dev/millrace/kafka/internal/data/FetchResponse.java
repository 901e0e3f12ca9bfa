package dev.millrace.kafka.internal.data;

import dev.millrace.kafka.internal.protocol.RequestHeader;
import dev.millrace.kafka.internal.protocol.Response;
import dev.millrace.kafka.internal.protocol.WireOut;
import dev.millrace.log.BatchReader;
import dev.millrace.log.TopicPartition;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/// The answer to Fetch, written by hand, so that batches go out from where they lie:
///
/// | field | type | versions |
/// |---|---|---|
/// | throttle time | int32, always 0 | |
/// | error, session id | int16, int32, always 0 | 7 and above |
/// | topics | array of: name string, or id from version 13 on; partitions | |
/// | partitions: index, error, high-water mark, last stable offset | int32, int16, int64, int64 | |
/// | log start offset | int64 | 5 and above |
/// | aborted transactions | array, always null | |
/// | preferred replica | int32, always -1 | 11 and above |
/// | records | bytes: whole batches | |
///
/// From version 12 on strings, arrays and bytes are compact, and tagged fields end each structure.
final class FetchResponse implements Response {
    private static final int FIRST_WITH_START = 5;
    private static final int FIRST_WITH_SESSION = 7;
    private static final int FIRST_WITH_REPLICA = 11;
    private static final int FIRST_COMPACT = 12;
    private static final int FIRST_WITH_IDS = 13;
    private static final int BYTES_PER_PARTITION = 56;

    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    /// Fewer are copied among the fields: that is cheaper than one more part of a write, and what
    /// they were read into is free for the next partition.
    private static final int MOST_COPIED = 8 << 10;

    /// What was found in the partitions of a topic.
    record Topic(String name, Uuid id, List<Partition> partitions) {}

    /// What was found in a partition.
    ///
    /// @param batches from position to limit
    /// @param reader that the batches are valid with; null where there are none, or copied
    record Partition(
            TopicPartition id,
            Errors error,
            long start,
            long end,
            ByteBuffer batches,
            @Nullable BatchReader reader) {
        static Partition failed(int index, Errors error) {
            return new Partition(new TopicPartition("?", index), error, -1, -1, NOTHING, null);
        }

        static Partition empty(TopicPartition id, long start, long end) {
            return new Partition(id, Errors.NONE, start, end, NOTHING, null);
        }

        static Partition filled(TopicPartition id, long start, long end, BatchReader reader) {
            ByteBuffer batches = reader.batches();
            if (batches.remaining() > MOST_COPIED) {
                return new Partition(id, Errors.NONE, start, end, batches, reader);
            }
            ByteBuffer copy = ByteBuffer.allocate(batches.remaining()).put(batches).flip();
            reader.close();
            return new Partition(id, Errors.NONE, start, end, copy, null);
        }

        int sizeInBytes() {
            return batches.remaining();
        }
    }

    private final RequestHeader header;
    private final Errors error;
    private final List<Topic> topics = new ArrayList<>();
    private int bytes;
    private int partitions;
    private boolean failed;

    FetchResponse(RequestHeader header) {
        this(header, Errors.NONE);
    }

    private FetchResponse(RequestHeader header, Errors error) {
        this.header = header;
        this.error = error;
    }

    /// To a request that is wrong as a whole.
    static FetchResponse failed(RequestHeader header, Errors error) {
        return new FetchResponse(header, error);
    }

    void add(Topic topic) {
        topics.add(topic);
    }

    /// One more partition, of the topic that was added last.
    void count(Partition partition) {
        bytes += partition.sizeInBytes();
        partitions++;
        failed |= partition.error != Errors.NONE;
    }

    /// Bytes of batches.
    int bytes() {
        return bytes;
    }

    /// Whether it may go: there are as many bytes, or an error to be told.
    boolean isEnough(int leastBytes) {
        return bytes >= leastBytes || failed || partitions == 0;
    }

    /// The partitions that more may come to, each once however often it was asked for.
    Set<TopicPartition> readable() {
        Set<TopicPartition> readable = new LinkedHashSet<>();
        for (Topic topic : topics) {
            for (Partition partition : topic.partitions) {
                if (partition.error == Errors.NONE) {
                    readable.add(partition.id);
                }
            }
        }
        return readable;
    }

    @Override
    public ByteBuffer[] buffers() {
        FetchParts parts =
                new FetchParts(
                        new WireOut(
                                header.version() >= FIRST_COMPACT,
                                BYTES_PER_PARTITION * (partitions + 2)));
        WireOut out = parts.fields().begin(header.correlationId()).int32(0);
        if (header.version() >= FIRST_WITH_SESSION) {
            out.int16(error.code()).int32(0);
        }
        out.length(topics.size());
        for (Topic topic : topics) {
            if (header.version() >= FIRST_WITH_IDS) {
                out.uuid(topic.id.getMostSignificantBits(), topic.id.getLeastSignificantBits());
            } else {
                out.string(topic.name);
            }
            out.length(topic.partitions.size());
            for (Partition partition : topic.partitions) {
                write(parts, partition);
            }
            out.endStructure();
        }
        out.endStructure();
        return parts.finish();
    }

    private void write(FetchParts parts, Partition partition) {
        WireOut out = parts.fields();
        out.int32(partition.id.partition()).int16(partition.error.code());
        out.int64(partition.end).int64(partition.end);
        if (header.version() >= FIRST_WITH_START) {
            out.int64(partition.start);
        }
        out.length(-1);
        if (header.version() >= FIRST_WITH_REPLICA) {
            out.int32(-1);
        }
        out.length(partition.sizeInBytes());
        if (partition.reader == null) {
            out.raw(partition.batches);
        } else {
            parts.add(partition.batches);
        }
        out.endStructure();
    }

    @Override
    public void close() {
        for (Topic topic : topics) {
            for (Partition partition : topic.partitions) {
                BatchReader reader = partition.reader;
                if (reader != null) {
                    reader.close();
                }
            }
        }
    }
}
