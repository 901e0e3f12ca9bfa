package dev.millrace.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.log.LogException.Code;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Topics come and go, and are what they were after any opening.
class TopicsTest {
    @TempDir Path root;
    private Path directory;

    @BeforeEach
    void place() {
        directory = root.resolve("log");
    }

    @Test
    void aTopicIsWhatWasAskedFor() {
        TopicSpec spec =
                TopicSpec.named("orders")
                        .partitions(3)
                        .durability(Durability.OS)
                        .compression(Compression.LZ4)
                        .config("segment.bytes", "65536");
        try (LocalLog log = TestLog.open(directory)) {
            TopicDescription created = log.createTopic(spec);
            assertThat(created.name()).isEqualTo("orders");
            assertThat(created.partitions()).isEqualTo(3);
            assertThat(created.internal()).isFalse();
            assertThat(created.config())
                    .isEqualTo(TopicConfig.of(spec.config()))
                    .isNotEqualTo(TopicConfig.defaults());
            assertThat(log.describeTopic("orders")).isEqualTo(created);
        }
    }

    @Test
    void topicsSurviveReopeningInOrderOfName() {
        List<TopicDescription> before;
        try (LocalLog log = TestLog.open(directory)) {
            for (String name : List.of("zebra", "Ant", "bee", "a.b-c_d")) {
                log.createTopic(TopicSpec.named(name).partitions(name.length()));
            }
            before = log.topics();
        }
        try (LocalLog log = TestLog.open(directory)) {
            assertThat(log.topics()).isEqualTo(before);
            assertThat(before)
                    .extracting(TopicDescription::name)
                    .containsExactly("Ant", "__topics", "a.b-c_d", "bee", "zebra");
            assertThat(log.describeTopic("__topics").internal()).isTrue();
        }
    }

