package dev.millrace.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** kafkajs 2.2.4, in a process of Node.js: see {@code src/test/node/peer.js}. */
@Timeout(300)
class KafkaJsTest {
    @TempDir private Path directory;

    @Test
    void administersProducesAndConsumes() throws Exception {
        Path modules = modules();
        Program.require(
                Program.isThere("node") && Files.isDirectory(modules.resolve("kafkajs")),
                "there is no node, or no kafkajs in MILLRACE_NODE_MODULES or " + modules,
                "kafkajs against a served log");
        Path peer = root().resolve("kafka/src/test/node/peer.js");
        try (Served served = Served.in(directory);
                Program node =
                        new Program(
                                List.of(
                                        "env",
                                        "NODE_PATH=" + modules,
                                        "KAFKAJS_NO_PARTITIONER_WARNING=1",
                                        "node",
                                        peer.toString(),
                                        served.bootstrap()))) {
            assertThat(node.end()).contains("administered", "consumed 600", "offsets are there");
        }
    }

    private static Path root() {
        return Path.of(System.getProperty("millrace.root", ".."));
    }

    private static Path modules() {
        String given = System.getenv("MILLRACE_NODE_MODULES");
        return given == null || given.isBlank()
                ? root().resolve("kafka/target/node/node_modules").toAbsolutePath()
                : Path.of(given);
    }
}
