package dev.millrace.benchmarks.kafka;

import dev.millrace.benchmarks.Checkout;
import dev.millrace.benchmarks.kafka.ServerProcess.Spec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// Who serves the load.
enum Contestant {
    MILLRACE("millrace") {
        @Override
        void prepare(Path folder, int port) throws IOException {
            Files.createDirectories(folder);
        }

        @Override
        Spec start(Path folder, int port) throws IOException {
            return new Spec(
                    List.of(
                            Checkout.root().resolve("millrace").toString(),
                            "serve",
                            "--data",
                            folder.resolve("data").toString(),
                            "--kafka",
                            "127.0.0.1:" + port,
                            "--http",
                            "127.0.0.1:0"));
        }

        @Override
        Map<String, String> topic(Promise promise) {
            return Map.of("durability", promise == Promise.PAGE_CACHE ? "os" : "fsync");
        }
    },

    KAFKA("kafka") {
        @Override
        void prepare(Path folder, int port) throws IOException, InterruptedException {
            Files.createDirectories(folder);
            Path properties = folder.resolve("server.properties");
            Files.write(
                    properties,
                    List.of(
                            "process.roles=broker,controller",
                            "node.id=1",
                            "controller.quorum.voters=1@127.0.0.1:" + (port + 1),
                            "listeners=PLAINTEXT://127.0.0.1:%d,CONTROLLER://127.0.0.1:%d"
                                    .formatted(port, port + 1),
                            "controller.listener.names=CONTROLLER",
                            "inter.broker.listener.name=PLAINTEXT",
                            "log.dirs=" + folder.resolve("data"),
                            "offsets.topic.replication.factor=1",
                            "transaction.state.log.replication.factor=1",
                            "transaction.state.log.min.isr=1",
                            "group.initial.rebalance.delay.ms=0"));
            Spec.of(
                            ServerProcess.FLAGS,
                            "kafka.tools.StorageTool",
                            List.of(
                                    "format",
                                    "-t",
                                    "MillraceBenchmarkRun0A",
                                    "-c",
                                    properties.toString()))
                    .run(folder.resolve("format.log"));
        }

        @Override
        Spec start(Path folder, int port) {
            return Spec.of(
                    ServerProcess.FLAGS,
                    "kafka.Kafka",
                    List.of(folder.resolve("server.properties").toString()));
        }

        @Override
        Map<String, String> topic(Promise promise) {
            return promise == Promise.DISK ? Map.of("flush.messages", "1") : Map.of();
        }
    };

    /// What an acknowledgement promises.
    enum Promise {
        /// The records are in the page cache, as a broker of Kafka has them by default.
        PAGE_CACHE,
        /// The records are on the disk.
        DISK
    }

    private final String system;

    Contestant(String system) {
        this.system = system;
    }

    /// The name in figures.
    String system() {
        return system;
    }

    /// Makes a fresh folder ready.
    abstract void prepare(Path folder, int port) throws IOException, InterruptedException;

    /// How the server is started on a folder that is ready.
    abstract Spec start(Path folder, int port) throws IOException;

    /// The configuration of a topic that keeps the promise.
    abstract Map<String, String> topic(Promise promise);
}
