package dev.millrace.kafka.internal.engine;

import dev.millrace.kafka.KafkaLogOptions;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.ByteBufferDeserializer;

/// Makes Kafka's clients, configured as the log needs them. For any number of threads.
final class ClusterClients {
    /// The longest that a fetch is parked at the end of a partition. A cursor that seeks meanwhile
    /// waits for it; a record that arrives ends it at once.
    private static final int LONGEST_FETCH_MILLIS = 100;

    private static final int POLLED_RECORDS = 2000;
    private static final long BUFFER_BATCHES = 32;

    /// The most that brokers allow, unless told otherwise (`transaction.max.timeout.ms`).
    private static final int MOST_TRANSACTION_MILLIS = 900_000;

    private final KafkaLogOptions options;

    ClusterClients(KafkaLogOptions options) {
        this.options = options;
    }

    KafkaLogOptions options() {
        return options;
    }

    private Map<String, Object> common() {
        Map<String, Object> config = new HashMap<>(options.clientProperties());
        config.put("bootstrap.servers", options.bootstrapServers());
        config.put("metric.reporters", "");
        config.put("enable.metrics.push", "false");
        return config;
    }

    Admin admin() {
        Map<String, Object> config = common();
        config.put("default.api.timeout.ms", options.timeoutMillis());
        config.put("request.timeout.ms", requestTimeoutMillis());
        return Admin.create(config);
    }

    /// A producer whose batches are cut by whoever sends, and by nothing else: they linger for as
    /// long as sending may take, until `flush`. See [AppendLane].
    Producer<byte[], byte[]> producer() {
        return new KafkaProducer<>(sending(), new ByteArraySerializer(), new ByteArraySerializer());
    }

    /// A producer for transactions under this id; it fences the one before.
    Producer<byte[], byte[]> transactional(String id) {
        Map<String, Object> config = sending();
        config.put("acks", "all");
        config.put("enable.idempotence", true);
        config.put("transactional.id", id);
        config.put(
                "transaction.timeout.ms",
                Math.min(MOST_TRANSACTION_MILLIS, options.timeoutMillis()));
        return new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer());
    }

    private Map<String, Object> sending() {
        Map<String, Object> config = common();
        boolean all = options.acks().equals("all");
        config.put("acks", options.acks());
        config.put("enable.idempotence", all);
        config.put("max.in.flight.requests.per.connection", all ? 5 : 1);
        config.put("batch.size", options.batchBytes());
        config.put(
                "max.request.size", (int) Math.min(Integer.MAX_VALUE, 2L * options.batchBytes()));
        config.put("buffer.memory", BUFFER_BATCHES * options.batchBytes());
        config.put("max.block.ms", options.timeoutMillis());
        config.put("request.timeout.ms", requestTimeoutMillis());
        config.put("linger.ms", options.timeoutMillis() - requestTimeoutMillis());
        config.put("delivery.timeout.ms", options.timeoutMillis());
        return config;
    }

    private int requestTimeoutMillis() {
        return options.timeoutMillis() / 3;
    }

    /// A consumer of committed records, in no group, that goes nowhere by itself.
    Consumer<ByteBuffer, ByteBuffer> consumer() {
        Map<String, Object> config = common();
        config.put("isolation.level", "read_committed");
        config.put("auto.offset.reset", "none");
        config.put("enable.auto.commit", false);
        config.put("allow.auto.create.topics", false);
        config.put("fetch.max.wait.ms", LONGEST_FETCH_MILLIS);
        config.put("max.poll.records", POLLED_RECORDS);
        config.put("request.timeout.ms", requestTimeoutMillis());
        config.put("default.api.timeout.ms", options.timeoutMillis());
        return new KafkaConsumer<>(
                config, new ByteBufferDeserializer(), new ByteBufferDeserializer());
    }
}
