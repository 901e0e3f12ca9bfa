package dev.millrace.testkit.cluster;

import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import kafka.server.BrokerServer;
import kafka.server.ControllerServer;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import kafka.server.SharedServer;
import kafka.server.StandardFaultHandlerFactory;
import org.apache.kafka.common.metrics.Metrics;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.bootstrap.BootstrapDirectory;
import org.apache.kafka.metadata.properties.MetaPropertiesEnsemble;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.raft.QuorumConfig;
import org.apache.kafka.server.ServerSocketFactory;
import org.apache.kafka.server.common.MetadataVersion;
import org.jspecify.annotations.Nullable;

/// A broker or a controller of a [KafkaCluster].
final class KafkaNode {
    private final Path directory;
    private final Map<String, String> config;
    private @Nullable BrokerServer broker;
    private @Nullable ControllerServer controller;

    private KafkaNode(Path directory, Map<String, String> config) {
        this.directory = directory;
        this.config = config;
    }

    /// Gives a node its directory.
    static KafkaNode format(Path parent, int id, String clusterId, Map<String, String> config)
            throws Exception {
        Path directory = Files.createDirectory(parent.resolve("node-" + id));
        new Formatter()
                .setPrintStream(
                        new PrintStream(
                                OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8))
                .setClusterId(clusterId)
                .setNodeId(id)
                .setReleaseVersion(MetadataVersion.latestProduction())
                .setControllerListenerName("CONTROLLER")
                .setMetadataLogDirectory(directory.toString())
                .addDirectory(directory.toString())
                .run();
        config.put("node.id", Integer.toString(id));
        config.put("log.dirs", directory.toString());
        return new KafkaNode(directory, config);
    }

    /// What `KafkaRaftServer` does, with hands on the parts.
    void start() throws Exception {
        KafkaConfig parsed = new KafkaConfig(config);
        MetaPropertiesEnsemble properties =
                new MetaPropertiesEnsemble.Loader()
                        .addLogDirs(List.of(directory.toString()))
                        .addMetadataLogDir(directory.toString())
                        .load();
        SharedServer shared =
                new SharedServer(
                        parsed,
                        properties,
                        Time.SYSTEM,
                        new Metrics(),
                        CompletableFuture.completedFuture(
                                QuorumConfig.parseVoterConnections(parsed.quorumConfig().voters())),
                        List.of(),
                        new StandardFaultHandlerFactory(),
                        ServerSocketFactory.INSTANCE);
        if ("controller".equals(config.get("process.roles"))) {
            controller =
                    new ControllerServer(
                            shared,
                            KafkaRaftServer.configSchema(),
                            new BootstrapDirectory(directory.toString()).read());
            controller.startup();
        } else {
            broker = new BrokerServer(shared);
            broker.startup();
        }
    }

    Path directory() {
        return directory;
    }

    boolean runs() {
        return broker != null || controller != null;
    }

    /// Ends it; a broker without telling the controller.
    void kill() {
        if (broker != null) {
            try {
                broker.lifecycleManager().close();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            broker.socketServer().stopProcessingRequests();
            broker.socketServer().shutdown();
            broker.shutdown(Duration.ZERO);
            broker.awaitShutdown();
            broker = null;
        }
        if (controller != null) {
            controller.shutdown();
            controller.awaitShutdown();
            controller = null;
        }
    }
}
