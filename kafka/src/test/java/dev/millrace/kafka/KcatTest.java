package dev.millrace.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.log.Compression;
import dev.millrace.log.SegmentFile;
import dev.millrace.log.TopicSpec;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** kcat, and so librdkafka, which most clients in other languages stand on. */
@Timeout(300)
class KcatTest {
    private static final int RECORDS = 1_000;

    @TempDir private Path directory;

    @BeforeEach
    void require() {
        Program.require(Program.isThere("kcat"), "there is no kcat", "kcat on a served log");
    }

    private static Program kcat(Served served, String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of("kcat", "-b", served.bootstrap()));
        command.addAll(List.of(arguments));
        return new Program(command);
    }

    private static String records() {
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < RECORDS; i++) {
            lines.append('k').append(i).append(":value of some length ").append(i).append('\n');
        }
        return lines.toString();
    }

    private static List<String> values() {
        return IntStream.range(0, RECORDS).mapToObj(i -> "value of some length " + i).toList();
    }

    @ParameterizedTest
    @CsvSource({
        "none, all, false",
        "gzip, all, false",
        "snappy, 1, false",
        "lz4, all, true",
        "zstd, all, true",
        "lz4, 0, false"
    })
    void readsBackWhatItProduced(String codec, String acks, boolean idempotent) throws Exception {
        try (Served served = Served.in(directory)) {
            served.log.createTopic(TopicSpec.named("orders"));
            try (Program producer =
                    kcat(
                            served,
                            "-P",
                            "-t",
                            "orders",
                            "-K:",
                            "-z",
                            codec,
                            "-X",
                            "acks=" + acks,
                            "-X",
                            "enable.idempotence=" + idempotent)) {
                producer.given(records()).end();
            }
            try (Program consumer =
                    kcat(served, "-C", "-t", "orders", "-o", "beginning", "-e", "-q")) {
                assertThat(consumer.end()).containsExactlyElementsOf(values());
            }
        }
        assertThat(codecs()).containsExactly(Compression.valueOf(codec.toUpperCase(Locale.ROOT)));
    }

    /** How batches of the topic lie on the disk: as the client compressed them. */
    private Set<Compression> codecs() throws Exception {
        Set<Compression> codecs = new HashSet<>();
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file :
                    files.filter(f -> f.toString().matches(".*orders-0.*\\.log")).toList()) {
                try (SegmentFile segment = SegmentFile.open(file)) {
                    for (SegmentFile.Batch batch = segment.next();
                            batch != null;
                            batch = segment.next()) {
                        codecs.add(batch.compression());
                    }
                }
            }
        }
        return codecs;
    }

    @Test
    void consumesInAGroupAndGoesOnWhereItWas() throws Exception {
        try (Served served = Served.in(directory)) {
            served.log.createTopic(TopicSpec.named("orders").partitions(3));
            try (Program producer = kcat(served, "-P", "-t", "orders", "-K:")) {
                producer.given(records()).end();
            }
            assertThat(group(served)).containsExactlyInAnyOrderElementsOf(values());
            try (Program producer = kcat(served, "-P", "-t", "orders")) {
                producer.given("one more\n").end();
            }
            assertThat(group(served)).containsExactly("one more");
        }
    }

    private static List<String> group(Served served) throws Exception {
        try (Program consumer =
                kcat(
                        served,
                        "-X",
                        "auto.offset.reset=earliest",
                        "-q",
                        "-e",
                        "-G",
                        "readers",
                        "orders")) {
            return consumer.end();
        }
    }

    @Test
    void listsTopicsAndFindsOffsets() throws Exception {
        try (Served served = Served.in(directory)) {
            served.log.createTopic(TopicSpec.named("orders").partitions(2));
            try (Program producer = kcat(served, "-P", "-t", "orders", "-p", "0")) {
                producer.given("a\nb\nc\n").end();
            }
            try (Program list = kcat(served, "-L")) {
                assertThat(String.join("\n", list.end()))
                        .contains("1 brokers", "topic \"orders\" with 2 partitions");
            }
            try (Program query = kcat(served, "-Q", "-t", "orders:0:-1")) {
                assertThat(query.end()).containsExactly("orders [0] offset 3");
            }
            try (Program query = kcat(served, "-Q", "-t", "orders:0:1")) {
                assertThat(query.end()).containsExactly("orders [0] offset 0");
            }
        }
    }
}
