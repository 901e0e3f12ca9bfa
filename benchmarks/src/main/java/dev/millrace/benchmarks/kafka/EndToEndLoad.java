package dev.millrace.benchmarks.kafka;

import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/// Does what Kafka's EndToEndLatency does, with the same settings, and prints microseconds: the
/// tool prints whole milliseconds.
///
/// Arguments: bootstrap servers, topic, records, bytes of each.
final class EndToEndLoad {
    private static final Duration MOST_WAIT = Duration.ofSeconds(30);
    private static final long SEED = 20_261_120;

    private EndToEndLoad() {}

    /// Microseconds from send to receipt.
    record Latency(double p50, double p99, double p999, double max) {
        static Latency parse(String line) {
            String[] words = line.split(" ");
            return new Latency(
                    Double.parseDouble(words[0]),
                    Double.parseDouble(words[1]),
                    Double.parseDouble(words[2]),
                    Double.parseDouble(words[3]));
        }

        @Override
        public String toString() {
            return p50 + " " + p99 + " " + p999 + " " + max;
        }
    }

    public static void main(String[] args) throws Exception {
        String topic = args[1];
        int records = Integer.parseInt(args[2]);
        byte[] value = new byte[Integer.parseInt(args[3])];
        Random random = new Random(SEED);
        Histogram nanos = new Histogram(TimeUnit.MINUTES.toNanos(1), 3);
        try (KafkaProducer<byte[], byte[]> producer =
                        new KafkaProducer<>(
                                Map.of(
                                        "bootstrap.servers", args[0],
                                        "acks", "all",
                                        "linger.ms", "0"),
                                new ByteArraySerializer(),
                                new ByteArraySerializer());
                KafkaConsumer<byte[], byte[]> consumer =
                        new KafkaConsumer<>(
                                Map.of(
                                        "bootstrap.servers", args[0],
                                        "fetch.max.wait.ms", "0",
                                        "enable.auto.commit", "false"),
                                new ByteArrayDeserializer(),
                                new ByteArrayDeserializer())) {
            TopicPartition partition = new TopicPartition(topic, 0);
            consumer.assign(List.of(partition));
            consumer.seekToEnd(List.of(partition));
            var _ = consumer.position(partition);
            for (int i = -records / 5; i < records; i++) { // the first fifth warms up
                random.nextBytes(value);
                long start = System.nanoTime();
                var _ = producer.send(new ProducerRecord<>(topic, value)).get();
                byte[] received = receive(consumer);
                long took = System.nanoTime() - start;
                if (!java.util.Arrays.equals(received, value)) {
                    throw new IllegalStateException("read another record than was sent");
                }
                if (i >= 0) {
                    nanos.recordValue(took);
                }
            }
        }
        print(nanos);
    }

    private static byte[] receive(KafkaConsumer<byte[], byte[]> consumer) {
        long deadline = System.nanoTime() + MOST_WAIT.toNanos();
        while (System.nanoTime() < deadline) {
            Iterator<ConsumerRecord<byte[], byte[]>> polled =
                    consumer.poll(Duration.ofSeconds(1)).iterator();
            if (polled.hasNext()) {
                byte[] value = polled.next().value();
                if (polled.hasNext()) {
                    throw new IllegalStateException("read more than was sent");
                }
                return value;
            }
        }
        throw new IllegalStateException("a record did not come");
    }

    private static void print(Histogram nanos) {
        System.out.println(
                new Latency(
                        nanos.getValueAtPercentile(50) / 1e3,
                        nanos.getValueAtPercentile(99) / 1e3,
                        nanos.getValueAtPercentile(99.9) / 1e3,
                        nanos.getMaxValue() / 1e3));
    }
}
