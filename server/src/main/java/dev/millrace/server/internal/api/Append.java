package dev.millrace.server.internal.api;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.millrace.log.AppendResult;
import dev.millrace.log.LocalLog;
import dev.millrace.log.LogException;
import dev.millrace.log.LogRecord;
import dev.millrace.log.PartitionAppend;
import dev.millrace.log.Precondition;
import dev.millrace.log.ProducerId;
import dev.millrace.log.RecordBatch;
import dev.millrace.log.TopicDescription;
import dev.millrace.log.TopicPartition;
import dev.millrace.server.internal.http.HttpProblem;
import dev.millrace.server.internal.http.HttpRequest;
import dev.millrace.server.internal.http.HttpResponse;
import dev.millrace.server.internal.json.JsonInput;
import dev.millrace.server.internal.json.JsonObject;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// The records of one request, on their way to their partitions: all of a partition, or none; with
/// `atomic`, all of the request, or none.
final class Append {
    private final LocalLog log;
    private final TopicDescription topic;
    private final boolean atomic;
    private final @Nullable Long end;
    private final @Nullable ProducerId producer;
    private final int sequence;
    private final Map<Integer, List<LogRecord>> records = new TreeMap<>();

    private Append(LocalLog log, TopicDescription topic, HttpRequest request) {
        this.log = log;
        this.topic = topic;
        this.atomic = request.queryFlag("atomic");
        OptionalLong ifEnd = request.queryNumber("if-end", 0, Long.MAX_VALUE);
        this.end = ifEnd.isPresent() ? ifEnd.getAsLong() : null;
        OptionalLong id = request.queryNumber("producer", 0, Long.MAX_VALUE);
        int epoch = (int) request.queryNumber("epoch", 0, Short.MAX_VALUE).orElse(0);
        this.producer = id.isPresent() ? new ProducerId(id.getAsLong(), epoch) : null;
        this.sequence = (int) request.queryNumber("sequence", 0, Integer.MAX_VALUE).orElse(0);
        if (producer == null
                && (request.query("epoch") != null || request.query("sequence") != null)) {
            throw HttpProblem.invalid("epoch and sequence need producer=ID");
        }
        if (producer != null && (atomic || request.query("sequence") == null)) {
            throw HttpProblem.invalid(
                    atomic
                            ? "producer and atomic exclude each other"
                            : "producer needs sequence=N, that of its first record");
        }
    }

    /// Reads the records of a request.
    ///
    /// @param turn of the partitions, for records that have neither a key nor a partition
    static Append of(LocalLog log, TopicDescription topic, AtomicInteger turn, HttpRequest request)
            throws IOException {
        Append append = new Append(log, topic, request);
        OptionalLong given = request.queryNumber("partition", 0, Integer.MAX_VALUE);
        int unkeyed = Math.floorMod(turn.getAndIncrement(), topic.partitions());
        String type = request.requireMediaType(HttpResponse.JSON, HttpResponse.NDJSON);
        try (JsonInput input = JsonInput.of(request.body())) {
            for (JsonObject object = input.next(); object != null; object = input.next()) {
                if (type.equals(HttpResponse.NDJSON)) {
                    append.add(object, given, unkeyed);
                    continue;
                }
                for (JsonObject each : object.requireKnown("records").objects("records")) {
                    append.add(each, given, unkeyed);
                }
            }
        }
        if (append.records.size() > 1 && (append.producer != null || append.end != null)) {
            throw HttpProblem.invalid(
                    "producer and if-end are for records of one partition; give partition=N");
        }
        return append;
    }

    private void add(JsonObject from, OptionalLong given, int unkeyed) {
        from.requireKnown(
                "partition", "timestamp", "key", "keyBase64", "value", "valueBase64", "headers");
        LogRecord record = RecordFormat.read(from);
        byte[] key = record.key();
        long partition;
        if (from.has("partition")) {
            partition = from.number("partition");
        } else if (given.isPresent()) {
            partition = given.getAsLong();
        } else {
            partition = key == null ? unkeyed : log.partitionFor(topic.name(), key).partition();
        }
        if (partition < 0 || partition >= topic.partitions()) {
            throw new LogException(
                    LogException.Code.UNKNOWN_TOPIC,
                    "topic '%s' has no partition %d, only 0 to %d"
                            .formatted(topic.name(), partition, topic.partitions() - 1));
        }
        records.computeIfAbsent((int) partition, _ -> new ArrayList<>()).add(record);
    }

    /// Appends them, and returns once all of them are durable.
    List<AppendResult> run() {
        return atomic ? runAtomically() : runEach();
    }

    private List<AppendResult> runAtomically() {
        Precondition condition = end == null ? null : Precondition.endsAt(end);
        List<PartitionAppend> parts = new ArrayList<>();
        records.forEach(
                (partition, all) -> {
                    for (RecordBatch batch : Batches.of(all, topic.config())) {
                        parts.add(new PartitionAppend(at(partition), batch, condition));
                    }
                });
        return log.appendAtomically(parts).join();
    }

    private List<AppendResult> runEach() {
        List<CompletableFuture<AppendResult>> futures = new ArrayList<>();
        records.forEach(
                (partition, all) -> {
                    RecordBatch batch = batch(all);
                    futures.add(
                            end == null
                                    ? log.append(at(partition), batch)
                                    : log.append(at(partition), batch, Precondition.endsAt(end)));
                });
        List<AppendResult> results = new ArrayList<>();
        Throwable failure = null;
        for (CompletableFuture<AppendResult> future : futures) {
            try {
                results.add(future.join());
            } catch (RuntimeException e) {
                failure = failure == null ? e : failure;
            }
        }
        if (failure != null) {
            throw HttpProblem.with(HttpProblem.of(failure), to -> write(to, results));
        }
        return results;
    }

    private RecordBatch batch(List<LogRecord> all) {
        RecordBatch.Builder builder =
                RecordBatch.builder().compression(topic.config().compression());
        if (producer != null) {
            builder.producer(producer.id(), producer.epoch(), sequence);
        }
        all.forEach(builder::add);
        return builder.build();
    }

    private TopicPartition at(int partition) {
        return new TopicPartition(topic.name(), partition);
    }

    /// Writes where records are.
    static void write(JsonGenerator to, List<AppendResult> results) throws IOException {
        to.writeArrayFieldStart("appended");
        for (AppendResult result : results) {
            to.writeStartObject();
            to.writeNumberField("partition", result.partition().partition());
            to.writeNumberField("baseOffset", result.baseOffset());
            to.writeNumberField("count", result.count());
            to.writeEndObject();
        }
        to.writeEndArray();
    }
}
