package dev.millrace.log;

import static dev.millrace.log.TestLog.EVENTS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.log.LogException.Code;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Without the definitions of topics nobody can tell what belongs to what: such a log is not
/// opened, and nothing of it is touched.
class DamagedDefinitionsTest {
    private static final TopicPartition DEFINITIONS = new TopicPartition("__topics", 0);

    @TempDir Path directory;

    @Test
    void theLogIsRefusedAndOpensAgainOnceTheyAreMended() {
        try (LocalLog log = TestLog.open(directory)) {
            log.createTopic(TopicSpec.named("first"));
            log.createTopic(TestLog.events(Durability.FSYNC));
            TestLog.fill(log, EVENTS, 100, 10);
        }
        SegmentBatches.Place victim = SegmentBatches.of(directory, DEFINITIONS).getFirst();
        List<Path> before = LogFiles.files(directory.resolve("log/default"), "");
        LogFiles.flip(victim.file(), victim.position() + 70, 1);
        long files = OpenFilesTest.openFiles();
        for (int i = 0; i < 20; i++) {
            assertThatThrownBy(() -> TestLog.open(directory))
                    .isInstanceOf(LogException.class)
                    .hasMessageContaining("definitions of topics cannot be read")
                    .hasMessageContaining(victim.file().toString())
                    .satisfies(
                            e ->
                                    assertThat(((LogException) e).code())
                                            .isEqualTo(Code.CORRUPT_RECORD));
        }
        assertThat(OpenFilesTest.openFiles()).as("open files").isLessThan(files + 10);
        assertThat(LogFiles.files(directory.resolve("log/default"), "")).isEqualTo(before);

        LogFiles.flip(victim.file(), victim.position() + 70, 1);
        try (LocalLog log = TestLog.open(directory)) {
            assertThat(log.recovery().clean()).isTrue();
            assertThat(TestLog.read(log, EVENTS)).isEqualTo(TestLog.numberedTexts(0, 100));
        }
    }
}
