package dev.millrace.server.internal.remote;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.millrace.log.AppendResult;
import dev.millrace.log.LogException;
import dev.millrace.log.LogException.Code;
import dev.millrace.log.LogRecord;
import dev.millrace.log.PartitionAppend;
import dev.millrace.log.Precondition;
import dev.millrace.log.RecordBatch;
import dev.millrace.log.TopicPartition;
import dev.millrace.server.RecordJson;
import dev.millrace.server.internal.json.JsonOutput;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// Sends records of a topic to a server, as lines.
public final class RemoteAppends {
    private final HttpLink link;
    private final String topic;

    public RemoteAppends(HttpLink link, String topic) {
        this.link = link;
        this.topic = topic;
    }

    /// One record, to the partition that the server gives it.
    public CompletableFuture<AppendResult> record(LogRecord record) {
        return post("", lines(to -> to.object(each -> write(each, -1, record))))
                .thenApply(List::getFirst);
    }

    /// A batch, with its producer where it names one.
    public CompletableFuture<AppendResult> batch(
            TopicPartition partition, RecordBatch batch, @Nullable Precondition precondition) {
        StringBuilder query = new StringBuilder("?partition=" + partition.partition());
        try {
            appendCondition(query, precondition);
        } catch (LogException e) {
            return CompletableFuture.failedFuture(e);
        }
        if (batch.producerId() >= 0) {
            query.append("&producer=" + batch.producerId())
                    .append("&epoch=" + batch.producerEpoch())
                    .append("&sequence=" + batch.baseSequence());
        }
        byte[] lines =
                lines(
                        to -> {
                            for (LogRecord record : batch.records()) {
                                to.object(each -> write(each, -1, record));
                            }
                        });
        return post(query.toString(), lines).thenApply(List::getFirst);
    }

    /// Batches of the topic, all or none. Their conditions must be the same.
    public CompletableFuture<List<AppendResult>> atomically(List<PartitionAppend> parts) {
        StringBuilder query = new StringBuilder("?atomic=true");
        try {
            for (PartitionAppend part : parts) {
                requireSame(part, parts.getFirst());
            }
            appendCondition(query, parts.getFirst().precondition());
        } catch (LogException e) {
            return CompletableFuture.failedFuture(e);
        }
        byte[] lines =
                lines(
                        to -> {
                            for (PartitionAppend part : parts) {
                                int partition = part.partition().partition();
                                for (LogRecord record : part.batch().records()) {
                                    to.object(each -> write(each, partition, record));
                                }
                            }
                        });
        return post(query.toString(), lines).thenApply(results -> share(parts, results));
    }

    private static void requireSame(PartitionAppend part, PartitionAppend first) {
        boolean sameTopic = part.partition().topic().equals(first.partition().topic());
        Precondition condition = part.precondition();
        boolean sameCondition =
                condition == null
                        ? first.precondition() == null
                        : condition.equals(first.precondition());
        if (!sameTopic || !sameCondition) {
            throw new LogException(
                    Code.NOT_SUPPORTED,
                    "an atomic append over a server is to one topic, with one condition for all");
        }
    }

    private static void appendCondition(StringBuilder query, @Nullable Precondition precondition) {
        if (precondition instanceof Precondition.EndsAt endsAt) {
            query.append("&if-end=" + endsAt.offset());
        } else if (precondition != null) {
            throw new LogException(
                    Code.NOT_SUPPORTED,
                    "a condition is code that runs beside the log; over a server there is only Precondition.endsAt");
        }
    }

    /// What became of each part: the server may cut the records of a partition otherwise.
    private static List<AppendResult> share(
            List<PartitionAppend> parts, List<AppendResult> results) {
        List<AppendResult> shared = new ArrayList<>();
        for (PartitionAppend part : parts) {
            long before =
                    shared.stream()
                            .filter(done -> done.partition().equals(part.partition()))
                            .mapToLong(AppendResult::count)
                            .sum();
            for (AppendResult result : results) {
                boolean ours = result.partition().equals(part.partition());
                if (ours && before < result.count()) {
                    shared.add(
                            new AppendResult(
                                    part.partition(),
                                    result.baseOffset() + before,
                                    part.batch().count(),
                                    result.durability()));
                    break;
                }
                before -= ours ? result.count() : 0;
            }
        }
        return shared;
    }

    private CompletableFuture<List<AppendResult>> post(String query, byte[] lines) {
        String path = "/v1/topics/%s/records%s".formatted(HttpLink.segment(topic), query);
        return link.post(path, lines, HttpLink.NDJSON).thenApply(Answers::appended);
    }

    /// Writes lines.
    private interface Writer {
        void write(JsonOutput to) throws IOException;
    }

    private static byte[] lines(Writer writer) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            JsonOutput output = JsonOutput.lines(bytes);
            writer.write(output);
            output.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private static void write(JsonGenerator to, int partition, LogRecord record)
            throws IOException {
        if (partition >= 0) {
            to.writeNumberField("partition", partition);
        }
        to.writeNumberField("timestamp", record.timestampMillis());
        byte[] key = record.key();
        byte[] value = record.value();
        RecordJson.write(to, "key", key == null ? null : ByteBuffer.wrap(key));
        RecordJson.write(to, "value", value == null ? null : ByteBuffer.wrap(value));
        RecordJson.write(to, record.headers());
    }
}
