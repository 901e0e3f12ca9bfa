package dev.millrace.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.testkit.crash.Seeds;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.tools.VerifiableConsumer;
import org.apache.kafka.tools.VerifiableProducer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Kafka's own verifiable producer and consumer, while the server is killed again and again and
 * comes back on the same directory and port.
 */
@Tag("slow")
@Timeout(600)
class ServedKillNineTest {
    private static final int RECORDS = 12_000;
    private static final int PER_SECOND = 2_000;
    private static final int KILLS = 4;
    private static final Pattern ACKNOWLEDGED = line("producer_send_success");
    private static final Pattern CONSUMED = line("record_data");

    @TempDir private Path directory;

    /** A record where it stands. */
    private record Place(int partition, long offset) {}

    private static Pattern line(String name) {
        return Pattern.compile(
                "(?=.*\"name\":\"%s\")(?=.*\"partition\":(\\d+))(?=.*\"offset\":(\\d+))(?=.*\"value\":\"(\\d+)\").*"
                        .formatted(name));
    }

    @Test
    void nothingAcknowledgedIsLostOrTwiceOrOutOfOrder() throws Exception {
        long seed = Seeds.seed(getClass());
        SplittableRandom random = new SplittableRandom(seed);
        Path data = directory.resolve("data");
        Program server = serve(data, 0);
        int port = port(server);
        try (Program producer = produce(port);
                Program consumer = consume(port)) {
            for (int kill = 1; kill <= KILLS; kill++) {
                // a kill for each stretch of the records, somewhere in it
                int from = (kill - 1) * RECORDS / (KILLS + 1);
                producer.await(
                        this::isAcknowledged, from + 1 + random.nextInt(RECORDS / (KILLS + 1)));
                server.kill();
                server = serve(data, port);
                port(server);
            }
            Map<Place, Long> acknowledged = places(producer.end(), ACKNOWLEDGED);
            assertThat(acknowledged).as("seed %d", seed).hasSize(RECORDS);
            Map<Integer, List<Long>> stored = stored(port, acknowledged);
            stored.values()
                    .forEach(values -> assertThat(values).isSorted().doesNotHaveDuplicates());
            assertThat(stored.values().stream().mapToInt(List::size).sum())
                    .as("seed %d: records in the log", seed)
                    .isEqualTo(RECORDS);

            consumer.await(line -> CONSUMED.matcher(line).matches(), RECORDS);
            assertThat(places(consumer.lines(), CONSUMED))
                    .as("seed %d", seed)
                    .containsAllEntriesOf(acknowledged);
        } finally {
            server.close();
        }
    }

    private static Program serve(Path data, int port) throws Exception {
        return Program.java(ServingChild.class, data.toString(), Integer.toString(port));
    }

    private static int port(Program server) throws InterruptedException {
        server.await(line -> line.startsWith("serving "), 1);
        for (String line : server.lines()) {
            if (line.startsWith("serving ")) {
                return Integer.parseInt(line.substring("serving ".length()));
            }
        }
        throw new AssertionError();
    }

    private Program produce(int port) throws Exception {
        Path settings = directory.resolve("producer.properties");
        Files.writeString(
                settings,
                "enable.idempotence=true\nretries=2147483647\nlinger.ms=5\nreconnect.backoff.max.ms=200\n");
        return Program.java(
                VerifiableProducer.class,
                "--bootstrap-server",
                "127.0.0.1:" + port,
                "--topic",
                "verified",
                "--max-messages",
                Integer.toString(RECORDS),
                "--throughput",
                Integer.toString(PER_SECOND),
                "--acks",
                "-1",
                "--command-config",
                settings.toString());
    }

    private Program consume(int port) throws Exception {
        return Program.java(
                VerifiableConsumer.class,
                "--bootstrap-server",
                "127.0.0.1:" + port,
                "--topic",
                "verified",
                "--group-id",
                "verifiers",
                "--reset-policy",
                "earliest",
                "--verbose");
    }

    private boolean isAcknowledged(String line) {
        return line.contains("producer_send_success");
    }

    private static Map<Place, Long> places(List<String> lines, Pattern kind) {
        Map<Place, Long> places = new HashMap<>();
        for (String line : lines) {
            Matcher matcher = kind.matcher(line);
            if (matcher.matches()) {
                Place place =
                        new Place(
                                Integer.parseInt(matcher.group(1)),
                                Long.parseLong(matcher.group(2)));
                Long value = Long.valueOf(matcher.group(3));
                Long before = places.put(place, value);
                assertThat(before).as("%s", place).isIn(null, value);
            }
        }
        return places;
    }

    /** The values of each partition, each of which is where its acknowledgement said. */
    private static Map<Integer, List<Long>> stored(int port, Map<Place, Long> acknowledged) {
        Map<Integer, List<Long>> stored = new HashMap<>();
        try (ReadAll reader = new ReadAll("127.0.0.1:" + port)) {
            for (int partition = 0; partition < 4; partition++) {
                List<Long> values = new ArrayList<>();
                for (ConsumerRecord<String, String> record :
                        reader.all(new TopicPartition("verified", partition))) {
                    long value = Long.parseLong(record.value());
                    values.add(value);
                    assertThat(acknowledged.get(new Place(partition, record.offset())))
                            .isEqualTo(value);
                }
                stored.put(partition, values);
            }
        }
        return stored;
    }
}
