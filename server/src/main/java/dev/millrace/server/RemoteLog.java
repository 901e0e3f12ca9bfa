package dev.millrace.server;

import dev.millrace.kafka.ConsumerGroups;
import dev.millrace.log.AppendResult;
import dev.millrace.log.Appender;
import dev.millrace.log.BatchReader;
import dev.millrace.log.Capability;
import dev.millrace.log.CleaningReport;
import dev.millrace.log.Cursor;
import dev.millrace.log.Damage;
import dev.millrace.log.LeaderEpoch;
import dev.millrace.log.LocalLog;
import dev.millrace.log.LogException;
import dev.millrace.log.LogException.Code;
import dev.millrace.log.LogMetrics;
import dev.millrace.log.LogRecord;
import dev.millrace.log.OffsetOutOfRangeException;
import dev.millrace.log.PartitionAppend;
import dev.millrace.log.Precondition;
import dev.millrace.log.ProducerDescription;
import dev.millrace.log.ProducerId;
import dev.millrace.log.RecordBatch;
import dev.millrace.log.RecoveryReport;
import dev.millrace.log.TopicDescription;
import dev.millrace.log.TopicPartition;
import dev.millrace.log.TopicSpec;
import dev.millrace.log.Views;
import dev.millrace.server.internal.json.JsonInput;
import dev.millrace.server.internal.json.JsonObject;
import dev.millrace.server.internal.json.JsonOutput;
import dev.millrace.server.internal.remote.Answers;
import dev.millrace.server.internal.remote.HttpLink;
import dev.millrace.server.internal.remote.RemoteAppender;
import dev.millrace.server.internal.remote.RemoteAppends;
import dev.millrace.server.internal.remote.RemoteCursor;
import dev.millrace.server.internal.remote.RemoteGroups;
import dev.millrace.server.internal.remote.RemoteViews;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// A log in a directory that a [MillraceServer] has open, here or elsewhere: every method asks it
/// over HTTP. What needs code to run beside the log (listeners, views of one's own, conditions but
/// [Precondition#endsAt]) is `not-supported`; a server that cannot be reached is `unavailable`.
///
/// ```java
/// try (RemoteLog log = RemoteLog.connect(URI.create("http://localhost:8080"))) {
///     log.append("orders", record).join();
/// }
/// ```
public final class RemoteLog implements LocalLog {
    private static final long MOST_WAIT_MILLIS = 60_000;

    private final HttpLink link;
    private final JsonObject described;
    private final Views views;
    private final Map<String, Integer> partitions = new ConcurrentHashMap<>();

    /// The last append to each partition that was sent.
    private final Map<TopicPartition, CompletableFuture<AppendResult>> lasts =
            new ConcurrentHashMap<>();

    private RemoteLog(HttpLink link) {
        this.link = link;
        this.described = link.get("/v1/log");
        this.views = new RemoteViews(link);
    }

    /// Connects to a server: `http://HOST:PORT`.
    ///
    /// @throws LogException `unavailable` where there is none
    public static RemoteLog connect(URI server) {
        HttpLink link = new HttpLink(server);
        try {
            return new RemoteLog(link);
        } catch (RuntimeException e) {
            link.close();
            throw e;
        }
    }

