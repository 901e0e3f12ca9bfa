package dev.millrace.server.internal.api;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.millrace.log.LocalLog;
import dev.millrace.log.LogException;
import dev.millrace.log.ProducerDescription;
import dev.millrace.log.TopicPartition;
import dev.millrace.server.internal.http.HttpProblem;
import dev.millrace.server.internal.http.HttpRequest;
import dev.millrace.server.internal.http.HttpResponse;
import dev.millrace.server.internal.http.Route;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.Stream;

/// One partition: its offsets, the producers that it knows, and its segment files.
final class PartitionRoutes {
    private static final String PARTITION = "/v1/topics/{topic}/partitions/{partition}";
    private static final int PART_BYTES = 1 << 16;
    private static final String SEGMENT = "[0-9]{20}\\.log";

    private final LocalLog log;

    PartitionRoutes(LocalLog log) {
        this.log = log;
    }

    List<Route> routes() {
        return List.of(
                new Route("GET", PARTITION, this::describe),
                new Route("GET", PARTITION + "/producers", this::producers),
                new Route("GET", PARTITION + "/segments", this::segments),
                new Route("GET", PARTITION + "/segments/{segment}", this::segment));
    }

    static TopicPartition partition(HttpRequest request) {
        return new TopicPartition(request.path("topic"), request.pathNumber("partition"));
    }

    /// With `time`, also the first offset from then on; with `above`, once the latest offset is
    /// above, or after `wait`.
    private HttpResponse describe(HttpRequest request) {
        request.requireQuery("time", "above", "wait");
        TopicPartition partition = partition(request);
        OptionalLong above = request.queryNumber("above", 0, Long.MAX_VALUE);
        if (above.isPresent()) {
            Waits.untilAbove(log, partition, above.getAsLong(), request);
        }
        String time = request.query("time");
        OptionalLong atTime =
                time == null
                        ? OptionalLong.empty()
                        : log.offsetForTime(partition, RecordFormat.time("time", time));
        return HttpResponse.json(
                200,
                to -> {
                    write(to, log, partition);
                    if (atTime.isPresent()) {
                        to.writeNumberField("offsetForTime", atTime.getAsLong());
                    }
                });
    }

    static void write(JsonGenerator to, LocalLog log, TopicPartition partition) throws IOException {
        to.writeNumberField("partition", partition.partition());
        to.writeNumberField("earliest", log.earliestOffset(partition));
        to.writeNumberField("latest", log.latestOffset(partition));
        to.writeNumberField("bytes", log.sizeInBytes(partition));
    }

    private HttpResponse producers(HttpRequest request) {
        request.requireQuery();
        List<ProducerDescription> producers = log.producers(partition(request));
        return HttpResponse.page(
                to -> {
                    for (ProducerDescription each : producers) {
                        to.writeStartObject();
                        to.writeNumberField("id", each.producer().id());
                        to.writeNumberField("epoch", each.producer().epoch());
                        to.writeNumberField("lastSequence", each.lastSequence());
                        to.writeNumberField("lastOffset", each.lastOffset());
                        to.writeNumberField("appendedAt", each.appendedAtMillis());
                        to.writeEndObject();
                    }
                },
                "");
    }

    private HttpResponse segments(HttpRequest request) throws IOException {
        request.requireQuery();
        Path folder = folder(request);
        List<Path> files;
        try (Stream<Path> names = Files.list(folder)) {
            files =
                    names.filter(file -> file.getFileName().toString().matches(SEGMENT))
                            .sorted()
                            .toList();
        }
        return HttpResponse.page(
                to -> {
                    for (Path file : files) {
                        to.writeStartObject();
                        to.writeStringField("file", file.getFileName().toString());
                        to.writeNumberField("bytes", Files.size(file));
                        to.writeEndObject();
                    }
                },
                "");
    }

    private HttpResponse segment(HttpRequest request) throws IOException {
        request.requireQuery();
        String name = request.path("segment");
        Path file = folder(request).resolve(name);
        if (!name.matches(SEGMENT) || !Files.isRegularFile(file)) {
            throw noSegment(name);
        }
        long length;
        try {
            length = Files.size(file);
        } catch (NoSuchFileException e) {
            throw noSegment(name); // retention took it just now
        }
        return HttpResponse.stream(
                "application/octet-stream",
                -1,
                to -> {
                    try (var from = Files.newInputStream(file)) {
                        // what is appended meanwhile may be half a batch
                        for (long left = length; left > 0; ) {
                            byte[] part = from.readNBytes((int) Math.min(left, PART_BYTES));
                            if (part.length == 0) {
                                return;
                            }
                            to.write(part);
                            left -= part.length;
                        }
                    }
                });
    }

    private static HttpProblem noSegment(String name) {
        return new HttpProblem(404, "not-found", "there is no segment '%s'".formatted(name));
    }

    private Path folder(HttpRequest request) {
        TopicPartition partition = partition(request);
        if (partition.partition() >= log.describeTopic(partition.topic()).partitions()) {
            throw new LogException(
                    LogException.Code.UNKNOWN_TOPIC, "there is no partition " + partition);
        }
        return log.directory().resolve("log").resolve("default").resolve(partition.toString());
    }
}