    @Test
    void theSameNameTwiceIsRefused() {
        try (LocalLog log = TestLog.open(directory)) {
            TopicDescription first = log.createTopic(TopicSpec.named("orders"));
            requireRefused(Code.TOPIC_EXISTS, () -> log.createTopic(TopicSpec.named("orders")));
            assertThat(log.describeTopic("orders")).isEqualTo(first);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", ".", "..", "a/b", "a b", "ü", "a\nb", "__mine", "__topics", "../up"})
    void aNameThatIsNoneIsRefused(String name) {
        try (LocalLog log = TestLog.open(directory)) {
            requireRefused(Code.INVALID_TOPIC, () -> log.createTopic(TopicSpec.named(name)));
            requireRefused(
                    Code.INVALID_TOPIC, () -> log.createTopic(TopicSpec.named("x".repeat(201))));
            log.createTopic(TopicSpec.named("x".repeat(200)));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, 100_001})
    void aNumberOfPartitionsOutOfRangeIsRefused(int partitions) {
        try (LocalLog log = TestLog.open(directory)) {
            requireRefused(
                    Code.INVALID_CONFIG,
                    () -> log.createTopic(TopicSpec.named("orders").partitions(partitions)));
        }
    }

    @Test
    void anUnknownTopicOrPartitionIsSaidToBeUnknown() {
        try (LocalLog log = TestLog.open(directory)) {
            log.createTopic(TopicSpec.named("orders").partitions(2));
            requireRefused(Code.UNKNOWN_TOPIC, () -> log.describeTopic("order"));
            requireRefused(Code.UNKNOWN_TOPIC, () -> log.deleteTopic("order"));
            requireRefused(Code.UNKNOWN_TOPIC, () -> log.appender("order"));
            requireRefused(Code.UNKNOWN_TOPIC, () -> log.read(new TopicPartition("orders", 2), 0));
            requireRefused(
                    Code.UNKNOWN_TOPIC, () -> log.latestOffset(new TopicPartition("orders", -1)));
        }
    }

    @Test
    void nobodyElseWritesOrDeletesTheDefinitions() {
        try (LocalLog log = TestLog.open(directory)) {
            TopicPartition definitions = new TopicPartition("__topics", 0);
            assertThatThrownBy(() -> log.append(definitions, TestLog.numbered(1)).join())
                    .hasMessageContaining("written by Millrace alone");
            requireRefused(Code.INVALID_TOPIC, () -> log.deleteTopic("__topics"));
        }
    }

    @Test
    void aDeletedTopicIsGoneWithItsFilesAndItsNameMayBeUsedAgain() {
        UUID first;
        try (LocalLog log = TestLog.open(directory)) {
            first = log.createTopic(TestLog.events(Durability.FSYNC)).id();
            TestLog.fill(log, TestLog.EVENTS, 500, 10);
            log.deleteTopic("events");
            requireRefused(Code.UNKNOWN_TOPIC, () -> log.describeTopic("events"));
            assertThat(partitionDirectories()).containsExactly("__topics-0");

            assertThat(log.createTopic(TestLog.events(Durability.FSYNC)).id()).isNotEqualTo(first);
            assertThat(log.latestOffset(TestLog.EVENTS)).isZero();
            TestLog.fill(log, TestLog.EVENTS, 20, 10);
        }
        try (LocalLog log = TestLog.open(directory)) {
            assertThat(TestLog.read(log, TestLog.EVENTS)).isEqualTo(TestLog.numberedTexts(0, 20));
            log.deleteTopic("events");
        }
        try (LocalLog log = TestLog.open(directory)) {
            assertThat(log.topics()).hasSize(1);
            assertThat(partitionDirectories()).containsExactly("__topics-0");
        }
    }

    @Test
    void createAndDeleteOverAndOverLeaveNothingBehind() {
        try (LocalLog log = TestLog.open(directory)) {
            for (int i = 0; i < 50; i++) {
                log.createTopic(TestLog.events(i % 2 == 0 ? Durability.OS : Durability.FSYNC));
                TestLog.fill(log, TestLog.EVENTS, i, 7);
                log.deleteTopic("events");
            }
            log.createTopic(TestLog.events(Durability.OS));
            TestLog.fill(log, TestLog.EVENTS, 30, 7);
        }
        try (LocalLog log = TestLog.open(directory)) {
            assertThat(TestLog.read(log, TestLog.EVENTS)).isEqualTo(TestLog.numberedTexts(0, 30));
            assertThat(partitionDirectories()).containsExactly("__topics-0", "events-0");
            TestLog.requireSound(log);
        }
    }

    @Test
    void aCrashBetweenDefinitionAndDirectoriesLeavesAWholeTopic() throws IOException {
        Path killed = root.resolve("killed");
        try (LocalLog log = TestLog.open(directory)) {
            log.createTopic(TestLog.events(Durability.FSYNC).partitions(4));
            LogFiles.killed(directory, killed);
        }
        deleteTree(killed.resolve("log/default/events-1"));
        deleteTree(killed.resolve("log/default/events-3"));
        try (LocalLog log = TestLog.open(killed)) {
            for (int i = 0; i < 4; i++) {
                TestLog.fill(log, new TopicPartition("events", i), 10, 5);
            }
            assertThat(log.recovery().damage()).isEmpty();
            TestLog.requireSound(log);
        }
    }

    @Test
    void aCrashBetweenDirectoriesAndDefinitionLeavesNothing() {
        Path killed = root.resolve("killed");
        try (LocalLog log = TestLog.open(directory)) {
            log.createTopic(TopicSpec.named("kept"));
            Path before = LogFiles.killed(directory, root.resolve("before"));
            log.createTopic(TestLog.events(Durability.FSYNC));
            LogFiles.killed(directory, killed);
            // the journal and the definitions of before, and the directories of after
            copyTree(before.resolve("journal"), killed.resolve("journal"));
            copyTree(
                    before.resolve("log/default/__topics-0"),
                    killed.resolve("log/default/__topics-0"));
        }
        directory = killed;
        try (LocalLog log = TestLog.open(killed)) {
            assertThat(log.topics()).hasSize(2);
            assertThat(log.recovery().orphans()).isEmpty();
            assertThat(partitionDirectories()).containsExactly("__topics-0", "kept-0");
            log.createTopic(TestLog.events(Durability.FSYNC));
        }
    }

    @Test
    void aCrashBetweenDeletionAndDirectoriesTakesThemAwayAtTheNextOpening() {
        Path killed = root.resolve("killed");
        try (LocalLog log = TestLog.open(directory)) {
            log.createTopic(TestLog.events(Durability.FSYNC));
            TestLog.fill(log, TestLog.EVENTS, 100, 10);
            Path before = LogFiles.killed(directory, root.resolve("before"));
            log.deleteTopic("events");
            LogFiles.killed(directory, killed);
            copyTree(
                    before.resolve("log/default/events-0"), killed.resolve("log/default/events-0"));
        }
        directory = killed;
        try (LocalLog log = TestLog.open(killed)) {
            assertThat(log.topics()).hasSize(1);
            assertThat(log.recovery().orphans()).isEmpty();
            assertThat(partitionDirectories()).containsExactly("__topics-0");
        }
    }

    @Test
    void recordsThatBelongToNoTopicAreLeftAloneAndReported() throws IOException {
        Path orphan = directory.resolve("log/default/lost-0");
        try (LocalLog log = TestLog.open(directory)) {
            log.createTopic(TestLog.events(Durability.OS));
            TestLog.fill(log, TestLog.EVENTS, 10, 5);
        }
        copyTree(directory.resolve("log/default/events-0"), orphan);
        Files.delete(orphan.resolve("partition.metadata"));
        try (LocalLog log = TestLog.open(directory)) {
            assertThat(log.recovery().orphans()).containsExactly(orphan.toString());
            log.createTopic(TopicSpec.named("lost"));
        }
        byte[] records =
                Files.readAllBytes(firstSegment(directory.resolve("log/default/events-0")));
        List<Path> kept =
                partitionDirectories().stream()
                        .filter(name -> name.startsWith("lost-0."))
                        .map(name -> directory.resolve("log/default").resolve(name))
                        .toList();
        assertThat(kept).hasSize(1);
        assertThat(firstSegment(kept.getFirst())).hasBinaryContent(records);
    }

    private static Path firstSegment(Path partition) {
        return LogFiles.files(partition, ".log").getFirst();
    }

    private List<String> partitionDirectories() {
        return LogFiles.files(directory.resolve("log/default"), "").stream()
                .map(path -> path.getFileName().toString())
                .toList();
    }

    private static void copyTree(Path from, Path to) {
        try {
            if (Files.exists(to)) {
                deleteTree(to);
            }
            LogFiles.killed(from, to);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static void deleteTree(Path directory) throws IOException {
        for (Path file : LogFiles.files(directory, "")) {
            Files.delete(file);
        }
        Files.delete(directory);
    }

    private static void requireRefused(Code code, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOf(LogException.class)
                .satisfies(e -> assertThat(((LogException) e).code()).isEqualTo(code));
    }
}
