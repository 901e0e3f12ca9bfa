package dev.millrace.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The server is killed again and again under a group that commits all the time. */
@Tag("slow")
@Timeout(240)
class GroupCrashTest {
    private static final int KILLS = 4;

    @TempDir private Path directory;

    @Test
    void membersGoOnInTheirGenerationAndNoCommitIsLost() throws Exception {
        Program server = serve(0);
        int port = port(server);
        createTopic(port);
        try (Members members = new Members("127.0.0.1:" + port)) {
            members.join("a", "session.timeout.ms", 120_000);
            members.join("b", "session.timeout.ms", 120_000);
            members.awaitAssigned("a", "b");
            int generation = members.generation("a");
            Set<TopicPartition> ofA = members.assignment("a");
            Set<TopicPartition> ofB = members.assignment("b");
            for (int kill = 0; kill < KILLS; kill++) {
                members.awaitCommits();
                server.kill();
                server = serve(port);
                members.awaitCommits();
                assertThat(members.generation("a")).isEqualTo(generation);
                assertThat(members.assignment("a")).isEqualTo(ofA);
                assertThat(members.assignment("b")).isEqualTo(ofB);
                requireCommitted(members, port);
            }
        } finally {
            server.close();
        }
    }

    private Program serve(int port) throws Exception {
        Program server =
                Program.java(ServingChild.class, directory.toString(), Integer.toString(port));
        server.await(GroupCrashTest::isServing, 1);
        return server;
    }

    private static boolean isServing(String line) {
        return line.startsWith("serving ");
    }

    private static int port(Program server) {
        String line =
                server.lines().stream().filter(GroupCrashTest::isServing).findFirst().orElseThrow();
        return Integer.parseInt(line.substring("serving ".length()));
    }

    private static void createTopic(int port) throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", "127.0.0.1:" + port))) {
            NewTopic topic =
                    new NewTopic(Members.TOPIC, Optional.of(Members.PARTITIONS), Optional.empty());
            admin.createTopics(List.of(topic)).all().get();
        }
    }

    private static void requireCommitted(Members members, int port) {
        Map<TopicPartition, Long> acknowledged = members.acknowledged();
        try (KafkaConsumer<String, String> reader =
                Served.consumerOf("127.0.0.1:" + port, "group.id", Members.GROUP)) {
            Map<TopicPartition, OffsetAndMetadata> committed =
                    reader.committed(acknowledged.keySet());
            acknowledged.forEach(
                    (partition, offset) ->
                            assertThat(committed.get(partition).offset())
                                    .isGreaterThanOrEqualTo(offset));
        }
    }
}
