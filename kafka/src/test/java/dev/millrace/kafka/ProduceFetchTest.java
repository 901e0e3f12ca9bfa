package dev.millrace.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Kafka's own producer and consumer, against a served log. */
class ProduceFetchTest {
    private static final int RECORDS = 5_000;

    @TempDir private Path directory;

    @ParameterizedTest
    @CsvSource({
        "all, none, true",
        "all, gzip, true",
        "all, snappy, true",
        "all, lz4, true",
        "all, zstd, true",
        "all, none, false",
        "1, none, false",
        "1, lz4, false",
        "0, none, false"
    })
    void readsBackWhatWasProduced(String acks, String compression, boolean idempotent)
            throws Exception {
        try (Served served = Served.in(directory)) {
            try (KafkaProducer<String, String> producer =
                    served.producer(
                            "acks", acks,
                            "compression.type", compression,
                            "enable.idempotence", idempotent)) {
                List<Future<RecordMetadata>> sent = new ArrayList<>();
                for (int i = 0; i < RECORDS; i++) {
                    sent.add(producer.send(new ProducerRecord<>("orders", "key" + i, "v" + i)));
                }
                producer.flush();
                for (int i = 0; i < RECORDS; i++) {
                    long offset = sent.get(i).get().offset();
                    assertThat(offset).isEqualTo(acks.equals("0") ? -1 : i);
                }
            }
            assertThat(
                            served.log.awaitOffset(
                                    new dev.millrace.log.TopicPartition("orders", 0),
                                    RECORDS - 1,
                                    Duration.ofSeconds(10)))
                    .isTrue();
            assertThat(read(served, RECORDS))
                    .extracting(ConsumerRecord::value)
                    .containsExactlyElementsOf(
                            java.util.stream.IntStream.range(0, RECORDS)
                                    .mapToObj(i -> "v" + i)
                                    .toList());
        }
    }

    private static List<ConsumerRecord<String, String>> read(Served served, int count) {
        List<ConsumerRecord<String, String>> read = new ArrayList<>();
        try (KafkaConsumer<String, String> consumer =
                served.consumer("auto.offset.reset", "earliest")) {
            consumer.assign(List.of(new TopicPartition("orders", 0)));
            long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
            while (read.size() < count && System.nanoTime() < deadline) {
                consumer.poll(Duration.ofMillis(200)).forEach(read::add);
            }
        }
        return read;
    }
}
