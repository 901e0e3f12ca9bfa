package dev.millrace.kafka;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.common.utils.AppInfoParser;

/**
 * Produces and consumes by the clients that are on its class path: {@code BOOTSTRAP}. Prints what
 * it did; anything that is wrong ends it with an exception.
 */
public final class OlderClients {
    private static final int RECORDS = 500;

    private final Map<String, Object> settings;

    private OlderClients(String bootstrap) {
        settings = Map.of("bootstrap.servers", bootstrap);
    }

    public static void main(String[] arguments) throws Exception {
        System.out.println("clients " + AppInfoParser.getVersion());
        OlderClients clients = new OlderClients(arguments[0]);
        int topic = 0;
        for (String codec : List.of("none", "gzip", "snappy", "lz4", "zstd")) {
            for (String acks : List.of("0", "1", "all")) {
                clients.produceAndRead("t" + topic++, acks, codec, false);
            }
            clients.produceAndRead("t" + topic++, "all", codec, true);
        }
        clients.consumeInAGroup("t0");
    }

    private void produceAndRead(String topic, String acks, String codec, boolean idempotent)
            throws Exception {
        try (Admin admin = Admin.create(settings)) {
            admin.createTopics(List.of(new NewTopic(topic, 1, (short) 1))).all().get();
        }
        Map<String, Object> more = new HashMap<>(settings);
        more.put("acks", acks);
        more.put("compression.type", codec);
        more.put("enable.idempotence", idempotent);
        try (KafkaProducer<String, String> producer =
                new KafkaProducer<>(more, new StringSerializer(), new StringSerializer())) {
            for (int i = 0; i < RECORDS; i++) {
                producer.send(new ProducerRecord<>(topic, "k" + i, "v" + i));
            }
        }
        try (KafkaConsumer<String, String> consumer = consumer(settings)) {
            TopicPartition partition = new TopicPartition(topic, 0);
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            require(read(consumer));
        }
        System.out.printf("%s acks=%s idempotent=%s%n", codec, acks, idempotent);
    }

    private void consumeInAGroup(String topic) {
        Map<String, Object> more = new HashMap<>(settings);
        more.put("group.id", "older");
        more.put("auto.offset.reset", "earliest");
        try (KafkaConsumer<String, String> consumer = consumer(more)) {
            consumer.subscribe(List.of(topic));
            require(read(consumer));
            consumer.commitSync();
        }
        System.out.println("group");
    }

    private static KafkaConsumer<String, String> consumer(Map<String, Object> settings) {
        return new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer());
    }

    private static List<String> read(KafkaConsumer<String, String> consumer) {
        List<String> values = new ArrayList<>();
        long deadline = System.nanoTime() + Duration.ofMinutes(1).toNanos();
        while (values.size() < RECORDS && System.nanoTime() < deadline) {
            for (ConsumerRecord<String, String> record : consumer.poll(Duration.ofMillis(200))) {
                values.add(record.value());
            }
        }
        return values;
    }

    private static void require(List<String> values) {
        for (int i = 0; i < RECORDS; i++) {
            if (i >= values.size() || !values.get(i).equals("v" + i)) {
                throw new AssertionError(
                        "record %d of %d is wrong or missing".formatted(i, values.size()));
            }
        }
    }
}
