package dev.millrace.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Kafka's clients as they were before, in a process of their own. */
@Timeout(300)
class OlderClientsTest {
    @TempDir private Path directory;

    @Test
    void produceAndConsumeInEveryWay() throws Exception {
        Path jar = jar();
        try (Served served = Served.in(directory);
                Program clients =
                        new Program(
                                List.of(
                                        Path.of(System.getProperty("java.home"), "bin", "java")
                                                .toString(),
                                        "-Xmx128m",
                                        "-XX:TieredStopAtLevel=1",
                                        "--enable-native-access=ALL-UNNAMED",
                                        "--sun-misc-unsafe-memory-access=allow",
                                        "-cp",
                                        classPathWith(jar),
                                        OlderClients.class.getName(),
                                        served.bootstrap()))) {
            List<String> lines = clients.end();
            assertThat(lines).contains("group").anyMatch(line -> line.startsWith("clients 4.1."));
            assertThat(lines).filteredOn(line -> line.contains("acks=")).hasSize(20);
        }
    }

    /** Where the build has put it. */
    private static Path jar() throws IOException {
        Path folder =
                Path.of(System.getProperty("millrace.root", ".."), "kafka/target/older-clients");
        try (Stream<Path> files = Files.list(folder)) {
            return files.findFirst().orElseThrow();
        }
    }

    private static String classPathWith(Path jar) {
        List<String> entries = new ArrayList<>();
        entries.add(jar.toAbsolutePath().toString());
        Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(entry -> !entry.contains("kafka-clients-"))
                .forEach(entries::add);
        return entries.stream().collect(Collectors.joining(File.pathSeparator));
    }
}
