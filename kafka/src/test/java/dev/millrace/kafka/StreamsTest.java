package dev.millrace.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.Grouped;
import org.apache.kafka.streams.kstream.Materialized;
import org.apache.kafka.streams.kstream.Produced;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Kafka Streams, at least once: words are counted in a store that a topic keeps. */
@Timeout(300)
class StreamsTest {
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    @TempDir private Path directory;
    @TempDir private Path state;

    @Test
    void countsWordsAndGoesOnCountingAfterItsStateIsGone() throws Exception {
        try (Served served = Served.in(directory)) {
            try (Admin admin = served.admin()) {
                admin.createTopics(
                                List.of(
                                        new NewTopic("lines", 2, (short) 1),
                                        new NewTopic("counts", 1, (short) 1)))
                        .all()
                        .get();
            }
            say(served, "the log is the only truth", "the rest is a view");
            try (KafkaStreams streams = counting(served, "first")) {
                awaitCounts(served, Map.of("the", "3", "is", "2", "view", "1"));
            }
            requireTopics(served);
            // another directory: the store comes back from its topic
            say(served, "the end");
            try (KafkaStreams streams = counting(served, "second")) {
                awaitCounts(served, Map.of("the", "4", "end", "1", "is", "2"));
            }
        }
    }

    private static void say(Served served, String... lines) throws Exception {
        try (KafkaProducer<String, String> producer = served.producer()) {
            for (String line : lines) {
                producer.send(new ProducerRecord<>("lines", line)).get();
            }
        }
    }

    private KafkaStreams counting(Served served, String name) {
        StreamsBuilder builder = new StreamsBuilder();
        builder.stream("lines", Consumed.with(Serdes.String(), Serdes.String()))
                .flatMapValues(line -> Arrays.asList(line.split(" ")))
                .groupBy((key, word) -> word, Grouped.with(Serdes.String(), Serdes.String()))
                .count(Materialized.as("words"))
                .toStream()
                .mapValues(String::valueOf)
                .to("counts", Produced.with(Serdes.String(), Serdes.String()));
        Properties settings = new Properties();
        settings.put(StreamsConfig.APPLICATION_ID_CONFIG, "counter");
        settings.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, served.bootstrap());
        settings.put(StreamsConfig.STATE_DIR_CONFIG, state.resolve(name).toString());
        settings.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, 100);
        settings.put("session.timeout.ms", 6000);
        KafkaStreams streams = new KafkaStreams(builder.build(), settings);
        streams.start();
        return streams;
    }

    private static void awaitCounts(Served served, Map<String, String> expected) throws Exception {
        Map<String, String> counts = new HashMap<>();
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!counts.entrySet().containsAll(expected.entrySet())
                && System.nanoTime() < deadline) {
            Thread.sleep(200);
            counts.clear();
            try (ReadAll reader = new ReadAll(served.bootstrap())) {
                for (ConsumerRecord<String, String> count :
                        reader.all(new TopicPartition("counts", 0))) {
                    counts.put(count.key(), count.value());
                }
            }
        }
        assertThat(counts).containsAllEntriesOf(expected);
    }

    /** The topics that Streams makes for itself, configured as it asks. */
    private static void requireTopics(Served served) {
        assertThat(served.log.describeTopic("counter-words-changelog").config().compacted())
                .isTrue();
        assertThat(served.log.describeTopic("counter-words-repartition").config().deleted())
                .isTrue();
    }
}