    /// Where a directory is being served, as its `lock` file says. A process that was killed leaves
    /// its words there: whoever can open the log himself must not believe them.
    public static Optional<URI> serving(Path directory) {
        try {
            return Files.readAllLines(directory.resolve("lock")).stream()
                    .filter(line -> line.startsWith("http "))
                    .map(line -> URI.create("http://" + line.substring("http ".length())))
                    .findFirst();
        } catch (IOException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /// The consumer groups that the server serves.
    public ConsumerGroups groups() {
        return new RemoteGroups(link);
    }

    /// The server that is asked.
    public URI server() {
        return link.server();
    }

    private static String path(String topic) {
        return "/v1/topics/" + HttpLink.segment(topic);
    }

    private static String path(TopicPartition partition) {
        return path(partition.topic()) + "/partitions/" + partition.partition();
    }

    @Override
    public TopicDescription createTopic(TopicSpec spec) {
        byte[] body =
                JsonOutput.bytes(
                        to -> {
                            to.writeStringField("name", spec.name());
                            to.writeNumberField("partitions", spec.partitions());
                            to.writeObjectFieldStart("config");
                            for (Map.Entry<String, String> key : spec.config().entrySet()) {
                                to.writeStringField(key.getKey(), key.getValue());
                            }
                            to.writeEndObject();
                        });
        return Answers.topic(link.ask("POST", "/v1/topics", body, HttpLink.JSON));
    }

    @Override
    public List<TopicDescription> topics() {
        List<TopicDescription> topics = new ArrayList<>();
        String after = "";
        while (after != null) {
            JsonObject page =
                    link.get(
                            "/v1/topics?limit=10000&internal=true&after="
                                    + HttpLink.segment(after));
            page.objects("items").forEach(item -> topics.add(Answers.topic(item)));
            after = page.textOrNull("next");
        }
        return topics;
    }

    @Override
    public TopicDescription describeTopic(String topic) {
        return Answers.topic(link.get(path(topic)));
    }

    @Override
    public TopicDescription alterTopic(
            String topic, Map<String, String> changes, Set<String> toDefault) {
        byte[] body =
                JsonOutput.bytes(
                        to -> {
                            to.writeObjectFieldStart("config");
                            for (Map.Entry<String, String> key : changes.entrySet()) {
                                to.writeStringField(key.getKey(), key.getValue());
                            }
                            to.writeEndObject();
                            to.writeArrayFieldStart("reset");
                            for (String key : toDefault) {
                                to.writeString(key);
                            }
                            to.writeEndArray();
                        });
        return Answers.topic(link.ask("PATCH", path(topic), body, HttpLink.JSON));
    }

    @Override
    public TopicDescription addPartitions(String topic, int totalCount) {
        byte[] body = JsonOutput.bytes(to -> to.writeNumberField("count", totalCount));
        partitions.remove(topic);
        return Answers.topic(link.ask("POST", path(topic) + "/partitions", body, HttpLink.JSON));
    }

    @Override
    public void deleteTopic(String topic) {
        partitions.remove(topic);
        link.tell("DELETE", path(topic));
    }

    @Override
    public CompletableFuture<AppendResult> append(String topic, LogRecord record) {
        byte[] key = record.key();
        if (key != null) {
            return append(partitionFor(topic, key), record);
        }
        return inOrder(
                new TopicPartition(topic, -1), () -> new RemoteAppends(link, topic).record(record));
    }

    @Override
    public CompletableFuture<AppendResult> append(TopicPartition partition, LogRecord record) {
        return append(partition, RecordBatch.of(record));
    }

    @Override
    public CompletableFuture<AppendResult> append(TopicPartition partition, RecordBatch batch) {
        return send(partition, batch, null);
    }

    @Override
    public CompletableFuture<AppendResult> append(
            TopicPartition partition, RecordBatch batch, Precondition precondition) {
        return send(partition, batch, precondition);
    }

    private CompletableFuture<AppendResult> send(
            TopicPartition partition, RecordBatch batch, @Nullable Precondition precondition) {
        return inOrder(
                partition,
                () ->
                        new RemoteAppends(link, partition.topic())
                                .batch(partition, batch, precondition));
    }

    /// Sends what goes to a partition one after the other: requests that are under way together
    /// arrive in any order.
    private CompletableFuture<AppendResult> inOrder(
            TopicPartition partition, Supplier<CompletableFuture<AppendResult>> append) {
        CompletableFuture<AppendResult> answer = new CompletableFuture<>();
        var _ =
                lasts.compute(
                        partition,
                        (p, last) -> {
                            CompletableFuture<?> before =
                                    last == null ? CompletableFuture.completedFuture(null) : last;
                            return before.handle((result, e) -> result)
                                    .thenCompose(result -> append.get())
                                    .whenComplete(
                                            (result, e) -> {
                                                if (e == null) {
                                                    answer.complete(result);
                                                } else {
                                                    answer.completeExceptionally(cause(e));
                                                }
                                            });
                        });
        return answer;
    }

    private static Throwable cause(Throwable e) {
        return e instanceof CompletionException && e.getCause() != null ? e.getCause() : e;
    }

    @Override
    public CompletableFuture<List<AppendResult>> appendAtomically(List<PartitionAppend> parts) {
        if (parts.isEmpty()) {
            return CompletableFuture.completedFuture(List.of());
        }
        return new RemoteAppends(link, parts.getFirst().partition().topic()).atomically(parts);
    }

    @Override
    public TopicPartition partitionFor(String topic, byte[] key) {
        // remembered: records are put by the million, and partitions only become more
        int count = partitions.computeIfAbsent(topic, name -> describeTopic(name).partitions());
        return TopicPartition.ofKey(topic, key, count);
    }

    @Override
    public Appender appender(String topic) {
        return new RemoteAppender(this, describeTopic(topic), null, partition -> 0);
    }

    @Override
    public Appender appender(String topic, ProducerId producer) {
        return new RemoteAppender(
                this,
                describeTopic(topic),
                producer,
                partition ->
                        producers(partition).stream()
                                .filter(known -> known.producer().equals(producer))
                                .mapToInt(known -> (known.lastSequence() + 1) & Integer.MAX_VALUE)
                                .findFirst()
                                .orElse(0));
    }

    @Override
    public Cursor read(TopicPartition partition, long offset) {
        return new RemoteCursor(link, partition, offset);
    }

    @Override
    public Optional<LogRecord> get(TopicPartition partition, long offset) {
        long latest = latestOffset(partition);
        try (Cursor cursor = read(partition, offset)) {
            if (offset == latest) {
                throw new OffsetOutOfRangeException(
                        partition, offset, earliestOffset(partition), latest);
            }
            return cursor.next() && cursor.record().offset() == offset
                    ? Optional.of(cursor.record().copy())
                    : Optional.empty();
        }
    }

    @Override
    public long earliestOffset(TopicPartition partition) {
        return link.get(path(partition)).number("earliest");
    }

    @Override
    public long latestOffset(TopicPartition partition) {
        return link.get(path(partition)).number("latest");
    }

    @Override
    public long sizeInBytes(TopicPartition partition) {
        return link.get(path(partition)).number("bytes");
    }

    @Override
    public OptionalLong offsetForTime(TopicPartition partition, long timestampMillis) {
        JsonObject answer = link.get(path(partition) + "?time=" + timestampMillis);
        return answer.has("offsetForTime")
                ? OptionalLong.of(answer.number("offsetForTime"))
                : OptionalLong.empty();
    }

    @Override
    public long deleteRecords(TopicPartition partition, long beforeOffset) {
        return link.ask(
                        "DELETE",
                        "%s/records?partition=%d&before=%d"
                                .formatted(
                                        path(partition.topic()),
                                        partition.partition(),
                                        beforeOffset),
                        null,
                        HttpLink.JSON)
                .number("earliest");
    }

    @Override
    public boolean awaitOffset(TopicPartition partition, long offset, Duration timeout) {
        long end = System.nanoTime() + timeout.toNanos();
        while (true) {
            long left = Math.max(0, (end - System.nanoTime()) / 1_000_000);
            long latest =
                    link.get(
                                    "%s?above=%d&wait=%d"
                                            .formatted(
                                                    path(partition),
                                                    offset,
                                                    Math.min(left, MOST_WAIT_MILLIS)))
                            .number("latest");
            if (latest > offset || left == 0) {
                return latest > offset;
            }
        }
    }

    @Override
    public ProducerId newProducer() {
        JsonObject answer = link.ask("POST", "/v1/producers", null, HttpLink.JSON);
        return new ProducerId(answer.number("id"), answer.integer("epoch"));
    }

    @Override
    public List<ProducerDescription> producers(TopicPartition partition) {
        return link.get(path(partition) + "/producers").objects("items").stream()
                .map(Answers::producer)
                .toList();
    }

    @Override
    public CleaningReport clean(String topic) {
        return Answers.cleaning(link.ask("POST", path(topic) + "/clean", null, HttpLink.JSON));
    }

    @Override
    public List<Damage> verify(Consumer<VerifyProgress> progress) {
        List<Damage> damage = new ArrayList<>();
        link.stream(
                "POST",
                "/v1/log/verify",
                from -> {
                    try (JsonInput lines = JsonInput.of(from)) {
                        takeVerified(lines, progress, damage);
                    }
                });
        return damage;
    }

    private void takeVerified(
            JsonInput lines, Consumer<VerifyProgress> progress, List<Damage> damage)
            throws IOException {
        for (JsonObject line = lines.next(); line != null; line = lines.next()) {
            JsonObject problem = line.objectOrNull("problem");
            JsonObject stretch = line.objectOrNull("damage");
            if (problem != null) {
                throw link.failure(problem);
            }
            if (stretch != null) {
                damage.add(Answers.damage(stretch));
            } else if (line.has("bytes")) {
                progress.accept(
                        new VerifyProgress(
                                new TopicPartition(line.text("topic"), line.integer("partition")),
                                line.number("bytes"),
                                line.number("totalBytes")));
            } else if (line.flag("done")) {
                return;
            }
        }
        throw new LogException(Code.UNAVAILABLE, link.server() + " went away while it verified");
    }

    /// Counts a topic there: as [TopicCount#of].
    TopicCount count(String topic, boolean park) {
        return Answers.count(
                topic, link.ask("POST", path(topic) + "/count?park=" + park, null, HttpLink.JSON));
    }

    /// Copies the segment files of a topic into a folder, each partition's in one of its own, as
    /// they are now.
    ///
    /// @param only the partition; null for all
    /// @return the copies, in order of partition and offset
    public List<Path> copySegments(String topic, @Nullable Integer only, Path folder)
            throws IOException {
        List<Path> copies = new ArrayList<>();
        int count = describeTopic(topic).partitions();
        for (int i = only == null ? 0 : only; i < (only == null ? count : only + 1); i++) {
            TopicPartition partition = new TopicPartition(topic, i);
            Path to = Files.createDirectories(folder.resolve(partition.toString()));
            String segments = path(partition) + "/segments";
            for (JsonObject segment : link.get(segments).objects("items")) {
                String name = Path.of(segment.text("file")).getFileName().toString();
                Path copy = to.resolve(name);
                link.stream("GET", segments + "/" + name, from -> copy(from, copy));
                copies.add(copy);
            }
        }
        return copies;
    }

    private static void copy(InputStream from, Path to) throws IOException {
        Files.copy(from, to);
    }

    @Override
    public Path directory() {
        return Path.of(described.text("directory"));
    }

    @Override
    public UUID id() {
        return UUID.fromString(described.text("id"));
    }

    @Override
    public RecoveryReport recovery() {
        JsonObject recovery = described.objectOrNull("recovery");
        if (recovery == null) {
            throw described.refused("recovery", "an object");
        }
        return Answers.recovery(recovery);
    }

    @Override
    public LogMetrics metrics() {
        return Answers.metrics(link.get("/v1/log/metrics"));
    }

    @Override
    public Views views() {
        return views;
    }

    @Override
    public Set<Capability> capabilities() {
        return EnumSet.of(Capability.ATOMIC_APPEND);
    }

    @Override
    public void announce(Map<String, String> addresses) {
        throw notOverHttp("announce");
    }

    @Override
    public BatchReader readBatches(TopicPartition partition, long offset) {
        throw notOverHttp("readBatches");
    }

    @Override
    public AutoCloseable whenAdvanced(TopicPartition partition, Runnable listener) {
        throw notOverHttp("whenAdvanced");
    }

    @Override
    public List<LeaderEpoch> leaderEpochs(TopicPartition partition) {
        throw notOverHttp("leaderEpochs");
    }

    private static LogException notOverHttp(String method) {
        return new LogException(
                Code.NOT_SUPPORTED, method + " is for the log in its directory, not over a server");
    }

    /// Lets go of the connections. The log stays open there.
    @Override
    public void close() {
        link.close();
    }
}
