package dev.millrace.log;

import static dev.millrace.log.TestLog.EVENTS;
import static dev.millrace.log.TestLog.numbered;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.log.LogException.Code;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Topics altered, and given more partitions, while they are open and over restarts.
class AlterTopicTest {
    @TempDir Path directory;

    @ParameterizedTest
    @EnumSource(
            value = Durability.class,
            names = {"OS", "FSYNC"})
    void holdsForTheNextSegmentsWithoutARestartAndAfterOne(Durability durability)
            throws IOException {
        TopicDescription altered;
        try (LocalLog log = TestLog.open(directory)) {
            log.createTopic(TestLog.events(durability).config("segment.bytes", "1000000"));
            TestLog.fill(log, EVENTS, 300, 10);
            assertThat(segments()).isEqualTo(1);
            altered = log.alterTopic("events", Map.of("segment.bytes", "4096"));
            TestLog.fill(log, EVENTS, 600, 10);
            assertThat(segments()).isGreaterThan(3);
        }
        try (LocalLog log = TestLog.open(directory)) {
            assertThat(log.recovery().clean()).isTrue();
            assertThat(log.describeTopic("events")).isEqualTo(altered);
            assertThat(TestLog.read(log, EVENTS)).isEqualTo(TestLog.numberedTexts(0, 600));
            assertThat(log.alterTopic("events", Map.of(), Set.of("segment.bytes")).config())
                    .isEqualTo(altered.config().with("segment.bytes", "1073741824"));
        }
    }

    private long segments() throws IOException {
        try (Stream<Path> files = Files.list(directory.resolve("log/default/events-0"))) {
            return files.filter(file -> file.toString().endsWith(".log")).count();
        }
    }

    @Test
    void holdsForTheNextBatchOfAnOpenAppender() {
        try (LocalLog log = TestLog.open(directory)) {
            log.createTopic(TopicSpec.named("events"));
            try (Appender appender = log.appender("events")) {
                for (int i = 0; i < 100; i++) {
                    appender.append(numbered(i));
                }
                appender.flush();
                log.alterTopic("events", Map.of("compression.type", "gzip"));
                long before = log.sizeInBytes(EVENTS);
                for (int i = 100; i < 200; i++) {
                    appender.append(numbered(i));
                }
                appender.flush();
                assertThat(log.sizeInBytes(EVENTS) - before).isLessThan(before / 2);
            }
            assertThat(TestLog.read(log, EVENTS)).isEqualTo(TestLog.numberedTexts(0, 200));
        }
    }

    @Test
    void keepsItsDurability() {
        try (LocalLog log = TestLog.open(directory)) {
            log.createTopic(TestLog.events(Durability.OS));
            assertThatThrownBy(() -> log.alterTopic("events", Map.of("durability", "fsync")))
                    .isInstanceOfSatisfying(
                            LogException.class,
                            e -> assertThat(e.code()).isEqualTo(Code.INVALID_CONFIG))
                    .hasMessageContaining("create another topic with durability fsync");
        }
    }

    @Test
    void whatIsMillracesOwnIsNotAltered() {
        try (LocalLog log = TestLog.open(directory)) {
            assertThatThrownBy(() -> log.alterTopic("__topics", Map.of("durability", "os")))
                    .hasMessageContaining("Millrace's own");
            assertThatThrownBy(() -> log.addPartitions("__topics", 2))
                    .hasMessageContaining("Millrace's own");
        }
    }

    @Test
    void aKeyIsNotSetAndResetAtOnce() {
        try (LocalLog log = TestLog.open(directory)) {
            log.createTopic(TestLog.events(Durability.OS));
            assertThatThrownBy(
                            () ->
                                    log.alterTopic(
                                            "events",
                                            Map.of("retention.ms", "5"),
                                            Set.of("retention.ms")))
                    .hasMessageContainingAll("retention.ms", "choose one");
        }
    }

    @Test
    void morePartitionsAreThereAfterARestart() throws IOException {
        TopicPartition third = new TopicPartition("events", 2);
        try (LocalLog log = TestLog.open(directory)) {
            log.createTopic(TestLog.events(Durability.FSYNC));
            TestLog.fill(log, EVENTS, 100, 10);
            log.addPartitions("events", 3);
            TestLog.fill(log, third, 100, 10);
        }
        try (LocalLog log = TestLog.open(directory)) {
            assertThat(log.recovery().clean()).isTrue();
            assertThat(log.recovery().orphans()).isEmpty();
            assertThat(log.describeTopic("events").partitions()).isEqualTo(3);
            assertThat(TestLog.read(log, EVENTS)).isEqualTo(TestLog.numberedTexts(0, 100));
            assertThat(TestLog.read(log, third)).isEqualTo(TestLog.numberedTexts(0, 100));
            log.deleteTopic("events");
        }
        try (Stream<Path> left = Files.list(directory.resolve("log/default"))) {
            assertThat(left.map(path -> path.getFileName().toString()))
                    .containsExactly("__topics-0");
        }
    }
}
