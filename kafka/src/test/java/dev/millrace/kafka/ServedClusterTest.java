package dev.millrace.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.testkit.cluster.KafkaCluster;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

/** Any log can be served, one on a cluster too: its batches are made of its records. */
class ServedClusterTest {
    private static final int RECORDS = 1_000;

    @Test
    void clientsProduceToAndReadFromALogOnACluster() throws Exception {
        String topic = "served-" + System.nanoTime();
        List<String> values = IntStream.range(0, RECORDS).mapToObj(i -> "value " + i).toList();
        try (KafkaLog log = KafkaLog.open(KafkaCluster.shared().bootstrap());
                KafkaServer server =
                        KafkaServer.start(
                                log,
                                KafkaServerOptions.defaults()
                                        .with("kafka.listen", "127.0.0.1:0"))) {
            String bootstrap = "127.0.0.1:" + server.address().getPort();
            try (KafkaProducer<String, String> producer =
                    Served.producerOf(bootstrap, "enable.idempotence", false)) {
                values.forEach(value -> producer.send(new ProducerRecord<>(topic, value)));
                producer.flush();
            }
            try (KafkaConsumer<String, String> consumer =
                    Served.consumerOf(bootstrap, "auto.offset.reset", "earliest")) {
                consumer.assign(List.of(new TopicPartition(topic, 0)));
                List<String> read = new ArrayList<>();
                long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
                while (read.size() < RECORDS && System.nanoTime() < deadline) {
                    consumer.poll(Duration.ofMillis(500)).forEach(one -> read.add(one.value()));
                }
                assertThat(read).isEqualTo(values);
            }
            log.deleteTopic(topic);
        }
    }
}
