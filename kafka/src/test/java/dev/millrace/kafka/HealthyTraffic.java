package dev.millrace.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;

/** A producer and a consumer that behave, on the topic {@code healthy}. */
final class HealthyTraffic implements AutoCloseable {
    private static final String TOPIC = "healthy";

    private final KafkaProducer<String, String> producer;
    private final KafkaConsumer<String, String> consumer;
    private final List<String> read = new ArrayList<>();
    private final Thread producing;
    private final Thread consuming;
    private volatile boolean ending;
    private volatile boolean sentAll;
    private volatile int sent;
    private volatile Exception failure;

    HealthyTraffic(Served served) {
        producer = served.producer("acks", "all", "enable.idempotence", true);
        consumer = served.consumer("auto.offset.reset", "earliest");
        consumer.assign(List.of(new TopicPartition(TOPIC, 0)));
        producing = Thread.ofPlatform().start(this::produce);
        consuming = Thread.ofPlatform().start(this::consume);
    }

    private void produce() {
        try {
            while (!ending) {
                producer.send(new ProducerRecord<>(TOPIC, "v" + sent)).get();
                sent++;
            }
        } catch (InterruptedException | ExecutionException | RuntimeException e) {
            failure = e;
        }
    }

    private void consume() {
        long deadline = Long.MAX_VALUE;
        while ((!sentAll || read.size() < sent) && System.nanoTime() < deadline) {
            if (sentAll && deadline == Long.MAX_VALUE) {
                deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
            }
            for (ConsumerRecord<String, String> record : consumer.poll(Duration.ofMillis(100))) {
                read.add(record.value());
            }
        }
    }

    /** Ends the traffic: every record was acknowledged, and was read once, in order. */
    void requireEverythingThere() throws InterruptedException {
        end();
        assertThat(failure).isNull();
        assertThat(sent).isPositive();
        assertThat(read)
                .containsExactlyElementsOf(
                        IntStream.range(0, sent).mapToObj(i -> "v" + i).toList());
    }

    private void end() throws InterruptedException {
        ending = true;
        producing.join();
        sentAll = true;
        consuming.join();
    }

    @Override
    public void close() throws InterruptedException {
        end();
        producer.close();
        consumer.close();
    }
}
