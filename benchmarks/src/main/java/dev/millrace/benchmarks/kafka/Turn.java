package dev.millrace.benchmarks.kafka;

import dev.millrace.benchmarks.Figure;
import dev.millrace.benchmarks.kafka.Contestant.Promise;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/// One contestant's turn in a round: all cases, one after the other, on a server of its own.
final class Turn {
    private static final String[] OS = {"acks=1", "batch.size=65536", "linger.ms=5"};
    private static final String[] LZ4 = {
        "acks=1", "batch.size=65536", "linger.ms=5", "compression.type=lz4"
    };
    private static final String[] FSYNC = {"acks=all", "batch.size=65536", "linger.ms=5"};
    private static final int SMALL = 100;
    private static final int LARGE = 1000;

    private final Contestant contestant;
    private final Path folder;
    private final int port;
    private final Scale scale;
    private final List<Figure> figures = new ArrayList<>();
    private final Consumer<Figure> told;

    /// How much is done.
    ///
    /// @param records of 100 bytes in a case
    /// @param calls of a case of latency
    /// @param seconds of a case with a clock
    record Scale(long records, int calls, int seconds) {}

    /// @param told each figure, as it is measured
    Turn(Contestant contestant, Path folder, int port, Scale scale, Consumer<Figure> told) {
        this.told = told;
        this.contestant = contestant;
        this.folder = folder;
        this.port = port;
        this.scale = scale;
    }

    /// Starts a server, sends a record, and stops it, for nobody: the client gets used to its work.
    void warmUp() throws IOException, InterruptedException, ExecutionException {
        contestant.prepare(folder, port);
        try (ServerProcess server =
                contestant.start(folder, port).start(folder.resolve("server.out"))) {
            firstAcknowledged(server, System.nanoTime()).close();
        }
    }

    /// @return the figures of all cases
    List<Figure> run() throws IOException, InterruptedException, ExecutionException {
        contestant.prepare(folder, port);
        long begun = System.nanoTime();
        try (ServerProcess server =
                        contestant.start(folder, port).start(folder.resolve("server.out"));
                Admin admin = firstAcknowledged(server, begun)) {
            LoadTools tools = new LoadTools("127.0.0.1:" + port, folder);
            Cases cases = new Cases(server, admin, tools);
            cases.warmUp();
            cases.produce("produce.os.100.4p", 4, SMALL, Promise.PAGE_CACHE, OS);
            cases.produce("produce.os.100.64p", 64, SMALL, Promise.PAGE_CACHE, OS);
            cases.produce("produce.os.1000.4p", 4, LARGE, Promise.PAGE_CACHE, OS);
            cases.produce("produce.os.lz4.100.4p", 4, SMALL, Promise.PAGE_CACHE, LZ4);
            cases.produce("produce.fsync.100.4p", 4, SMALL, Promise.DISK, FSYNC);
            cases.produce("produce.fsync.1000.4p", 4, LARGE, Promise.DISK, FSYNC);
            cases.consume("consume.100.4p", "produce.os.100.4p");
            cases.consume("consume.100.64p", "produce.os.100.64p");
            cases.consume("consume.1000.4p", "produce.os.1000.4p");
            cases.produce("partitions.1", 1, SMALL, Promise.PAGE_CACHE, OS);
            cases.produce("partitions.64", 64, SMALL, Promise.PAGE_CACHE, OS);
            cases.produce("partitions.1000", 1000, SMALL, Promise.PAGE_CACHE, OS);
            if (contestant == Contestant.KAFKA) {
                cases.endToEnd("endtoend.default", Promise.PAGE_CACHE);
            }
            cases.endToEnd("endtoend", Promise.DISK);
            for (int connections : new int[] {1, 50, 500}) {
                cases.connections("connections." + connections, connections);
            }
            figure("rss", "resident", (double) server.residentBytes(), "B");
            figure("rss", "mapped", (double) server.mappedBytes(), "B");
        }
        return figures;
    }

