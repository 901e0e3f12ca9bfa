package dev.millrace.testkit.golden;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.log.Compression;
import dev.millrace.log.Cursor;
import dev.millrace.log.LocalLog;
import dev.millrace.log.LogOptions;
import dev.millrace.log.LogRecord;
import dev.millrace.log.TopicDescription;
import dev.millrace.log.TopicPartition;
import java.io.IOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The directories of every released format open, and hold what was put into them.
class GoldenDirectoryTest {
    private static final String WHAT_TO_DO =
            """
            a log that an earlier build wrote cannot be read any more as it was. If that was not \
            meant, mend it. If the format must change: leave the golden directories as they are, \
            raise the format version of LogDirectory, read the earlier format too, and make \
            golden/format-<version> with GoldenDirectory.main""";

    @TempDir Path root;

    private static Path golden(String name) {
        URL found = GoldenDirectoryTest.class.getResource("/golden/format-1/" + name);
        assertThat(found).as("golden/format-1/%s among the resources", name).isNotNull();
        try {
            return Path.of(found.toURI());
        } catch (URISyntaxException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void aLogThatWasClosedOpensCleanAndReadsExactly() throws IOException {
        Path directory = root.resolve("log");
        GoldenDirectory.copy(golden("closed"), directory);
        try (LocalLog log = open(directory)) {
            assertThat(log.recovery().clean()).as(WHAT_TO_DO).isTrue();
            requireExact(log);
        }
        goOn(directory);
    }

    @Test
    void aLogThatWasKilledIsRecoveredFromItsJournal() throws IOException {
        Path directory = root.resolve("log");
        GoldenDirectory.copy(golden("killed"), directory);
        try (LocalLog log = open(directory)) {
            assertThat(log.recovery().journalDamage()).as(WHAT_TO_DO).isEmpty();
            assertThat(log.recovery().damage()).as(WHAT_TO_DO).isEmpty();
            assertThat(log.recovery().journalFrames()).as(WHAT_TO_DO).isPositive();
            requireExact(log);
        }
        goOn(directory);
    }

    private static LocalLog open(Path directory) {
        return LocalLog.open(directory, LogOptions.defaults().with("log.min-free-bytes", 0));
    }

    private static void requireExact(LocalLog log) {
        assertThat(log.topics())
                .as(WHAT_TO_DO)
                .extracting(TopicDescription::name)
                .containsExactly("__topics", "coded", "plain");
        assertThat(log.describeTopic("coded").config().compression()).isEqualTo(Compression.ZSTD);
        for (TopicPartition partition : GoldenDirectory.PARTITIONS) {
            List<LogRecord> read = new ArrayList<>();
            try (Cursor cursor = log.read(partition, 0)) {
                while (cursor.next()) {
                    assertThat(cursor.record().offset()).isEqualTo(read.size());
                    read.add(cursor.record().copy());
                }
            }
            assertThat(read)
                    .as("%s: %s", partition, WHAT_TO_DO)
                    .usingRecursiveComparison()
                    .isEqualTo(GoldenDirectory.recordsOf(partition));
        }
        assertThat(log.verify(progress -> {})).as(WHAT_TO_DO).isEmpty();
    }

    private static void goOn(Path directory) {
        long end;
        LogRecord more = LogRecord.of("key", "value");
        try (LocalLog log = open(directory)) {
            end = log.append(GoldenDirectory.PLAIN, more).join().baseOffset();
            assertThat(end).isEqualTo(GoldenDirectory.recordsOf(GoldenDirectory.PLAIN).size());
        }
        try (LocalLog log = open(directory)) {
            assertThat(log.get(GoldenDirectory.PLAIN, end))
                    .hasValueSatisfying(
                            record -> assertThat(record.value()).isEqualTo(more.value()));
        }
    }

    /// Codecs may write other bytes in their next version; what we write ourselves may not.
    @ParameterizedTest
    @ValueSource(
            strings = {
                "00000000000000000000.log",
                "00000000000000000000.index",
                "00000000000000000000.timeindex",
                "00000000000000000000.sums",
                "leader-epoch-checkpoint",
                "leader-epoch-checkpoint.sum"
            })
    void theSameRecordsStillMakeTheSameFiles(String file) throws IOException {
        Path closed = root.resolve("closed");
        GoldenDirectory.make(root.resolve("work"), closed, root.resolve("killed"));
        String place = "log/default/plain-0/" + file;
        assertThat(closed.resolve(place))
                .as(WHAT_TO_DO)
                .hasSameBinaryContentAs(golden("closed").resolve(place));
    }
}
