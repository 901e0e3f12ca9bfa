package dev.millrace.log.internal;

import static dev.millrace.log.internal.JournalFiles.FIRST;
import static dev.millrace.log.internal.JournalFiles.SECOND;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.log.LogException;
import dev.millrace.log.LogFiles;
import dev.millrace.log.internal.JournalFiles.Found;
import dev.millrace.log.internal.JournalFiles.Writing;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What was written to the journal and forced comes back, frame by frame.
class JournalRoundTripTest {
    @TempDir Path directory;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void groupsOfAnySizeComeBackAcrossFilesAndOpenings(long seed) throws IOException {
        Random random = new Random(seed);
        JournalFiles files = new JournalFiles(directory, 8 << 10);
        Writing first = new Writing(FIRST);
        Writing second = new Writing(SECOND);
        List<String> firstLines = new ArrayList<>();
        List<String> secondLines = new ArrayList<>();
        for (int opening = 0; opening < 4; opening++) {
            Journal journal = files.open();
            for (int i = 0; i < 30; i++) {
                JournalGroup group = journal.begin();
                for (int frames = random.nextInt(4); frames >= 0; frames--) {
                    boolean toFirst = random.nextBoolean();
                    (toFirst ? firstLines : secondLines)
                            .add(add(group, toFirst ? first : second, random));
                }
                journal.write();
                journal.force();
            }
            journal.close();
            Found found = files.read();

            List<String> all = new ArrayList<>(firstLines);
            all.addAll(secondLines);
            assertThat(found.frames()).as("seed %d", seed).isEqualTo(all);
            assertThat(found.damage()).as("seed %d", seed).isEmpty();
            assertThat(found.torn()).as("seed %d", seed).isEmpty();
            assertThat(found.sound()).isTrue();
            assertThat(found.clean()).isFalse();
        }
    }

    private static String add(JournalGroup group, Writing writing, Random random) {
        int length = random.nextInt(random.nextInt(8) == 0 ? 12_000 : 300);
        if (random.nextInt(5) == 0) {
            return writing.place(group, length);
        }
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return writing.data(group, bytes);
    }

    @Test
    void anEmptyDirectoryIsAnEmptyJournal() throws IOException {
        Found found = new JournalFiles(directory, 8 << 10).read();
        assertThat(found.frames()).isEmpty();
        assertThat(found.lastSequence()).isZero();
        assertThat(found.sound()).isFalse();
        assertThat(found.clean()).isFalse();
    }

    @Test
    void aCheckpointSaysUpToWhereSegmentsWereForced() throws IOException {
        JournalFiles files = new JournalFiles(directory, 8 << 10);
        Journal journal = files.open();
        Writing first = new Writing(FIRST);
        group(journal, first, 1);
        PartitionEnd forced = first.end();
        journal.checkpoint(Map.of(FIRST, forced), journal.lastSequence() + 1, false);
        String line = group(journal, first, 2);
        journal.close();

        Found found = files.read();
        assertThat(found.forced().get(FIRST)).isEqualTo(forced);
        assertThat(found.forced().get(SECOND)).isEqualTo(PartitionEnd.EMPTY);
        assertThat(found.frames()).containsExactly(line);
        assertThat(found.clean()).isFalse();
    }

    @Test
    void onlyACleanCheckpointAtTheVeryEndIsAnOrderlyClose() throws IOException {
        JournalFiles files = new JournalFiles(directory, 8 << 10);
        Journal journal = files.open();
        Writing first = new Writing(FIRST);
        group(journal, first, 1);
        journal.checkpoint(Map.of(FIRST, first.end()), journal.lastSequence() + 1, true);
        journal.close();
        assertThat(files.read().clean()).isTrue();

        journal = files.open();
        group(journal, first, 2);
        journal.close();
        assertThat(files.read().clean()).isFalse();
    }

    @Test
    void filesAreUsedInTurnAndDoNotMultiply() throws IOException {
        JournalFiles files = new JournalFiles(directory, 8 << 10);
        Journal journal = files.open();
        Writing first = new Writing(FIRST);
        for (int i = 0; i < 500; i++) {
            group(journal, first, i);
            if (journal.full()) {
                journal.checkpoint(Map.of(FIRST, first.end()), journal.lastSequence() + 1, false);
            }
        }
        String last = group(journal, first, 500);
        journal.close();

        assertThat(LogFiles.files(directory, Journal.SUFFIX)).hasSizeLessThanOrEqualTo(3);
        Found found = files.read();
        assertThat(found.frames()).endsWith(last);
        assertThat(found.damage()).isEmpty();
        assertThat(found.torn()).isEmpty();
        assertThat(found.sound()).isTrue();
    }

    @Test
    void aFileWhoseGroupsAreStillNeededIsNotUsedAgain() throws IOException {
        JournalFiles files = new JournalFiles(directory, 8 << 10);
        Journal journal = files.open();
        Writing first = new Writing(FIRST);
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            lines.add(group(journal, first, i));
        }
        journal.close();
        assertThat(files.read().frames()).isEqualTo(lines);
    }

    @Test
    void aJournalThatMayNotGrowSaysSoUntilACheckpoint() throws IOException {
        JournalFiles files = new JournalFiles(directory, 8 << 10);
        Journal journal = files.open();
        Writing first = new Writing(FIRST);
        while (!journal.mustWait()) {
            group(journal, first, 1);
        }
        assertThat(LogFiles.files(directory, Journal.SUFFIX)).hasSize(4);
        journal.checkpoint(Map.of(FIRST, first.end()), journal.lastSequence() + 1, false);
        assertThat(journal.mustWait()).isFalse();
        journal.close();
    }

    @Test
    void theJournalOfAnotherLogIsRefused() throws IOException {
        JournalFiles theirs = new JournalFiles(directory, 8 << 10, 99);
        Journal journal = theirs.open();
        group(journal, new Writing(FIRST), 1);
        journal.close();

        JournalFiles ours = new JournalFiles(directory, 8 << 10);
        assertThatThrownBy(ours::read)
                .isInstanceOf(LogException.class)
                .hasMessageContaining("the journal belongs to another log");
    }

    /// Writes a group of one frame of about a kilobyte.
    static String group(Journal journal, Writing writing, int content) throws IOException {
        byte[] bytes = new byte[1000];
        java.util.Arrays.fill(bytes, (byte) content);
        String line = writing.data(journal.begin(), bytes);
        journal.write();
        journal.force();
        return line;
    }
}
