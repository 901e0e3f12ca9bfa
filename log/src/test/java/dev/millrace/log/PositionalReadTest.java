package dev.millrace.log;

import static dev.millrace.log.TestLog.EVENTS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.log.LogOptions.ReadMode;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Reads at a position give what mappings give, from any place, while the log grows and after.
class PositionalReadTest {
    @TempDir Path root;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void bothWaysOfReadingGiveTheSame(long seed) {
        Random random = new Random(seed);
        RandomRecords records = new RandomRecords(seed);
        try (LocalLog mapped = open(ReadMode.MAPPED);
                LocalLog positional = open(ReadMode.POSITIONAL);
                Cursor one = mapped.read(EVENTS, 0);
                Cursor other = positional.read(EVENTS, 0)) {
            for (int i = 0; i < 150; i++) {
                append(mapped, positional, records.some(), random);
                long end = mapped.latestOffset(EVENTS);
                if (random.nextInt(3) == 0) {
                    long offset = random.nextLong(end + 1);
                    one.seek(offset);
                    other.seek(offset);
                }
                for (int steps = random.nextInt(400); steps > 0; steps--) {
                    step(one, other, seed);
                }
            }
            one.seek(0);
            other.seek(0);
            while (step(one, other, seed)) {
                // to the end
            }
        }
    }

    private LocalLog open(ReadMode mode) {
        LocalLog log =
                LocalLog.open(
                        root.resolve(mode.name()),
                        TestLog.smallOptions().with("log.read.mode", mode.name()));
        log.createTopic(
                TopicSpec.named("events")
                        .durability(Durability.OS)
                        .config("segment.bytes", "3000000")
                        .config("max.message.bytes", "10000000"));
        return log;
    }

    private static void append(
            LocalLog one, LocalLog other, List<LogRecord> records, Random random) {
        Compression compression = random.nextInt(3) == 0 ? Compression.LZ4 : Compression.NONE;
        RecordBatch batch = RecordBatch.of(records, compression);
        one.append(EVENTS, batch).join();
        other.append(EVENTS, batch).join();
    }

    private static boolean step(Cursor one, Cursor other, long seed) {
        boolean more = one.next();
        assertThat(other.next()).as("seed %d", seed).isEqualTo(more);
        assertThat(other.position()).isEqualTo(one.position());
        if (more) {
            assertThat(TestLog.text(other.record().offset(), other.record().copy()))
                    .as("seed %d", seed)
                    .isEqualTo(TestLog.text(one.record().offset(), one.record().copy()));
        }
        return more;
    }
}