    private void figure(String name, String metric, double value, String unit) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("case", name);
        fields.put("metric", metric);
        fields.put("value", value);
        fields.put("unit", unit);
        Figure figure = new Figure(fields).with("contender", contestant.system());
        figures.add(figure);
        told.accept(figure);
    }

    /// Sends a record as soon as the server takes one.
    private Admin firstAcknowledged(ServerProcess server, long begun)
            throws InterruptedException, ExecutionException, IOException {
        Map<String, Object> settings = new HashMap<>();
        settings.put("bootstrap.servers", "127.0.0.1:" + port);
        settings.put("reconnect.backoff.ms", 5);
        settings.put("reconnect.backoff.max.ms", 5);
        settings.put("retry.backoff.ms", 5);
        settings.put("acks", "all");
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(
                        settings, new ByteArraySerializer(), new ByteArraySerializer())) {
            var _ = producer.send(new ProducerRecord<>("first", new byte[SMALL])).get();
        }
        if (!server.isAlive()) {
            throw new IOException(contestant.system() + " did not start");
        }
        figure("start", "time", (System.nanoTime() - begun) / 1e6, "ms");
        settings.remove("acks");
        return Admin.create(settings);
    }

    /// The cases, on a server that runs.
    private final class Cases {
        private final ServerProcess server;
        private final Admin admin;
        private final LoadTools tools;

        Cases(ServerProcess server, Admin admin, LoadTools tools) {
            this.server = server;
            this.admin = admin;
            this.tools = tools;
        }

        private void create(String topic, int partitions, Promise promise)
                throws InterruptedException, ExecutionException {
            admin.createTopics(
                            List.of(
                                    new NewTopic(topic, partitions, (short) 1)
                                            .configs(contestant.topic(promise))))
                    .all()
                    .get();
        }

        /// Counts for nobody: compilers and page cache get used to the work.
        void warmUp() throws IOException, InterruptedException, ExecutionException {
            create("warm", 4, Promise.PAGE_CACHE);
            var _ = tools.produce("warm", scale.records(), SMALL, OS);
            var _ = tools.consume("warm", scale.records());
            admin.deleteTopics(List.of("warm")).all().get();
        }

        void produce(String name, int partitions, int bytes, Promise promise, String... settings)
                throws IOException, InterruptedException, ExecutionException {
            create(name, partitions, promise);
            long records = scale.records() * SMALL / bytes;
            if (promise == Promise.DISK && contestant == Contestant.KAFKA) {
                records = Math.max(1, records / 4); // it takes long
            }
            double before = server.cpuSeconds();
            LoadTools.Produced produced = tools.produce(name, records, bytes, settings);
            double cpu = server.cpuSeconds() - before;
            requireCount(name, partitions, records);
            figure(name, "throughput", produced.perSecond(), "1/s");
            figure(name, "cpu", cpu * 1e6 / records, "µs");
            figure(name, "p50", produced.p50Millis() * 1e3, "µs");
            figure(name, "p99", produced.p99Millis() * 1e3, "µs");
            if (!name.startsWith("produce.os")) {
                admin.deleteTopics(List.of(name)).all().get();
            }
        }

        private void requireCount(String topic, int partitions, long records)
                throws InterruptedException, ExecutionException, IOException {
            Map<TopicPartition, OffsetSpec> ends = new HashMap<>();
            IntStream.range(0, partitions)
                    .forEach(i -> ends.put(new TopicPartition(topic, i), OffsetSpec.latest()));
            long there =
                    admin.listOffsets(ends).all().get().values().stream()
                            .mapToLong(ListOffsetsResultInfo::offset)
                            .sum();
            if (there != records) {
                throw new IOException(
                        "%s: %d records in the topic where %d were sent"
                                .formatted(topic, there, records));
            }
        }

        void consume(String name, String topic) throws IOException, InterruptedException {
            int bytes = topic.contains(".1000.") ? LARGE : SMALL;
            long records = scale.records() * SMALL / bytes;
            double before = server.cpuSeconds();
            LoadTools.Consumed consumed = tools.consume(topic, records);
            double cpu = server.cpuSeconds() - before;
            if (consumed.records() < records) {
                throw new IOException(
                        "%s: read %d of %d records".formatted(name, consumed.records(), records));
            }
            figure(name, "throughput", consumed.perSecond(), "1/s");
            figure(name, "cpu", cpu * 1e6 / consumed.records(), "µs");
        }

        void endToEnd(String name, Promise promise)
                throws IOException, InterruptedException, ExecutionException {
            create(name, 1, promise);
            EndToEndLoad.Latency latency = tools.endToEnd(name, scale.calls(), SMALL);
            requireCount(name, 1, scale.calls() + scale.calls() / 5);
            figure(name, "p50", latency.p50(), "µs");
            figure(name, "p99", latency.p99(), "µs");
            figure(name, "p999", latency.p999(), "µs");
            figure(name, "max", latency.max(), "µs");
        }

        void connections(String name, int connections)
                throws IOException, InterruptedException, ExecutionException {
            create(name, 4, Promise.PAGE_CACHE);
            requireCount(name, 4, 0); // and so waits for its leaders
            double before = server.cpuSeconds();
            double rate =
                    new ConnectionLoad("127.0.0.1", port, name, 4)
                            .run(connections, scale.seconds());
            double cpu = server.cpuSeconds() - before;
            figure(name, "throughput", rate, "1/s");
            figure(name, "cpu", cpu * 1e6 / (rate * scale.seconds()), "µs");
        }
    }
}
