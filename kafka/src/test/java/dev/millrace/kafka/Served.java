package dev.millrace.kafka;

import dev.millrace.log.LocalLog;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** A log that is served on a free port, for Kafka's own clients in the same process. */
final class Served implements AutoCloseable {
    final LocalLog log;
    final KafkaServer server;

    private Served(LocalLog log, KafkaServerOptions options, int port) {
        this.log = log;
        this.server = KafkaServer.start(log, options.with("kafka.listen", "127.0.0.1:" + port));
    }

    static Served in(Path directory) {
        return in(directory, KafkaServerOptions.defaults());
    }

    static Served in(Path directory, KafkaServerOptions options) {
        return again(directory, options, 0);
    }

    /** On the port that it had before. */
    static Served again(Path directory, KafkaServerOptions options, int port) {
        return new Served(LocalLog.open(directory), options, port);
    }

    String bootstrap() {
        return "127.0.0.1:" + server.address().getPort();
    }

    /**
     * @param more settings as pairs of key and value
     */
    KafkaProducer<String, String> producer(Object... more) {
        return producerOf(bootstrap(), more);
    }

    /**
     * @param more settings as pairs of key and value
     */
    static KafkaProducer<String, String> producerOf(String bootstrap, Object... more) {
        return new KafkaProducer<>(
                settingsOf(bootstrap, more), new StringSerializer(), new StringSerializer());
    }

    /**
     * @param more settings as pairs of key and value
     */
    KafkaConsumer<String, String> consumer(Object... more) {
        return consumerOf(bootstrap(), more);
    }

    /**
     * @param more settings as pairs of key and value
     */
    static KafkaConsumer<String, String> consumerOf(String bootstrap, Object... more) {
        return new KafkaConsumer<>(
                settingsOf(bootstrap, more), new StringDeserializer(), new StringDeserializer());
    }

    Admin admin() {
        return Admin.create(settings());
    }

    Map<String, Object> settings(Object... more) {
        return settingsOf(bootstrap(), more);
    }

    private static Map<String, Object> settingsOf(String bootstrap, Object... more) {
        Map<String, Object> settings = new HashMap<>();
        settings.put("bootstrap.servers", bootstrap);
        for (int i = 0; i < more.length; i += 2) {
            settings.put((String) more[i], more[i + 1]);
        }
        return settings;
    }

    @Override
    public void close() {
        server.close();
        log.close();
    }
}
