package dev.millrace.testkit.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Exit;

/// A real Apache Kafka cluster in this process: one controller, and brokers that can be killed and
/// started again, each with its directory and its port on the loopback address.
///
/// ```java
/// try (KafkaCluster cluster = KafkaCluster.start(3)) {
///     Admin admin = Admin.create(Map.of("bootstrap.servers", cluster.bootstrap()));
///     cluster.kill(2);
/// }
/// ```
///
/// Internal topics have one partition, on every broker, so that it is quick; topics of users get
/// three replicas (as far as there are brokers) and `min.insync.replicas=2` unless they say
/// otherwise. Nothing is created by itself. For one thread.
public final class KafkaCluster implements AutoCloseable {
    private static final int CONTROLLER = 100;

    private final Path directory;
    private final KafkaNode controller;
    private final List<KafkaNode> brokers = new ArrayList<>();
    private final String bootstrap;

    static {
        // a node that fails must not take the tests' process with it
        Exit.setExitProcedure(KafkaCluster::refuseToExit);
        Exit.setHaltProcedure(KafkaCluster::refuseToExit);
    }

    private KafkaCluster(int count) throws Exception {
        directory = Files.createTempDirectory("kafka-cluster");
        String clusterId = Uuid.randomUuid().toString();
        int[] ports = freePorts(count + 1);
        String quorum = CONTROLLER + "@127.0.0.1:" + ports[count];
        Map<String, String> common = common(quorum, count);

        Map<String, String> control = new HashMap<>(common);
        control.put("process.roles", "controller");
        control.put("listeners", "CONTROLLER://127.0.0.1:" + ports[count]);
        controller = KafkaNode.format(directory, CONTROLLER, clusterId, control);
        for (int id = 0; id < count; id++) {
            Map<String, String> broker = new HashMap<>(common);
            broker.put("process.roles", "broker");
            broker.put("listeners", "PLAINTEXT://127.0.0.1:" + ports[id]);
            brokers.add(KafkaNode.format(directory, id, clusterId, broker));
        }
        bootstrap =
                Stream.iterate(0, id -> id < count, id -> id + 1)
                        .map(id -> "127.0.0.1:" + ports[id])
                        .collect(Collectors.joining(","));
    }

    /// Starts a cluster with brokers 0 to `brokers - 1`, and returns when all of them serve.
    public static KafkaCluster start(int brokers) throws Exception {
        KafkaCluster cluster = new KafkaCluster(brokers);
        try {
            cluster.controller.start();
            for (KafkaNode broker : cluster.brokers) {
                broker.start();
            }
            cluster.awaitBrokers(brokers);
        } catch (Exception e) {
            cluster.close();
            throw e;
        }
        return cluster;
    }

    /// Three brokers that all tests of this process share and nobody kills; stopped with it.
    public static KafkaCluster shared() {
        return Shared.CLUSTER;
    }

    private static final class Shared {
        static final KafkaCluster CLUSTER = begin();

        private static KafkaCluster begin() {
            try {
                KafkaCluster cluster = start(3);
                Runtime.getRuntime().addShutdownHook(new Thread(cluster::close));
                return cluster;
            } catch (Exception e) {
                throw new IllegalStateException("no Kafka cluster to test with", e);
            }
        }
    }

    private static Map<String, String> common(String quorum, int brokers) {
        String replicas = Integer.toString(Math.min(3, brokers));
        String inSync = Integer.toString(Math.min(2, brokers));
        Map<String, String> config = new HashMap<>();
        config.put("controller.quorum.voters", quorum);
        config.put("controller.listener.names", "CONTROLLER");
        config.put("listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT");
        config.put("auto.create.topics.enable", "false");
        config.put("default.replication.factor", replicas);
        config.put("min.insync.replicas", inSync);
        config.put("offsets.topic.num.partitions", "1");
        config.put("offsets.topic.replication.factor", replicas);
        config.put("transaction.state.log.num.partitions", "1");
        config.put("transaction.state.log.replication.factor", replicas);
        config.put("transaction.state.log.min.isr", inSync);
        config.put("group.initial.rebalance.delay.ms", "0");
        config.put("broker.heartbeat.interval.ms", "500");
        config.put("broker.session.timeout.ms", "3000");
        config.put("num.network.threads", "2");
        config.put("num.io.threads", "2");
        config.put("background.threads", "1");
        config.put("num.recovery.threads.per.data.dir", "1");
        config.put("log.cleaner.dedupe.buffer.size", Integer.toString(2 << 20));
        config.put("log.segment.delete.delay.ms", "1000");
        config.put("file.delete.delay.ms", "1000");
        return config;
    }

    private static int[] freePorts(int count) throws IOException {
        List<ServerSocket> sockets = new ArrayList<>();
        try {
            for (int i = 0; i < count; i++) {
                sockets.add(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
            }
            return sockets.stream().mapToInt(ServerSocket::getLocalPort).toArray();
        } finally {
            for (ServerSocket socket : sockets) {
                socket.close();
            }
        }
    }

    private static void refuseToExit(int status, String message) {
        throw new IllegalStateException(
                "a Kafka node would end the process with %d: %s".formatted(status, message));
    }

    /// For `bootstrap.servers`: every broker, whether it runs or not.
    public String bootstrap() {
        return bootstrap;
    }

    /// Where a broker keeps its partitions: `orders-0` and so on, each with its segments.
    public Path directory(int broker) {
        return brokers.get(broker).directory();
    }

    /// Ends a broker without a word to anybody: its connections break, its heartbeats cease, and
    /// nobody is told to lead its partitions before the controller misses it (three seconds).
    public void kill(int broker) {
        brokers.get(broker).kill();
    }

    /// Starts a killed broker again, on its directory and port, and returns when it serves.
    public void restart(int broker) throws Exception {
        brokers.get(broker).start();
        awaitBrokers((int) brokers.stream().filter(KafkaNode::runs).count());
    }

    /// The broker that leads a partition now.
    public int leader(String topic, int partition) throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrap))) {
            TopicDescription described =
                    admin.describeTopics(List.of(topic)).allTopicNames().get().get(topic);
            return Objects.requireNonNull(described, topic)
                    .partitions()
                    .get(partition)
                    .leader()
                    .id();
        }
    }

    private void awaitBrokers(int count) throws Exception {
        long deadline = System.nanoTime() + 60_000_000_000L;
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrap))) {
            while (admin.describeCluster().nodes().get().size() < count) {
                if (System.nanoTime() > deadline) {
                    throw new IllegalStateException("%d brokers do not serve".formatted(count));
                }
                LockSupport.parkNanos(50_000_000);
            }
        }
    }

    @Override
    public void close() {
        brokers.forEach(KafkaNode::kill);
        controller.kill();
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
