package dev.millrace.server.internal.api;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.millrace.log.AppendResult;
import dev.millrace.log.CorruptRecordException;
import dev.millrace.log.Cursor;
import dev.millrace.log.LocalLog;
import dev.millrace.log.TopicDescription;
import dev.millrace.log.TopicPartition;
import dev.millrace.server.RecordJson;
import dev.millrace.server.internal.http.HttpProblem;
import dev.millrace.server.internal.http.HttpRequest;
import dev.millrace.server.internal.http.HttpResponse;
import dev.millrace.server.internal.http.Route;
import dev.millrace.server.internal.json.JsonOutput;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicInteger;

/// Records of a topic: appended, read, followed, deleted.
final class RecordRoutes {
    private static final String RECORDS = "/v1/topics/{topic}/records";

    /// A page ends behind the record that passes this.
    private static final int PAGE_BYTES = 4 << 20;

    private final LocalLog log;

    /// Puts requests whose records have no key on the partitions in turn.
    private final AtomicInteger turn = new AtomicInteger();

    RecordRoutes(LocalLog log) {
        this.log = log;
    }

    List<Route> routes() {
        return List.of(
                new Route("POST", RECORDS, this::append),
                new Route("GET", RECORDS, this::read),
                new Route("DELETE", RECORDS, this::delete));
    }

    private HttpResponse append(HttpRequest request) throws IOException {
        request.requireQuery("partition", "atomic", "if-end", "producer", "epoch", "sequence");
        String topic = request.path("topic");
        Append append = Append.of(log, log.describeTopic(topic), turn, request);
        List<AppendResult> results = append.run();
        return HttpResponse.json(
                200,
                to -> {
                    to.writeStringField("topic", topic);
                    if (!results.isEmpty()) {
                        to.writeStringField("durability", results.getFirst().durability().key());
                    }
                    Append.write(to, results);
                });
    }

    private HttpResponse read(HttpRequest request) throws IOException {
        request.requireQuery(
                "partition", "offset", "from-time", "limit", "max-bytes", "wait", "follow");
        TopicPartition partition = partition(request);
        long offset = start(request, partition);
        boolean lines = request.accepts(HttpResponse.NDJSON);
        if (request.queryFlag("follow")) {
            if (!lines) {
                throw HttpProblem.invalid("follow=true needs Accept: " + HttpResponse.NDJSON);
            }
            long most = request.queryNumber("limit", 1, Long.MAX_VALUE).orElse(Long.MAX_VALUE);
            return follow(request, log.read(partition, offset), most);
        }
        int limit =
                (int)
                        request.queryNumber("limit", 1, TopicRoutes.MOST_ITEMS)
                                .orElse(TopicRoutes.ITEMS);
        int bytes = (int) request.queryNumber("max-bytes", 1, PAGE_BYTES).orElse(PAGE_BYTES);
        Waits.untilAbove(log, partition, offset, request);
        try (Cursor cursor = log.read(partition, offset)) {
            return lines ? linesPage(cursor, limit, bytes) : page(partition, cursor, limit, bytes);
        }
    }

    private TopicPartition partition(HttpRequest request) {
        TopicDescription topic = log.describeTopic(request.path("topic"));
        OptionalLong number = request.queryNumber("partition", 0, Integer.MAX_VALUE);
        if (number.isEmpty() && topic.partitions() > 1) {
            throw HttpProblem.invalid(
                    "topic '%s' has %d partitions: partition=N is needed"
                            .formatted(topic.name(), topic.partitions()));
        }
        return new TopicPartition(topic.name(), (int) number.orElse(0));
    }

    private long start(HttpRequest request, TopicPartition partition) {
        OptionalLong offset = request.queryNumber("offset", Long.MIN_VALUE, Long.MAX_VALUE);
        String time = request.query("from-time");
        if (time != null && offset.isPresent()) {
            throw HttpProblem.invalid("offset and from-time exclude each other");
        }
        if (time == null) {
            return offset.orElseGet(() -> log.earliestOffset(partition));
        }
        return log.offsetForTime(partition, RecordFormat.time("from-time", time))
                .orElseGet(() -> log.latestOffset(partition));
    }

    private HttpResponse page(TopicPartition partition, Cursor cursor, int limit, int bytes) {
        return HttpResponse.json(
                200,
                to -> {
                    to.writeArrayFieldStart("items");
                    eachOf(
                            cursor,
                            limit,
                            bytes,
                            record -> {
                                to.writeStartObject();
                                RecordJson.write(to, record);
                                to.writeEndObject();
                            });
                    to.writeEndArray();
                    to.writeNumberField("next", cursor.position());
                    to.writeNumberField("latest", log.latestOffset(partition));
                });
    }

    private static HttpResponse linesPage(Cursor cursor, int limit, int bytes) throws IOException {
        ByteArrayOutputStream page = new ByteArrayOutputStream();
        JsonOutput output = JsonOutput.lines(page);
        eachOf(cursor, limit, bytes, record -> output.object(to -> RecordJson.write(to, record)));
        output.flush();
        return HttpResponse.stream(HttpResponse.NDJSON, page.size(), page::writeTo);
    }

    private interface Taker {
        void take(dev.millrace.log.RecordView record) throws IOException;
    }

    /// Damage ends a page; a page that would begin with it fails.
    private static void eachOf(Cursor cursor, int limit, int bytes, Taker taker)
            throws IOException {
        long taken = 0;
        for (int count = 0; count < limit && taken < bytes; count++) {
            try {
                if (!cursor.next()) {
                    return;
                }
            } catch (CorruptRecordException e) {
                if (count == 0) {
                    throw e;
                }
                return;
            }
            taker.take(cursor.record());
            taken += Math.max(0, cursor.record().keyLength());
            taken += Math.max(0, cursor.record().valueLength());
        }
    }

    private HttpResponse follow(HttpRequest request, Cursor opened, long most) {
        TopicPartition partition = partition(request);
        return HttpResponse.lines(
                to -> {
                    try (Cursor cursor = opened) {
                        to.flush(); // the head of the answer goes out before the first record
                        // is there
                        for (long left = most; left > 0 && !request.draining(); ) {
                            if (cursor.next()) {
                                to.object(each -> RecordJson.write(each, cursor.record()));
                                left--;
                            } else {
                                to.flush();
                                Waits.step(log, partition, cursor.position());
                            }
                        }
                    }
                });
    }

    private HttpResponse delete(HttpRequest request) {
        request.requireQuery("partition", "before");
        OptionalLong before = request.queryNumber("before", -1, Long.MAX_VALUE);
        if (before.isEmpty()) {
            throw HttpProblem.invalid("before=OFFSET is needed; -1 stands for the latest");
        }
        TopicPartition partition = partition(request);
        long earliest = log.deleteRecords(partition, before.getAsLong());
        return HttpResponse.json(
                200,
                (JsonGenerator to) -> {
                    to.writeNumberField("partition", partition.partition());
                    to.writeNumberField("earliest", earliest);
                });
    }
}
